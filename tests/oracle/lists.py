"""What Tandem says of itself: its lists, each read once for all stories, and only if somebody asks."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from tests.flow.customer_api import SYSTEMS, Record
from tests.flow.installation import Installation

DIFFERING = ("refused", "normalised")
ASKED = 8  # each takes a question through the log


class Lists:
    """The lists as they are at the first question."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._shown: dict[str, Record] = {}

    @cached_property
    def links(self) -> dict[str, Record]:
        """By ref of either side."""
        every = self._installation.every("links")
        return {str(one[system]): one for one in every for system in SYSTEMS if one[system]}

    @cached_property
    def unlinked(self) -> dict[str, Record]:
        """What stands in no link, by ref."""
        return {str(one["ref"]): one for one in self._installation.every("links", "--unlinked")}

    @cached_property
    def conflicts(self) -> dict[str, list[Record]]:
        """By link."""
        found: dict[str, list[Record]] = {}
        for one in self._installation.every("conflicts"):
            found.setdefault(str(one["link_id"]), []).append(one)
        return found

    @cached_property
    def differing(self) -> set[str]:
        """The links with a value that was refused or normalised."""
        states = [self._installation.every("links", "--state", state) for state in DIFFERING]
        return {str(one["link_id"]) for listed in states for one in listed}

    def link(self, refs: list[str]) -> Record:
        """The link of any of these records."""
        return next((self.links[ref] for ref in refs if ref in self.links), {})

    def differs(self, link_id: str, ref: str, name: str) -> bool:
        """Whether a property is listed as normalised or refused; of many links, the first ones are asked for the property."""
        if link_id not in self.differing:
            return False
        if link_id not in self._shown and len(self._shown) == ASKED:
            return True
        if link_id not in self._shown:
            self._shown[link_id] = self._installation.ask("links", "get", ref)
        link = self._shown[link_id]
        return any(name in link[why].get(system, {}) for why in DIFFERING for system in SYSTEMS)

    def conflicted(self, link_id: str, name: str, values: set[Any], canonical: Callable[[Any], Any]) -> bool:
        """Whether a conflict over a property is listed with one of these values."""
        return any(
            one["property"] == name and {canonical(one["invoiced"]), canonical(one["crm"])} & values
            for one in self.conflicts.get(link_id, [])
        )
