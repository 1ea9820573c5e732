"""The promises of the design as assertions about a world that has settled."""

from collections import Counter
from typing import Any

from schemas.flow_property import Property
from streams.domain import index
from streams.domain.lenses import UNKNOWN, get
from streams.domain.rows import LinkRow, RefRow, Side, side_of
from streams.domain.states import state_of
from streams.domain.tenant_row import decode_tenant
from streams.domain.values import same
from tests.property.apis import XREF
from tests.property.world import SYSTEMS, World

COUNTED = ("in_flight", "retrying", "parked", "refused", "normalised", "held", "waiting", "review", "no_flow",
           "unreadable", "retired", "link_waiting", "link_review", "parentless")  # fmt: skip


def single(world: World) -> None:
    """We create at most one record per side and link."""
    for api in world.apis.values():
        made = [values.get(XREF[api.system]) for kind, _, values in api.writes if kind == "create"]
        born = Counter(xref for xref in made if xref is not None)
        twice = {
            xref: count for xref, count in born.items() if count > 1 and not _removed(world, api.system, xref)
        }
        assert not twice, f"created twice in {api.system}: {twice}"
        alive = Counter(link for link, name in set(api.born) if name in api.records)
        twins = [link for link, count in alive.items() if count > 1 and not _former(world, link, api.system)]
        assert not twins, f"created twice in {api.system}, under {twins}"
    places = [ref for row in world.links() for ref in (row.invoiced.ref, row.crm.ref) if ref is not None]
    doubled = [ref for ref, count in Counter(places).items() if count > 1]
    assert not doubled, f"in two links: {doubled}"


def _removed(world: World, system: str, xref: str) -> bool:
    """A record that was removed may be made anew under the same link."""
    row = next((r for r in world.links() if xref.endswith(str(side_of(r, _other(system)).ref))), None)
    return row is not None and (bool(side_of(row, system).former) or _remade(world, row, system))


def _remade(world: World, row: LinkRow, system: str) -> bool:
    """An id that is used again: of several creates one record is left."""
    return len({name for link, name in world.apis[system].born if link == row.id}) == 1


def _former(world: World, link: str, system: str) -> bool:
    return any(bool(side_of(row, system).former) for row in world.links() if row.id == link)


def _other(system: str) -> str:
    return "crm" if system == "invoiced" else "invoiced"


def listed(world: World) -> None:
    """Every record stands in a link or is listed with its cause."""
    refs = world.refs()
    for api in world.apis.values():
        for name in api.records:
            row = refs.get(api.ref(name))
            assert row is not None, f"{api.ref(name)} is lost: nobody knows it"
            known = row.state in {"linked", "former"} or bool(row.cause)
            assert known, f"{row.ref} is lost: {row.state} without a cause"
            assert row.state != "waiting" or row.parent, f"{row.ref} waits for ever: {row.cause}"
            assert not row.parent or _lacks(world, row), f"{row.ref} waits for ever: {row.cause}"


def _lacks(world: World, row: RefRow) -> bool:
    """Whether the parent it waits for has no counterpart that could be named."""
    link = next((one for one in world.links() if row.parent in {one.invoiced.ref, one.crm.ref}), None)
    refs = [] if link is None else [link.invoiced.ref, link.crm.ref]
    return any(ref is None or ref.split(":")[1] != row.parent.split(":")[1] for ref in refs) or link is None


def differences(world: World) -> list[str]:
    """What still differs between two linked records, and is not listed."""
    found: list[str] = []
    for row in world.links():
        if row.invoiced.ref is None or row.crm.ref is None:
            if state_of(row) == "linked":
                found.append(f"{row.id} has one side and is not listed")
        elif not (row.retired or row.review or row.invoiced.gone or row.crm.gone):
            found += _differing(world, row)
    return found


def _differing(world: World, row: LinkRow) -> list[str]:
    images = {s: world.apis[s].records.get(str(side_of(row, s).ref).split(":", 2)[2], {}) for s in SYSTEMS}
    flow = world.config.flow(row.flow)
    in_use = _values(world, row, images, flow.properties[-1])
    if in_use == [False, False] or (flow.policy.delete == "ignore" and row.waiting):
        return []
    found = []
    for prop in flow.properties:
        one, two = _values(world, row, images, prop)
        if UNKNOWN in (one, two) or same(prop.type, one, two) or _excused(world, row, prop):
            continue
        found.append(f"{row.invoiced.ref} {prop.name}: {one!r} and {two!r}")
    return found


