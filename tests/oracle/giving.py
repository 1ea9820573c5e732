"""The values users give in a story: none was given before in it, as far as there are enough."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from tests.oracle.entities import Property

COUNTRIES = ("SE", "NO", "DK", "FI", "DE", "FR", "NL", "ES", "IT", "PL", "GB")
LANGUAGES = ("sv", "nb", "da", "fi", "de", "fr", "nl", "es", "it", "pl", "en")
CURRENCIES = ("SEK", "NOK", "DKK", "EUR", "GBP", "USD", "CHF", "PLN", "CZK", "HUF", "JPY")

LISTED: Mapping[str, Sequence[str]] = {"country": COUNTRIES, "language": LANGUAGES, "currency": CURRENCIES}


class Giver:
    """Counts on from value to value."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._given = 0

    def value(self, wanted: Property) -> Any:
        """A value nobody has given before in this story; what must be unique is made so when it is told."""
        self._given += 1
        number = self._given
        if wanted.kind in LISTED:
            return LISTED[wanted.kind][number % len(COUNTRIES)]
        if wanted.kind == "flag":
            return bool(self._draw(st.booleans()))
        told = {
            "money": f"{number}.{number % 9 + 1}5",
            "phone": f"+46 8 {1000 + number}",
            "text": f"{wanted.name} {number}",
        }
        return told.get(wanted.kind, f"n{number}")

    def quantity(self) -> str:
        """How much of an order's line."""
        self._given += 1
        return f"{self._given}.5"

    def lines(self, count: int) -> dict[str, str]:
        """New lines with their quantities."""
        return {f"line {self._given + 1}": self.quantity() for _ in range(count)}
