"""Faust's aiokafka transport, changed to hand whole chunks to agents and to survive its own recovery.

What is changed and why (ADR 0002; each name touched has a contract test):
chunks and their ledger replace messages and offset lists; sources resume only together with the flow,
because Faust clears the queues in between; partitions of full queues stay in the fetch; the consumer reads
committed records only and waits 100 ms at most; changelogs are never fetched here, `restore.py` reads them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from faust.transport.drivers import aiokafka as driver

from streams.chunks import Chunk, Ledger, Record, TopicPartition, WholeChunks

FETCH_MAX_WAIT_MS = 100

#: The partitions whose place is known better than by the group's committed offset.
Starts = Callable[[], Mapping[TopicPartition, int]]


class ChunkThread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]  # Faust ships no types
    """The thread that owns the aiokafka consumer."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # Faust hard-codes 1500 ms, and read_uncommitted unless it runs its own transactions.
        consumer._fetch_max_wait_ms = FETCH_MAX_WAIT_MS  # noqa: SLF001  # read when the consumer starts
        consumer._isolation_level = "read_committed"  # noqa: SLF001  # ditto
        return consumer

    def highwater(self, tp: Any) -> int | None:
        """The end of what may be read: an open transaction holds back the rest."""
        end: int | None = self._ensure_consumer().last_stable_offset(tp)
        return end

    async def on_partitions_assigned(self, assigned: set[Any], generation_id: int = 0) -> None:
        changelogs = self.app.tables.changelog_topics
        consumer = self._ensure_consumer()
        consumer.pause(*[tp for tp in consumer.assignment() if tp.topic in changelogs])
        await super().on_partitions_assigned(assigned, generation_id)


class ChunkConsumer(driver.Consumer):  # type: ignore[misc]  # Faust ships no types
    """Faust's consumer in chunks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.ledger = Ledger()
        self._resume_later: set[Any] = set()
        super().__init__(*args, **kwargs)
        self.scheduler = WholeChunks()

    def _new_consumer_thread(self) -> ChunkThread:
        return ChunkThread(self, loop=self.loop, beacon=self.beacon)

    # --- chunks -------------------------------------------------------------------------------------
    def _to_message(self, tp: Any, record: Sequence[Record]) -> Any:
        message = super()._to_message(tp, record[-1])
        place = TopicPartition(tp.topic, tp.partition)
        receipt = self.ledger.deliver(place, record[-1].offset + 1, message.generation_id)
        message.key, message.value = None, Chunk(place, record, receipt)
        return message

    def _new_offset(self, tp: Any) -> int | None:
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self.ledger.committable(tp)

    async def _add_gap(self, tp: Any, offset_from: int, offset_to: int) -> None:
        """Holes are of no interest to the ledger."""

    def on_buffer_full(self, tp: Any) -> None:
        """A full queue blocks the drain; taking the partition out of the fetch would idle it a second."""

    async def on_partitions_revoked(self, revoked: set[Any]) -> None:
        await super().on_partitions_revoked(revoked)
        self.ledger.forget({TopicPartition(tp.topic, tp.partition) for tp in revoked})

    # --- recovery race: a source fetched before the flow resumes would lose what it fetched ------------
    def resume_partitions(self, tps: Iterable[Any]) -> None:
        self._resume_later.update(tps)

    def pause_partitions(self, tps: Iterable[Any]) -> None:
        tps = set(tps)
        self._resume_later.difference_update(tps)
        super().pause_partitions(tps)

    def resume_flow(self) -> None:
        resume, self._resume_later = self._resume_later & set(self.assignment()), set()
        super().resume_partitions(resume)
        super().resume_flow()

    def is_changelog(self, tp: Any) -> bool:
        return tp.topic in self.app.tables.changelog_topics

    # --- where to begin -----------------------------------------------------------------------------
    async def highwaters(self, *partitions: Any) -> Mapping[Any, int]:
        """Only Faust's recovery asks; an end at 0 tells it that there is nothing for it to restore."""
        return dict.fromkeys(partitions, 0)

    async def seek_to_committed(self) -> Mapping[Any, int]:
        """Seek to the state's own checkpoint, else the committed offset, else the beginning.

        The beginning is sought too: what was fetched and dropped before a first commit would be skipped.
        """
        committed = {tp: offset for tp, offset in (await super().seek_to_committed()).items() if offset}
        sources = [tp for tp in self.assignment() if not self.is_changelog(tp)]
        new = [tp for tp in sources if tp not in committed]
        earliest = await self.earliest_offsets(*new) if new else {}
        known = {tp: at for tp, at in self.transport.starts().items() if tp in sources}
        places = {**{tp: earliest[tp] for tp in new}, **known}
        if places:
            await self.seek_wait(places)
        return {**committed, **places}


class ChunkTransport(driver.Transport):  # type: ignore[misc]  # Faust ships no types
    """Plugged in by `app.transport = ChunkTransport(...)`, right after the app is made."""

    Consumer = ChunkConsumer

    def __init__(self, url: Any, app: Any, starts: Starts) -> None:
        super().__init__(url, app)
        self.starts = starts
