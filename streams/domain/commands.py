"""From wishes to commands: the smallest one, at most one in flight per link and side, kept in the row."""

from collections.abc import Mapping
from typing import Any

import orjson
from msgspec.structs import replace

from schemas.flow import Flow
from schemas.flow_property import Property
from schemas.records import Command
from streams.domain import breakers, keys, parents
from streams.domain.config import side as flow_side
from streams.domain.fold import Fold
from streams.domain.holds import closed, held, opened
from streams.domain.index import SYSTEMS, XREF, XREF_KEPT, named_parents, nameless
from streams.domain.lenses import names, put
from streams.domain.references import raw_id
from streams.domain.rows import Flight, LinkRow, Side, other, side_of, with_side


def raw_reference(fold: Fold, prop: Property, system: str, value: Any) -> tuple[bool, Any]:
    """A parent's link id as the destination's id of that parent, of a kind it can name: (can be written, raw value)."""
    if value is None:
        return True, None
    parent = fold.link(value)  # none begins with `?`, as what is not linked does
    ref = side_of(parent, system).ref if parent is not None else None
    raw = raw_id(fold.config, prop, system, ref) if ref is not None else None
    return raw is not None, raw


def render(
    fold: Fold, flow: Flow, row: LinkRow, system: str, wish: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Wished properties as the destination's names and values: property → {name: raw}. What cannot be written is left out."""
    present = side_of(row, system).image or {}
    rendered: dict[str, dict[str, Any]] = {}
    for prop in flow.properties:
        if prop.name not in wish:
            continue
        if prop.type != "reference":
            rendered[prop.name] = put(prop, system, wish[prop.name], present)
            continue
        writable, raw = raw_reference(fold, prop, system, wish[prop.name])
        if writable:
            written = put(prop, system, raw, present)
            rendered[prop.name] = (
                written if len(names(prop, system)) > 1 else written and {names(prop, system)[0]: raw}
            )
    return rendered


def _revision(side: Side, now: int) -> int:
    return max(side.revision + 1, now)


def launch(fold: Fold, row: LinkRow, system: str, flight: Flight, entity: str) -> LinkRow:
    """Puts a command into the row and into the destination's topic."""
    side = side_of(row, system)
    new = flight.verb == "create"
    record = Command(
        id=flight.id,
        tenant=fold.config.tenant,
        link_id=row.id,
        system=system,
        flow=row.flow,
        entity=entity,
        verb=flight.verb,  # type: ignore[arg-type]  # rows keep the verb as plain text
        revision=flight.revision,
        ref=None if new else flight.ref or side.ref,
        changed=tuple(sorted(flight.values)),
        values=flight.values,
        expected=flight.expected,
        keys=flight.keys,
        xref=flight.xref,
        again=flight.again,
        flow_version=row.flow_version,
        caused_by=flight.caused_by,
        parent=_below(fold, row, system, flight.values if new else side.image or {}, flight),
        sent=flight.sent_at,
        lines={key: number for key, ids in row.lines.items() if (number := ids[SYSTEMS.index(system)])},
    )
    fold.send(f"commands.{system}", row.id, record)
    return with_side(row, system, replace(side, flight=flight, revision=flight.revision, retry_at=0))


def _below(fold: Fold, row: LinkRow, system: str, shown: Mapping[str, Any], flight: Flight) -> str | None:
    """The record below which this one lives, or is to live."""
    leaving = side_of(row, system).leaving
    flow = fold.config.flow(row.flow)
    if flight.ref is not None and leaving is not None:
        flow, shown = fold.config.flow(leaving.flow), leaving.image
    return named_parents(fold.config, flow, system, shown).get(flow.parent or "")


def xref_to(fold: Fold, row: LinkRow, system: str) -> str | None:
    """The cross-reference this side's record shall carry: the counterpart's ref behind the installation's name."""
    counterpart = side_of(row, other(system)).ref
    return f"{fold.config.installation}:{counterpart}" if counterpart else None


def _joins(fold: Fold, row: LinkRow, system: str) -> str | None:
    """Once at a join the CRM's free cross-reference is filled; in Invoiced it stands only in our own creates."""
    if system != "crm" or row.invoiced.ref is None:
        return None
    image = row.crm.image or {}
    free = XREF["crm"] in image and image[XREF["crm"]] is None
    wanted = xref_to(fold, row, "crm")
    return wanted if free and row.crm.refused.get(XREF_KEPT, [None])[0] != wanted else None


def update(fold: Fold, flow: Flow, row: LinkRow, system: str, wish: Mapping[str, Any]) -> LinkRow:
    """Sends what one side must still take, as one command; nothing while one is in flight or parked alike."""
    side = side_of(row, system)
    rendered = render(fold, flow, row, system, wish)
    xref = _joins(fold, row, system)
    values = {name: raw for found in rendered.values() for name, raw in found.items()}
    if not values and xref is None:
        return opened(row, system)
    why = closed(fold, row, system)
    source = {name: wish[name] for name in rendered}
    if not why and side.stuck is not None and side.stuck.wish == source:
        return opened(row, system)
    if not why and values:
        row, why = breakers.admit(fold, row, system, breakers.kind_of(flow, source))
    if why:
        return held(row, system, why)
    row = opened(row, system)
    before = side.unanswered.expected if side.unanswered is not None else {}
    expected = {name: before.get(name, (side.image or {}).get(name)) for name in values}
    made = flight(fold, row, system, "update", values, expected, source, xref)
    return launch(fold, row, system, made, flow_side(flow, system).entity)


def flight(
    fold: Fold,
    row: LinkRow,
    system: str,
    verb: str,
    values: dict[str, Any],
    expected: dict[str, Any],
    source: dict[str, Any],
    xref: str | None,
    natural: dict[str, Any] | None = None,
) -> Flight:
    side = side_of(row, system)
    last = side.unanswered
    if last is not None and (last.verb, last.values, last.source, last.xref) == (verb, values, source, xref):
        return replace(last, again=True, sent_at=fold.now)
    revision = _revision(side, fold.now)
    content = orjson.dumps([verb, values, xref], option=orjson.OPT_SORT_KEYS, default=str).decode()
    return Flight(
        id=keys.command_id(row.id, system, revision, content),
        revision=revision,
        verb=verb,
        values=values,
        expected=expected,
        source=source,
        sent_at=fold.now,
        offset=fold.offset,
        keys=natural or {},
        xref=xref,
        again=side.again or side.tries > 0,
        caused_by=fold.event.id,
        version=side.version,
        owed=tuple(sorted(name for name in source if other(system) in row.forced.get(name, ((), ()))[1])),
    )


def remove(fold: Fold, flow: Flow, row: LinkRow, system: str) -> LinkRow:
    """Sends the delete of one side's record: carried out only if it still shows what is known of it."""
    side = side_of(row, system)
    source = {prop.name: False for prop in flow.properties if prop.type == "archive"}
    if side.stuck is not None and side.stuck.wish == source:
        return opened(row, system)
    why = closed(fold, row, system)
    if not why:
        row, why = breakers.admit(fold, row, system, "delete")
    if why:
        return held(row, system, why)
    row, image = opened(row, system), side.image or {}
    expected = {name: image.get(name) for prop in flow.properties for name in names(prop, system)}
    made = flight(fold, row, system, "delete", {}, expected, source, None)
    return launch(fold, row, system, made, flow_side(flow, system).entity)


def _natural_keys(flow: Flow, system: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a create looks up beside its cross-reference, as the destination names it: the first rule's first key.

    Of what lives below another record: that record's id and the keys of all rules; who agrees with any of them.
    """
    props: dict[str, Property] = {prop.name: prop for prop in flow.properties}
    chosen = [rule.keys[0] for rule in flow.rules[:1]]
    if flow.parent is not None:
        chosen = [flow.parent, *(key for rule in flow.rules for key in rule.keys)]
    wanted = [name for key in chosen for name in names(props[key], system)]
    return {name: values[name] for name in wanted if values.get(name) is not None}


def repeat(fold: Fold, flow: Flow, row: LinkRow, system: str, last: Flight) -> LinkRow:
    """Sends a create once more as it was: what became of it must be known before anything else is made."""
    if why := closed(fold, row, system):
        return held(row, system, why)
    row = opened(replace(row, waiting=""), system)
    return launch(
        fold, row, system, replace(last, again=True, sent_at=fold.now), flow_side(flow, system).entity
    )


def _settable(flow: Flow, system: str) -> list[Property]:
    """What a create may carry: not what every record there is born with, nor what only goes the other way."""
    born = flow_side(flow, system).create.keys()
    away = "to-crm" if system == "invoiced" else "to-invoiced"
    return [
        prop
        for prop in flow.properties
        if prop.type != "archive" and prop.direction != away and not born & set(names(prop, system))
    ]


def create(
    fold: Fold, flow: Flow, row: LinkRow, system: str, seen: Mapping[str, Any], spelt: Mapping[str, Any]
) -> LinkRow:
    """Sends the create of the missing counterpart, with everything that is not empty, as it is `spelt` there."""
    if not (flow.policy.create.to_crm if system == "crm" else flow.policy.create.to_invoiced):
        return replace(row, waiting=f"creating in {system} is switched off for flow {flow.name}")
    plain = {p.name: spelt[p.name] for p in _settable(flow, system) if spelt.get(p.name) is not None}
    lacking = parents.lacking(fold, flow, other(system), side_of(row, other(system)).image)
    if lacking is not None:
        return opened(replace(row, waiting=lacking.cause), system)
    rendered = render(fold, flow, row, system, plain)
    values = {name: raw for found in rendered.values() for name, raw in found.items()}
    why = closed(fold, row, system)
    if why:
        return held(replace(row, waiting=""), system, why)
    row = opened(replace(row, waiting=""), system)
    # A parent that cannot be named there yet is not part of it: it follows as an update.
    left_out = plain.keys() - rendered.keys()
    born = {p.name for p in flow.properties} - {p.name for p in _settable(flow, system)}
    left_out |= {p.name for p in flow.properties if p.name in born and p.type != "archive"}
    source = {p.name: seen[p.name] for p in flow.properties if p.name in seen and p.name not in left_out}
    stuck = side_of(row, system).stuck
    if stuck is not None and stuck.wish == source:
        return row
    values = {**flow_side(flow, system).create, **values}
    natural = {} if side_of(row, system).taken else _natural_keys(flow, system, values)
    xref = None if nameless(flow, system) else xref_to(fold, row, system)
    made, side = flight(fold, row, system, "create", values, {}, source, xref, natural), side_of(row, system)
    row = with_side(row, system, replace(side, first_try=side.first_try or fold.now))
    return launch(fold, row, system, made, flow_side(flow, system).entity)
