"""The agent `sync`: folds each tenant's log, one owner a partition, and brings owners back after a rebalance."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import structlog

from schemas import meters
from streams import account, cluster, guard
from streams.chunks import TopicPartition
from streams.cluster import TopicFacts
from streams.config import WorkerConfig
from streams.fold import Folding, Home, Hooks
from streams.owner import Owner
from streams.restore import AbandonedError, Source, restore
from streams.resume import LogBounds, Resumed, resume
from streams.rows import Rows, Stamp
from streams.topology import Topology
from streams.transactions import Target, Transactions

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """All that opening a partition needs to know of the world."""

    config: WorkerConfig
    graph: Topology
    facts: Mapping[str, TopicFacts]


class SyncHost:
    """The owners of the assigned partitions. One recovery at a time; an error in one ends the process."""

    def __init__(self, place: Place, hooks: Hooks) -> None:
        self._place = place
        self._hooks = hooks
        self._owners: dict[int, Owner] = {}
        self._rows: dict[int, Rows] = {}
        self._one_at_a_time = asyncio.Lock()
        self._abandon = threading.Event()

    # --- the agent ----------------------------------------------------------------------------------
    async def take(self, event: Any) -> None:
        await self._hooks.prepare(event.value.records)
        await self._owners[event.message.partition].take(event)

    def starts(self) -> Mapping[TopicPartition, int]:
        """Where the partitions of the log go on: asked each time Faust seeks."""
        return {
            TopicPartition(self._place.graph.log, partition): owner.folding.next_offset
            for partition, owner in self._owners.items()
        }

    def durable(self) -> Mapping[TopicPartition, int]:
        """How far the log is folded for good."""
        checkpoints = {partition: rows.checkpoint() for partition, rows in list(self._rows.items())}
        return {
            TopicPartition(self._place.graph.log, partition): checkpoint.next_offset
            for partition, checkpoint in checkpoints.items()
            if checkpoint is not None
        }

    def folders(self) -> Mapping[int, Path]:
        """Where the rows of the partitions held here stand."""
        return {partition: rows.path for partition, rows in list(self._rows.items())}

    # --- the table ----------------------------------------------------------------------------------
    async def recover(self, partitions: Mapping[int, Callable[[], Rows]]) -> None:
        async with self._one_at_a_time:
            self._abandon.clear()
            await self._close(set(self._owners))
            try:
                await asyncio.gather(*(self._open(at, opener) for at, opener in partitions.items()))
                log.info("process.ready", partitions=sorted(partitions))
            except AbandonedError:
                log.info("state.abandoned", partitions=sorted(partitions))
            except Exception as error:  # noqa: BLE001  # Faust would swallow it and go on without state
                guard.stop("state could not be recovered", error=repr(error))

    async def revoke(self, partitions: set[int]) -> None:
        self._abandon.set()
        async with self._one_at_a_time:
            await self._close(partitions)

    async def close(self) -> None:
        await self.revoke(set(self._owners))

    async def _close(self, partitions: set[int]) -> None:
        for partition in partitions & set(self._owners):
            await self._owners.pop(partition).close()
            self._rows.pop(partition).close()
            account.silence()

    async def _open(self, partition: int, opener: Callable[[], Rows]) -> None:
        source, began = _source(self._place, self._hooks, partition, self._abandon.is_set), monotonic()
        rows, owner, resumed = await asyncio.to_thread(
            open_partition, self._place, self._hooks, source, opener
        )
        self._rows[partition], self._owners[partition] = rows, owner
        owner.begin()
        seconds, place = monotonic() - began, resumed.start.next_offset
        meters.observe("tandem_recovery_seconds", seconds, partition=str(partition))
        if resumed.gap is not None:
            log.warning("state.gap", partition=partition, next_offset=place, gap=resumed.gap)
        log.info("state.restored", partition=partition, next_offset=place, seconds=round(seconds, 2))


def open_partition(
    place: Place, hooks: Hooks, source: Source, opener: Callable[[], Rows]
) -> tuple[Rows, Owner, Resumed]:
    """Fence the former owner first: only then is the changelog's end final."""
    transactions = Transactions(_target(place, source.partition))
    transactions.fence()
    rows = opener()
    try:
        _restore(rows, source)
        begin, end = cluster.bounds(
            cluster.connect(place.config.bootstrap), place.graph.log, source.partition
        )
        bounds = LogBounds(place.facts[place.graph.log].id, begin, end)
        checkpoint = rows.checkpoint()
        remembered = checkpoint is None and cluster.holds_any(place.config.bootstrap, place.config.backups)
        resumed = resume(source.partition, checkpoint, bounds, remembered=remembered)
    except BaseException:
        rows.close()
        raise
    home = Home(
        source.partition,
        guard.prefixes(place.config.tenants, source.partition),
        place.config.max_record_bytes,
    )
    folding = Folding(rows, hooks, home, resumed)
    return (
        rows,
        Owner(folding, rows, transactions, Stamp(source.topic_id, 0, hooks.index_version, 0.0)),
        resumed,
    )


def _restore(rows: Rows, source: Source) -> None:
    """Rows that cannot be brought up are wiped once; should that not help, the error says what is wrong."""
    try:
        restore(rows, source)
    except AbandonedError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever is wrong with the local rows, the changelog has them
        log.warning("state.wiped", why=f"restore failed: {error!r}", path=str(rows.path))
        rows.wipe()
        restore(rows, source)


def _target(place: Place, partition: int) -> Target:
    return Target(
        bootstrap=place.config.bootstrap,
        transactional_id=f"{place.graph.group}-sync-{partition}",
        changelog=place.graph.changelog,
        log=place.graph.log,
        partition=partition,
        timeout_s=place.config.transaction_timeout_s,
        max_record_bytes=place.config.max_record_bytes,
    )


def _source(place: Place, hooks: Hooks, partition: int, abandoned: Callable[[], bool]) -> Source:
    return Source(
        bootstrap=place.config.bootstrap,
        topic=place.graph.changelog,
        topic_id=place.facts[place.graph.changelog].id,
        partition=partition,
        index_entries=hooks.index_entries,
        index_version=hooks.index_version,
        deadline_s=place.config.restore_timeout_s,
        abandoned=abandoned,
        keep_s=place.config.keep_rows_s,
    )
