"""Parents: whose record a reference names on the other side, and why a record that must have one still waits.

A required parent is met once its counterpart stands in the other system as what the reference can name there: a
person's counterpart is a contact of the CRM, and no contact's customer.
"""

from collections.abc import Container, Mapping
from typing import Any

from msgspec import Struct

from schemas.flow import Flow
from schemas.flow_property import Property
from streams.domain.fold import Fold
from streams.domain.index import SYSTEMS, named_parents
from streams.domain.references import parent_ref, raw_id, referred, system_of
from streams.domain.rows import UNREAD, LinkRow, RefRow, other, side_of
from streams.domain.states import cause_of, state_of

WAITS = "waits for its "


class Lacking(Struct, frozen=True):
    """A parent without a counterpart that could be named, and why."""

    parent: str
    cause: str


def counterpart(fold: Fold, prop: Property, ref: str) -> str | None:
    """The parent's record on the other side, if it is there and of the kind that is referred to."""
    far = other(system_of(ref))
    link = fold.link_of(ref)
    found = side_of(link, far) if link is not None else None
    if found is None or found.ref is None or found.gone:
        return None
    return found.ref if raw_id(fold.config, prop, far, found.ref) is not None else None


def lacking(fold: Fold, flow: Flow, system: str, image: Mapping[str, Any] | None) -> Lacking | None:
    """The first required parent of a record that cannot be named on the other side yet."""
    named = named_parents(fold.config, flow, system, image)
    for prop in flow.properties:
        ref = named.get(prop.name)
        if prop.required and ref is not None and counterpart(fold, prop, ref) is None:
            return Lacking(ref, f"{WAITS}{prop.name} {ref}, {_why(fold, prop, ref)}")
        if prop.required and ref is None:
            return Lacking("", f"{WAITS}{prop.name}: it names none")
    return None


def lacking_of(fold: Fold, flow: Flow, row: LinkRow) -> str:
    """Why a pair still waits for a parent that one of its records names; empty where it does not."""
    if row.invoiced.gone or row.crm.gone:
        return ""
    sides = ((system, side_of(row, system)) for system in SYSTEMS)
    found = (lacking(fold, flow, system, side.image) for system, side in sides if not side.flow)
    return next((one.cause for one in found if one is not None), "")


def _why(fold: Fold, prop: Property, ref: str) -> str:
    """What is the matter with a parent, as it stands now."""
    far = other(system_of(ref))
    row, link = fold.ref(ref), fold.link_of(ref)
    if row is None or row.state == "gone":
        return "which was never read, or is gone"
    if link is None:
        return _told(row.state, row.cause)
    found = side_of(link, far)
    if found.ref is None:
        return _told(state_of(link), cause_of(link) or f"its counterpart in {far} is not made yet")
    if found.gone:
        return f"whose counterpart {found.ref} is gone"
    kinds = " or ".join(dict.fromkeys(referred(fold.config, prop, far).values()))
    return f"whose counterpart {found.ref} is no {kinds} and cannot be named as one"


def _told(state: str, cause: str) -> str:
    return f"which is {state}: {cause.removeprefix(f'{state}: ')}".replace(UNREAD, ", unreadable: ")


def cause_now(fold: Fold, row: RefRow) -> str:
    """Why an unlinked record waits; for a parent as that stands now, not as it stood when it was last told."""
    if not row.cause.startswith(WAITS) or row.flow is None:
        return row.cause
    found = lacking(fold, fold.config.flow(row.flow), system_of(row.ref), row.image)
    return found.cause if found is not None else row.cause


def link_cause_now(fold: Fold, row: LinkRow) -> str | None:
    """The same for a link whose other record is not made yet."""
    cause = cause_of(row)
    if cause is None or not cause.startswith(WAITS):
        return cause
    flow = fold.config.flow(row.flow)
    if row.invoiced.ref is not None and row.crm.ref is not None:
        return lacking_of(fold, flow, row) or cause
    system = "crm" if row.invoiced.ref is None else "invoiced"
    found = lacking(fold, flow, system, side_of(row, system).image)
    return found.cause if found is not None else cause


def translated(
    fold: Fold, flow: Flow, system: str, names: Container[str], seen: Mapping[str, Any]
) -> dict[str, Any]:
    """Values of one side as the other would show them: a parent by its counterpart's id; without one, by nothing."""
    found = dict(seen)
    for prop in flow.properties:
        if prop.type != "reference" or prop.name not in names or found.get(prop.name) is None:
            continue
        there = counterpart(fold, prop, parent_ref(fold.config, prop, system, found[prop.name]))
        name = None if there is None else raw_id(fold.config, prop, other(system), there)
        found[prop.name] = None if name is None else str(name)
    return found
