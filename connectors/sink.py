"""What a sink is: a system's way of writing, as requests and answers; it neither sends nor decides."""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from connectors.exchange import Answer, Request
from connectors.lines import Listed, Whose
from connectors.look import Look
from connectors.standing import Abilities, SearchBy
from schemas.records import Command, Found, Image


class Writing(Struct, frozen=True):
    """A write's request, and which of the command's names it carries."""

    request: Request
    names: frozenset[str]


class Sink(Protocol):
    """The writing half of a system. `key` is the Idempotency-Key of a request: a bonus, never the proof.

    `how` tells whose an answer may show: what our own write has just added is found in it.
    """

    system: str

    def prepare(self, command: Command) -> Command: ...
    def listed(self, command: Command) -> Listed | None: ...
    def unsupported(self, command: Command) -> str | None: ...
    def abilities(self, command: Command) -> Abilities: ...
    def read(self, command: Command, ref: str) -> Request: ...
    def look(self, command: Command, ref: str, answer: Answer, how: Whose = "known") -> Look: ...
    def version(self, image: Image | None) -> str | None: ...
    def write(
        self, command: Command, names: frozenset[str], look: Look | None, version: str | None, key: str
    ) -> Writing: ...
    def create(self, command: Command, names: frozenset[str], key: str) -> Request: ...
    def created(self, command: Command, answer: Answer) -> tuple[str, Look]: ...
    def remove(self, command: Command, version: str | None) -> Request: ...
    def search(self, command: Command, by: SearchBy, since: int) -> Request: ...
    def found(self, command: Command, by: SearchBy, answer: Answer) -> tuple[Found, ...]: ...
    def existing(self, command: Command, answer: Answer) -> str | None: ...
    def named(self, command: Command, field: str | None) -> str | None: ...


def matches(image: Image, wanted: Mapping[str, object]) -> bool:
    """Tell whether a found record really shows the keys it was asked by: an API may ignore an unknown filter."""
    return all(
        str(image.get(name) or "").strip().casefold() == str(value).strip().casefold()
        for name, value in wanted.items()
    )