def _values(world: World, row: LinkRow, images: dict[str, Any], prop: Property) -> list[Any]:
    values = [_value(world, row, system, images[system], prop) for system in SYSTEMS]
    if prop.type != "reference":
        return values
    refs = world.refs()
    named = [refs.get(f"{system}:customer:{value}") for system, value in zip(SYSTEMS, values, strict=True)]
    known = [
        v is None or (r is not None and r.link_id is not None) for v, r in zip(values, named, strict=True)
    ]
    if not all(known):
        return [UNKNOWN, UNKNOWN]
    return [row.link_id if row is not None else None for row in named]


def _value(world: World, row: LinkRow, system: str, image: Any, prop: Property) -> Any:
    """A value as the flow of that side's record has it: one that is to be replaced is still of its former flow."""
    flow = world.config.flow(side_of(row, system).flow or row.flow)
    own = next((one for one in flow.properties if one.name == prop.name), None)
    return UNKNOWN if own is None else get(own, system, image)


def _excused(world: World, row: LinkRow, prop: Property) -> bool:
    sides: list[Side] = [row.invoiced, row.crm]
    name = prop.name
    shown = any(name in side.refused or name in side.normalised for side in sides)
    stuck = any(side.stuck is not None and name in side.stuck.wish for side in sides)
    manual = any(c.id == row.conflicts.get(name) and c.winner == "open" for c in world.conflicts)
    return shown or stuck or manual or bool(row.hold) or row.paused or _parentless(world, row, prop)


def _parentless(world: World, row: LinkRow, prop: Property) -> bool:
    """A parent that has no counterpart yet cannot be named there."""
    if prop.type != "reference":
        return False
    found = [index.parents(world.config, row).get(system, {}).get(prop.name) for system in SYSTEMS]
    refs = world.refs()
    links = {link.id: link for link in world.links()}
    named = [links.get(str(refs[ref].link_id)) for ref in found if ref is not None and ref in refs]
    return any(link is None or link.invoiced.ref is None or link.crm.ref is None for link in named)


def derived(world: World) -> None:
    """Index entries and counts are what the rows say: the rebuild gives what the folds wrote."""
    keys: set[bytes] = set()
    for key, value in world.rows.data.items():
        keys |= {entry for entry, _ in index.index_entries(world.config, key, value)}
    stored = {key for key in world.rows.data if key.split(b"|")[1].startswith(b"x:")}
    assert stored == keys, f"index drifted: {sorted(stored ^ keys)[:4]}"
    tenant = decode_tenant(world.rows.data[f"{world.config.tenant}|control|tenant".encode()])
    counts: Counter[str] = Counter()
    for key in keys:
        parts = key.decode().split("|")
        if parts[1] == "x:list":
            counts["|".join(parts[2:5] if len(parts) > 5 else parts[2:4])] += 1
    told = {k: n for k, n in tenant.counts.items() if k.split("|")[0] in COUNTED}
    assert told == dict(counts), f"counts drifted: {told} and {dict(counts)}"


def quiet(world: World) -> None:
    """Three more rounds and a replay of both topics: not one write."""
    before = world.writes()
    for _ in range(3):
        world.turn(1_000_000)
    for system in SYSTEMS:
        world.forwarded[system] = 0
        world.intake(system)
    world.fold()
    waiting = [command for sink in world.sinks.values() for command in sink.commands]
    assert not waiting, f"quiet systems, and yet {waiting[0].verb} of {dict(waiting[0].values)}"
    assert world.writes() == before, f"quiet systems were written: {_last(world)}"


def _last(world: World) -> list[Any]:
    return [api.writes[-1] for api in world.apis.values() if api.writes]


def replayed(world: World) -> None:
    """All commands once more: the sinks write nothing."""
    before = world.writes()
    for sink in world.sinks.values():
        sink.commands = list(sink.all)
        while sink.commands:
            sink.step(world.tick())
    assert world.writes() == before, f"replaying commands wrote: {_last(world)}"


def kept(world: World) -> None:
    """All promises of a world that has settled."""
    single(world)
    listed(world)
    only = differences(world)
    assert only == [], f"not in step: {only}"
    derived(world)
    quiet(world)
