"""From what a page shows to what is published: judged against the shadow, read again where it is too old."""

import asyncio
from collections.abc import Awaitable, Iterable

import structlog

from connectors.clock import Clock
from connectors.errors import Park
from connectors.http import Client
from connectors.log.log import Placed
from connectors.observation import Reader, again, deletion, judge
from connectors.order import WriteOrder
from connectors.past import Doubts, Stamps
from connectors.publisher import Publisher
from connectors.shadow import Shadow
from connectors.shares import Share
from connectors.source import Seen, Source, Unread
from schemas import meters
from schemas.records import Change, Unreadable

log = structlog.get_logger(__name__)


class Observer:
    """Publishes the versions of one system. One page at a time: a ref's versions get their numbers in order."""

    def __init__(
        self,
        source: Source,
        client: Client,
        shadow: Shadow,
        publisher: Publisher,
        order: WriteOrder,
        clock: Clock,
    ) -> None:
        self._source = source
        self._client = client
        self._shadow = shadow
        self._publisher = publisher
        self._order = order
        self._clock = clock
        self.doubts = Doubts()
        self._stamps = Stamps()
        self._lock = asyncio.Lock()
        self._listed: dict[str, str] = {}

    async def observe(self, records: Iterable[Seen], reader: Reader, share: Share) -> int:
        """Publish what is new among the records; returns the number of versions, all acknowledged."""
        async with self._lock:
            met = list(records)
            listed = [seen.ref for seen in met if self._listed.pop(seen.ref, None)]
            changes, doubtful = self._judge(met, reader)
            acks = self._hold(changes)
            await self._mended(set(listed) - {change.ref for change in changes})
            for ref in doubtful:
                await self._order.idle(ref)
                change = await self._read_again(ref, reader, share)
                acks += self._hold([change] if change is not None else [])
            await asyncio.gather(*acks)
            return len(acks)

    async def list_unread(
        self, entity: str, unread: Iterable[Unread], page: str = "record", count: int = 0
    ) -> None:
        """Say in the log what nobody can read; the same cause of the same record is said once."""
        for one in unread:
            place = one.ref or f"{entity} {page}"
            if self._listed.get(place) == one.cause:
                continue
            body = Unreadable(
                self._source.system, entity, one.cause, one.ref, None if one.ref else page, count
            )
            await self._publisher.say(f"unreadable/{place}/{self._clock.now_ms()}", body)
            self._listed[place] = one.cause
            if page == "login":  # told as what it is by whoever met it
                continue
            meters.count("tandem_unreadable_total", system=self._source.system, entity=entity)
            # The cause may quote the record: it stands in the log of the tenant, not in this one.
            log.warning(
                "record.unreadable", system=self._source.system, entity=entity, ref=one.ref, page=page
            )

    async def readable(self, entity: str, page: str) -> None:
        """Say that a page can be read; once also for what an earlier process may have listed."""
        place = f"{entity} {page}"
        if self._listed.get(place) != "":
            body = Unreadable(self._source.system, entity, "", None, page)
            await self._publisher.say(f"readable/{place}/{self._clock.now_ms()}", body)
            self._listed[place] = ""

    async def merged(self, ref: str) -> None:
        """Say that a record is gone since the source told of a merge: the delete itself follows."""
        system, entity, _ = ref.split(":", 2)
        body = Unreadable(system, entity, "it is gone since records were merged", ref, "merged")
        await self._publisher.say(f"merged/{ref}", body)

    async def _mended(self, refs: Iterable[str]) -> None:
        """Say of records that were listed that they can be read again, and are as they were."""
        for ref in refs:
            system, entity, _ = ref.split(":", 2)
            body = Unreadable(system, entity, "", ref)
            await self._publisher.say(f"readable/{ref}/{self._clock.now_ms()}", body)

    def unknown_at(self, ref: str, at: int) -> bool:
        """Tell whether an event of that time is later than the version held."""
        held = self._shadow.get(ref)
        return held is None or held.op == "d" or (held.source.updated_at or 0) < at

    def holds(self, ref: str) -> bool:
        """Tell whether a version is held; of what is gone, until its tombstone stands behind it."""
        return self._shadow.get(ref) is not None

    async def read_each(self, refs: Iterable[str], reader: Reader, share: Share) -> int:
        """Read records by their ids and publish what is new; returns the number of versions."""
        async with self._lock:
            return await self._read_all(refs, reader, share)

    async def settle_doubts(self, entity: str, reader: Reader) -> int:
        """A round begins: read again what showed a past in an earlier one; what still does is published."""
        due = self.doubts.due(entity)
        if not due:
            return 0
        async with self._lock:
            return await self._read_all(due, reader, "live", due=True)

    async def _read_all(self, refs: Iterable[str], reader: Reader, share: Share, *, due: bool = False) -> int:
        acks: list[Awaitable[Placed]] = []
        for ref in refs:
            change = await self._read_again(ref, reader, share, due=due)
            acks += self._hold([change] if change is not None else [])
        await asyncio.gather(*acks)
        return len(acks)

    async def delete(self, ref: str, reader: Reader, read_at: int) -> bool:
        """Publish that a record is gone, then its tombstone; False if the shadow does not know it."""
        async with self._lock:
            held = self._shadow.get(ref)
            if held is None:
                return False
            if held.op != "d":
                self.doubts.drop([ref])
                gone = deletion(ref, held, reader, read_at, self._clock.now_ms())
                await asyncio.gather(*self._hold([gone]))
            await self._shadow.mirror.publish(ref, None, self._publisher.tombstone(ref))
            return True

    async def restore_usurped(self, epoch: int) -> int:
        """Publish again what a connector without a lease has overwritten."""
        async with self._lock:
            now = self._clock.now_ms()
            changes = [
                again(right, epoch, met, now)
                for right, met in self._shadow.usurped()
                if (held := self._shadow.get(right.ref)) is None or held.source.epoch < right.source.epoch
            ]
            await asyncio.gather(*self._hold(changes))
            return len(changes)

    def _judge(self, records: list[Seen], reader: Reader) -> tuple[list[Change], list[str]]:
        changes: dict[str, Change] = {}
        doubtful: list[str] = []
        for seen in records:
            held = changes.get(seen.ref) or self._shadow.get(seen.ref)
            clouded = self._order.clouded(seen.ref, seen.asked_at)
            now, written = self._clock.now_ms(), self._written(seen.ref, held)
            verdict = judge(
                seen, held, reader, by_id=False, clouded=clouded, now=now, written=written,
                answered=self._order.answer(seen.ref), newest=self._stamps.of(seen.ref),
            )  # fmt: skip
            if verdict.change is not None:
                changes[seen.ref] = verdict.change
            elif not verdict.reread:
                self._stamps.unchanged(seen, held)
            elif seen.ref not in doubtful:
                doubtful.append(seen.ref)
        self.doubts.drop({seen.ref for seen in records} - set(doubtful))
        return list(changes.values()), doubtful

    async def _read_again(
        self, ref: str, reader: Reader, share: Share, *, due: bool = False
    ) -> Change | None:
        entity = ref.split(":")[1]
        try:
            answer = await self._client.read(self._source.one_request(ref), share)
            seen = self._source.one(ref, answer)
        except Park as error:
            self.doubts.drop([ref])
            await self.list_unread(entity, [Unread(error.reason, ref)])
            return None
        if seen is None:  # gone meanwhile: the events or the next scan will name it
            self.doubts.drop([ref])
            return None
        meters.count("tandem_records_read_total", system=self._source.system, entity=entity)
        held = self._shadow.get(ref)
        now, written = self._clock.now_ms(), self._written(ref, held)
        verdict = judge(
            seen, held, reader, by_id=True, clouded=False, now=now, written=written,
            answered=self._order.answer(ref), newest=self._stamps.of(ref),
            certain=due and self.doubts.confirmed(seen),
        )  # fmt: skip
        if verdict.doubtful:
            self.doubts.add(seen, share)
        else:
            self.doubts.drop([ref])
        return verdict.change

    def _written(self, ref: str, held: Change | None) -> bool:
        return held is not None and self._order.written_since(ref, held.source.read_at)

    def _hold(self, changes: Iterable[Change]) -> list[Awaitable[Placed]]:
        acks: list[Awaitable[Placed]] = []
        for change in changes:
            self._stamps.changed(change.ref)
            acks += self._shadow.publish(self._publisher, [change])
            of = change.source
            meters.count("tandem_changes_published_total", system=of.system, entity=of.entity, op=change.op)
        return acks
