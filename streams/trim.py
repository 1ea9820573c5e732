"""Trims the log: what is folded and older than seven days is deleted, nothing else (hazard T6)."""

import asyncio
from collections.abc import Callable, Mapping

import structlog
from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from streams import chunks, cluster

KEEP_MS = 7 * 24 * 3600 * 1000
EVERY_S = 3600.0

log = structlog.get_logger(__name__)

#: The checkpoints of the partitions held here.
Folded = Callable[[], Mapping[chunks.TopicPartition, int]]


def trim(admin: AdminClient, folded: Mapping[chunks.TopicPartition, int], before_ms: int) -> dict[int, int]:
    """Delete up to the older of checkpoint and `before_ms`; per partition the first offset kept."""
    old = {TopicPartition(*tp): OffsetSpec.for_timestamp(before_ms) for tp in folded}
    young = (
        {at.partition: found.result().offset for at, found in admin.list_offsets(old).items()} if old else {}
    )
    ends = {tp: min(done, young[tp.partition]) for tp, done in folded.items() if young[tp.partition] >= 0}
    # -1 means that no record is as young as that: all of it is old
    ends |= {tp: done for tp, done in folded.items() if young[tp.partition] < 0}
    cut = [
        TopicPartition(*tp, offset) for tp, offset in ends.items() if offset > cluster.bounds(admin, *tp)[0]
    ]
    for future in admin.delete_records(cut).values() if cut else ():
        future.result()
    return {tp.partition: tp.offset for tp in cut}


async def keep_trimmed(bootstrap: str, folded: Folded, now_ms: Callable[[], int]) -> None:
    """Once an hour; a broker that refuses costs disk space, no more."""
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            admin = cluster.connect(bootstrap)
            kept = await asyncio.to_thread(trim, admin, folded(), now_ms() - KEEP_MS)
        except KafkaException as refused:
            log.warning("log.untrimmed", error=str(refused))
        else:
            log.info("log.trimmed", first_kept=kept)
