"""What a decision is told when it cannot be carried out, and how it finds the link it names."""

from collections.abc import Mapping
from typing import Any

from streams.domain.fold import Fold
from streams.domain.rows import LinkRow

Args = Mapping[str, Any]


class Refused(Exception):  # noqa: N818  # it is an answer to a person, not a fault
    """A decision that cannot be carried out: why, in words."""


def link_of(fold: Fold, name: object) -> LinkRow:
    row = fold.link(str(name)) or fold.link_of(str(name))
    if row is None:
        raise Refused(f"there is no link {name!r}; `tandem links list` names them")
    return row
