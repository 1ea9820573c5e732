"""The look-up indexes, derived from rows alone: written with them, rebuilt from them, never in the changelog.

| index | parts | found by |
|---|---|---|
| rule | flow, system, rule, hash of the key → ref | matching |
| xref | named ref → ref | cross-references, from both ends |
| barrier | flow, since → ref | rounds |
| cand | candidate → ref | a review whose candidate changed |
| child | parent's ref → link id, or ref of an unlinked record | references |
| bound | parent's ref → the same, of those that must have it | replacing a parent |
| creating | system, flow, parent's id, offset → link id | first sights that may be our own create |
| due | time → link id | retries and lost results |
| list | kind, flow → key | the CLI's lists and counts |
"""

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any

from schemas.flow import Flow
from schemas.records import System
from streams.domain import keys
from streams.domain.config import Config
from streams.domain.lenses import get, read_some
from streams.domain.line_flow import expanded
from streams.domain.references import parent_ref, system_of
from streams.domain.rows import Flight, LinkRow, RefRow, Side, decode_link, decode_ref, other, side_of
from streams.domain.values import COMPARED

SYSTEMS: tuple[System, System] = ("invoiced", "crm")
XREF = {"invoiced": "metadata.crm_id", "crm": "ExternalId"}
XREF_KEPT = "@xref"  # among a side's refused values: a cross-reference its system did not keep
Entry = tuple[bytes, bytes]


def nameless(flow: Flow, system: str) -> bool:
    """Whether records there carry no cross-reference: Invoiced keeps none with what lives below another record."""
    return system == "invoiced" and flow.parent is not None


def parent_id(flow: Flow, system: str, image: Mapping[str, Any]) -> str:
    """The id of the record below which this one lives; `-` where it lives by itself."""
    prop = next((prop for prop in flow.properties if prop.name == flow.parent), None)
    raw = get(prop, system, image) if prop is not None else None
    return raw if isinstance(raw, str) else "-"


def read_keys(flow: Flow, system: str, image: Mapping[str, Any]) -> dict[str, Any]:
    """The values that the flow's rules look at."""
    return read_some(flow.properties, {name for rule in flow.rules for name in rule.keys}, system, image)


def key_hash(flow: Flow, names: tuple[str, ...], seen: dict[str, Any]) -> str | None:
    """The hash of a rule's key values as people compare them; None where one of them is empty."""
    parts = []
    for name in names:
        value = seen.get(name)
        if value is None:
            return None
        prop = next(p for p in flow.properties if p.name == name)
        compared = COMPARED.get(prop.type)
        value = compared(value) if compared else value
        parts.append(value.casefold() if isinstance(value, str) else repr(value))
    return blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()


def named_by(config: Config, ref: str, image: dict[str, Any]) -> str | None:
    """The ref of the other system that this record's cross-reference names, if this installation wrote it."""
    text = image.get(XREF[system_of(ref)])
    head = f"{config.installation}:"
    if not isinstance(text, str) or not text.startswith(head):
        return None
    named = text[len(head) :]
    return named if system_of(named) != system_of(ref) and named.count(":") >= 2 else None


def _candidate(config: Config, flow: Flow, ref: str, image: dict[str, Any]) -> Iterator[Entry]:
    """The entries by which the other side's records find this one."""
    system = system_of(ref)
    seen = read_keys(flow, system, image)
    for rule in flow.rules:
        found = key_hash(flow, rule.keys, seen)
        if found is not None:
            yield keys.index_key(config.tenant, "rule", flow.name, system, rule.name, found, ref), b""
    named = named_by(config, ref, image)
    if named is not None:
        yield keys.index_key(config.tenant, "xref", named, ref), b""


def of_ref(config: Config, row: RefRow) -> Iterator[Entry]:
    """Entries of an unlinked record. One that waits for its parent waits for no round."""
    tenant = config.tenant
    if row.state in {"waiting", "review", "no_flow", "unreadable"}:
        towards, kind = f"to-{other(system_of(row.ref))}", "parentless" if row.parent else row.state
        yield keys.index_key(tenant, "list", kind, row.flow or "-", towards, row.ref), b""
    if row.flow is None or row.image is None or row.state not in {"waiting", "review"}:
        return
    flow = config.flow(row.flow)
    yield from _candidate(config, flow, row.ref, row.image)
    named = named_parents(config, flow, system_of(row.ref), row.image)
    for parent in {named[prop.name] for prop in flow.properties if prop.required and prop.name in named}:
        yield keys.index_key(tenant, "child", parent, row.ref), b""
        yield keys.index_key(tenant, "bound", parent, row.ref), b""
    if row.state == "waiting" and not row.parent:
        yield keys.index_key(tenant, "barrier", row.flow, keys.order(row.since), row.ref), b""
    for candidate in row.candidates:
        yield keys.index_key(tenant, "cand", candidate, row.ref), b""


