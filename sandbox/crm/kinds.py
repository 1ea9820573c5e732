"""The kinds of single values a record has, and what each accepts; pure."""

import re
from dataclasses import dataclass
from typing import Any

from .errors import invalid
from .stamps import instant, rfc3339


@dataclass(frozen=True, slots=True)
class Text:
    """A string or null; a required one is never null."""

    longest: int
    shortest: int = 0
    pattern: str | None = None
    means: str = ""
    required: bool = False
    default: None = None

    def accept(self, name: str, value: Any) -> Any:
        """The value to keep."""
        if value is None and not self.required:
            return None
        if not isinstance(value, str):
            raise invalid(
                name, f"{name} is {shown(value)}; send a string" + ("" if self.required else " or null")
            )
        if not self.shortest <= len(value) <= self.longest:
            span = f"{self.shortest} to {self.longest}"
            raise invalid(name, f"{name} has {len(value)} characters; send {span}")
        if self.pattern is not None and re.fullmatch(self.pattern, value) is None:
            raise invalid(name, f"{name} is {shown(value)}; send {self.means}")
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean; cleared, it falls back to its default."""

    default: bool
    required: bool = False

    def accept(self, name: str, value: Any) -> Any:
        """The value to keep."""
        if value is None:
            return self.default
        if not isinstance(value, bool):
            raise invalid(name, f"{name} is {shown(value)}; send true or false")
        return value


@dataclass(frozen=True, slots=True)
class Reference:
    """The Id of another record, or null. That it exists is checked where the records are."""

    entity: str
    tree: bool = False
    required: bool = False
    default: None = None

    def accept(self, name: str, value: Any) -> Any:
        """The value to keep."""
        if value is None and not self.required:
            return None
        if not isinstance(value, str) or not 1 <= len(value) <= 64:
            raise invalid(
                name, f"{name} is {shown(value)}; send the Id of a record of /{self.entity}, or null"
            )
        return value


@dataclass(frozen=True, slots=True)
class Money:
    """Money in major units, or a quantity: a decimal string kept as it was sent, or null. A JSON number has lost its places."""

    whole: int = 28
    places: int = 10
    required: bool = False
    default: None = None

    @property
    def pattern(self) -> str:
        """What the string must look like."""
        return rf"-?(0|[1-9][0-9]{{0,{self.whole - 1}}})(\.[0-9]{{1,{self.places}}})?"

    def accept(self, name: str, value: Any) -> Any:
        """The value to keep."""
        if value is None and not self.required:
            return None
        if not isinstance(value, str) or re.fullmatch(self.pattern, value) is None:
            cure = (
                f'send a decimal string such as "12.50", {self.whole} digits and {self.places} places at most'
            )
            raise invalid(name, f"{name} is {shown(value)}; {cure}")
        return value


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment, or null; shown in UTC whatever offset it was sent with, cut to milliseconds."""

    required: bool = False
    default: None = None

    def accept(self, name: str, value: Any) -> Any:
        """The value to keep."""
        if value is None and not self.required:
            return None
        at = instant(value) if isinstance(value, str) else None
        if at is None:
            cure = "send RFC 3339 with an offset such as 2026-01-31T12:00:00.000Z, or null"
            raise invalid(name, f"{name} is {shown(value)}; {cure}")
        return rfc3339(at)


Property = Text | Flag | Reference | Money | Instant


def shown(value: Any) -> str:
    """A refused value, short enough for a message."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
