"""A witness of links: which state each was in, what happened, and which state it was in then."""

from collections.abc import Iterator

from schemas.records import Body, Change, Decision, Nudge, Restore, Result, Unreadable
from streams.domain.keys import link_key, ref_key
from streams.domain.rows import LinkRow, decode_link, decode_ref
from streams.domain.states import KINDS, Kind, State, state_of
from streams.domain.view import Effects
from tests.property.rows import Rows
from tests.property.world import World

Transition = tuple[State, Kind, State]


class Witness(Rows):
    """The rows of a world, and every transition they were seen to make. `none`: there is no such link."""

    def __init__(self, world: World) -> None:
        super().__init__()
        super().apply(Effects(dict(world.rows.data), []))
        self.world = world
        self.seen: set[Transition] = set()

    def apply(self, effects: Effects) -> None:
        body = self.world.log[self.world.folded].body
        prefix = link_key(self.world.config.tenant, "")
        written = {key: value for key, value in effects.writes.items() if key.startswith(prefix) and value}
        for key in {*written, *self._named(body)}:
            before, after = self.data.get(key), written.get(key, self.data.get(key))
            if after is not None:
                old, new = decode_link(before) if before else None, decode_link(after)
                self.seen.add((state_of(old) if old else "none", kind_of(body, old, new), state_of(new)))
        super().apply(effects)

    def _named(self, body: Body) -> Iterator[bytes]:
        """The link this is about, whether it changes or not; all of them, where work may be brought on."""
        tenant = self.world.config.tenant
        if KINDS[type(body)] == "work":
            yield from self.keys(link_key(tenant, ""))
        if isinstance(body, Result | Nudge | Restore) and body.link_id is not None:
            yield link_key(tenant, body.link_id)
        if isinstance(body, Change | Unreadable) and body.ref is not None:
            row = self.data.get(ref_key(tenant, body.ref))
            name = decode_ref(row).link_id if row is not None else None
            if name is not None and row is not None and decode_ref(row).state == "linked":
                yield link_key(tenant, name)


def kind_of(body: Body, before: LinkRow | None, after: LinkRow) -> Kind:
    """What an entry of the log is to this link; work, where it is about another one or about none."""
    if isinstance(body, Change):
        kind: Kind = "deleted" if body.op == "d" else "change"
    else:
        kind = KINDS[type(body)]
    if kind == "decision" and isinstance(body, Decision):
        return kind
    return kind if _about(body) & _names(before, after) else "work"


def _about(body: Body) -> set[str]:
    return {name for name in (getattr(body, "ref", None), getattr(body, "link_id", None)) if name is not None}


def _names(before: LinkRow | None, after: LinkRow) -> set[str]:
    refs = {side.ref for row in (before, after) if row is not None for side in (row.invoiced, row.crm)}
    return {after.id, *(ref for ref in refs if ref is not None)}


def watched(world: World) -> World:
    """The world, its links watched from now on."""
    world.rows = Witness(world)
    return world


def transitions(world: World) -> set[Transition]:
    assert isinstance(world.rows, Witness)
    return world.rows.seen