def named_parents(config: Config, flow: Flow, system: str, image: Mapping[str, Any] | None) -> dict[str, str]:
    """Reference property → ref of the parent that an image names."""
    found: dict[str, str] = {}
    for prop in flow.properties:
        if prop.type != "reference" or prop.refers is None or image is None:
            continue
        raw = get(prop, system, image)
        if isinstance(raw, str):
            found[prop.name] = parent_ref(config, prop, system, raw)
    return found


def parents(config: Config, row: LinkRow) -> dict[str, dict[str, str]]:
    """Per side: reference property → ref of the parent its image names."""
    flow = expanded(config.flow(row.flow), row)
    found = {system: named_parents(config, flow, system, side_of(row, system).image) for system in SYSTEMS}
    return {system: named for system, named in found.items() if named}


def creating(flow: Flow, system: str, one: Side) -> Flight | None:
    """The create that may have made a record nobody has seen yet: one without a name of ours until it is answered."""
    if one.flight is not None:
        return one.flight if one.flight.verb == "create" else None
    last = one.unanswered
    doubtful = last is not None and last.verb == "create" and last.ref == one.ref and one.again
    return last if doubtful and nameless(flow, system) else None


def under_way(one: Side) -> bool:
    """Whether a record is being made that is to take the place of the one that stands there."""
    flights = (one.flight, one.unanswered)
    return any(made is not None and made.verb == "create" and made.ref == one.ref for made in flights)


def _of_side(one: Side) -> Iterator[str]:
    marks = (
        ("in_flight", one.flight is not None),
        ("retrying", one.flight is None and one.retry_at > 0),
        ("login", one.login_at > 0 and (one.flight is not None or one.retry_at > 0)),
        ("parked", one.stuck is not None),
        ("refused", bool(one.refused)),
        ("normalised", bool(one.normalised)),
    )
    return (kind for kind, holds in marks if holds)


def kinds(row: LinkRow) -> Iterator[tuple[str, str]]:
    """The lists a link stands in: (kind, direction). What is in none of them is in step."""
    for system in SYSTEMS:
        for kind in _of_side(side_of(row, system)):
            yield kind, f"to-{system}"
    for direction in row.hold:
        yield "held", direction
    marks = (("retired", row.retired), ("link_waiting", bool(row.waiting)), ("link_review", bool(row.review)))
    towards = "to-invoiced" if row.invoiced.ref is None else "to-crm"
    yield from ((kind, towards) for kind, holds in marks if holds)


def of_link(config: Config, row: LinkRow) -> Iterator[Entry]:
    """Entries of a link: as a candidate while one-sided, by its parents, by what it waits for."""
    tenant = config.tenant
    flow = config.flow(row.flow)
    filled = [s for s in SYSTEMS if side_of(row, s).ref is not None]
    for system in filled:
        one = side_of(row, system)
        if len(filled) == 1 and one.ref and one.image is not None and not row.retired:
            yield from _candidate(config, flow, one.ref, one.image)
    ended = row.retired or row.invoiced.gone or row.crm.gone  # needs no parent any more
    must = {prop.name for prop in flow.properties if prop.required and not ended}
    for named in parents(config, row).values():
        for name, parent in named.items():
            yield keys.index_key(tenant, "child", parent, row.id), b""
            if name in must:
                yield keys.index_key(tenant, "bound", parent, row.id), b""
    for system in SYSTEMS:
        one = side_of(row, system)
        due = one.flight.sent_at + config.again_ms if one.flight is not None else one.retry_at
        if due:
            yield keys.index_key(tenant, "due", keys.order(due), row.id), b""
        create = creating(flow, system, one)
        if create is not None:
            below, at = parent_id(flow, system, create.values), keys.order(create.offset)
            yield keys.index_key(tenant, "creating", system, row.flow, below, at, row.id), b""
    for kind, direction in kinds(row):
        yield keys.index_key(tenant, "list", kind, row.flow, direction, row.id), b""


def index_entries(config: Config, key: bytes, value: bytes) -> list[Entry]:
    """The entries of one row as it stands in the table: for the rebuild after a recovery."""
    kind = key.split(b"|", 2)[1]
    if kind == b"ref":
        return list(of_ref(config, decode_ref(value, key)))
    if kind == b"link":
        return list(of_link(config, decode_link(value, key)))
    return []
