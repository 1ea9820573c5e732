"""The desk on which one event is worked: rows read once, changed in place of one another, laid down at the end.

Everything derived from a row (index entries, counts, public views) is made here and nowhere else, so that it
cannot drift from the row.
"""

from typing import cast

from msgspec.structs import replace

from schemas.flow import Flow
from schemas.records import Change, Event, Origin, Restore
from streams.domain import index, keys, views
from streams.domain.config import Config
from streams.domain.desk import Desk
from streams.domain.line_flow import expanded
from streams.domain.rows import LinkRow, RefRow, decode_link, decode_ref, encode, side_of, with_side
from streams.domain.tenant_row import Tenant, decode_tenant
from streams.domain.view import Effects, Output, Record, View

GATES = ("to-crm", "to-invoiced")


class Fold:
    """One event under way."""

    def __init__(self, view: View, config: Config, event: Event) -> None:
        self.view, self.config, self.event = view, config, event
        self.now, self.offset = event.at, event.offset
        self.outputs: list[Output] = []
        self.extra: dict[bytes, bytes | None] = {}
        self.desk = Desk(view)
        self._entries: dict[str, tuple[set[bytes], set[bytes]]] = {}
        self._refs: dict[str, tuple[RefRow | None, RefRow | None]] = {}
        self._links: dict[str, tuple[LinkRow | None, LinkRow | None]] = {}
        self._tenant_key = keys.control_key(config.tenant, "tenant")
        data = view.get(self._tenant_key)
        self._tenant = data
        self.tenant = self._tenant_before = decode_tenant(data) if data is not None else Tenant()

    # rows

    def ref(self, ref: str) -> RefRow | None:
        if ref not in self._refs:
            key = keys.ref_key(self.config.tenant, ref)
            data = self.view.get(key)
            row = decode_ref(data, key) if data is not None else None
            self._refs[ref] = (row, row)
        return self._refs[ref][1]

    def put_ref(self, row: RefRow) -> None:
        before = self.ref(row.ref)
        if before is not row:
            self._refs[row.ref] = (self._refs[row.ref][0], row)
            self._move(f"ref {row.ref}", before, row)

    def link(self, link_id: str) -> LinkRow | None:
        if link_id not in self._links:
            key = keys.link_key(self.config.tenant, link_id)
            data = self.view.get(key)
            row = self._as_seen(decode_link(data, key)) if data is not None else None
            self._links[link_id] = (row, row)
        return self._links[link_id][1]

    def _as_seen(self, row: LinkRow) -> LinkRow:
        """The row with what a sight of an unchanged record left in the small row of its ref."""
        for system in ("invoiced", "crm"):
            side = side_of(row, system)
            known = self.ref(side.ref) if side.ref is not None else None
            if known is not None and known.link_id == row.id and known.version > side.version:
                seen = replace(
                    side, version=known.version, read_at=known.read_at, updated_at=known.updated_at
                )
                row = with_side(row, system, seen)
        return row

    def put_link(self, row: LinkRow) -> None:
        before = self.link(row.id)
        if before != row:
            self._links[row.id] = (self._links[row.id][0], row)
            self._move(f"link {row.id}", before, row)

    def link_of(self, ref: str) -> LinkRow | None:
        row = self.ref(ref)
        return self.link(row.link_id) if row is not None and row.link_id is not None else None

    def flow(self, row: LinkRow) -> Flow:
        """The flow of a link, with the properties of the lines it has."""
        return expanded(self.config.flow(row.flow), row)

    # look-ups

    def entries(self, name: str, *parts: str, limit: int = 0, after: bytes | None = None) -> list[bytes]:
        """Index keys below these parts, as the rows stand now."""
        prefix = keys.index_prefix(self.config.tenant, name, *parts)
        return self.desk.find(prefix, after, limit or self.config.work)

    def _move(self, name: str, before: RefRow | LinkRow | None, after: RefRow | LinkRow) -> None:
        if name not in self._entries:
            first = self._keys(before)
            self._entries[name] = (first, first)
        old, now = self._entries[name][1], self._keys(after)
        self._entries[name] = (self._entries[name][0], now)
        self.desk.move(old, now)

    def released(self) -> set[str]:
        """Refs of parents that a record had to have before this event, and has no more."""
        prefix = keys.index_prefix(self.config.tenant, "bound")
        gone = {key for old, now in self._entries.values() for key in old - now if key.startswith(prefix)}
        return {keys.last_part(key.rpartition(b"|")[0]) for key in gone}

    def _keys(self, row: RefRow | LinkRow | None) -> set[bytes]:
        if row is None:
            return set()
        found = index.of_ref(self.config, row) if isinstance(row, RefRow) else index.of_link(self.config, row)
        return {key for key, _ in found}

    # results

    def send(self, topic: str, key: str, record: Record | None) -> None:
        self.outputs.append(Output(topic, key, record))

    def origin(self) -> tuple[str, int, int] | None:
        origin: Origin | None = self.event.origin
        return (origin.topic, origin.partition, origin.offset) if origin is not None else None

    def change(self) -> Change:
        return cast("Change", self.event.body)

    def finish(self) -> Effects:
        """The event's writes and outputs, with all that is derived from the rows."""
        writes: dict[bytes, bytes | None] = dict(self.extra)
        counts = dict(self.tenant.counts)
        for before, after in self._entries.values():
            for key in before - after:
                writes[key] = None
                _count(counts, key, -1)
        for before, after in self._entries.values():  # behind those: one row may take what another gives up
            for key in after - before:
                writes[key] = b""
                _count(counts, key, +1)
        if counts != self.tenant.counts:
            self.tenant = replace(self.tenant, counts=counts)
        self._write_rows(writes)
        if self.tenant is not self._tenant_before or self._tenant is None:
            tenant = encode(self.tenant)
            if tenant != self._tenant:
                writes[self._tenant_key] = tenant
        return Effects(writes, self.outputs)

    def _told(self) -> bool:
        """Until `unlinked` has been read back, only what it held itself is written there: it is the backup."""
        back = self.tenant.catching_up
        return back is None or back.told >= 0 or isinstance(self.event.body, Restore)

    def _write_rows(self, writes: dict[bytes, bytes | None]) -> None:
        for old, now in self._refs.values():
            if now is not None and now is not old:
                writes[keys.ref_key(self.config.tenant, now.ref)] = encode(now)
                if self._told():
                    self.outputs.extend(views.unlinked(old, now, self.now))
        for before, after in self._links.values():
            if after is not None and after is not before:
                writes[keys.link_key(self.config.tenant, after.id)] = encode(after)
                self.outputs.extend(views.link(before, after, self.now))
                _totals(self, before, after)


def _count(counts: dict[str, int], key: bytes, by: int) -> None:
    """Lists count themselves: `x:list|kind|flow|direction`."""
    parts = key.decode().split("|")
    if parts[1] != "x:list":
        return
    name = "|".join(parts[2:5])
    total = counts.get(name, 0) + by
    if total:
        counts[name] = total
    else:
        counts.pop(name, None)


def _totals(fold: Fold, before: LinkRow | None, after: LinkRow) -> None:
    """Links by flow: a new one, or one that has turned to another flow."""
    if before is not None and before.flow == after.flow:
        return
    counts = dict(fold.tenant.counts)
    for row, by in ((before, -1), (after, +1)):
        if row is not None:
            counts[f"links|{row.flow}"] = counts.get(f"links|{row.flow}", 0) + by
    fold.tenant = replace(fold.tenant, counts=counts)
