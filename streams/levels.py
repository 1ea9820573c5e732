"""How far behind this worker is, and how large its state has grown, told every few seconds."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from faust.exceptions import ConsumerNotStarted

from schemas import meters
from streams.chunks import Ledger, TopicPartition

EVERY_S = 5.0

#: The folders of the partitions held here.
Folders = Callable[[], Mapping[int, Path]]


async def keep_told(app: Any, folders: Folders) -> None:
    """Tell for as long as the worker runs."""
    while True:
        with suppress(ConsumerNotStarted):  # its thread is on its way up
            tell_lag({} if app.rebalancing else await lags(app, app.consumer.ledger))
        tell_size(await asyncio.to_thread(sizes, folders()))
        await asyncio.sleep(EVERY_S)


def tell_lag(behind: Mapping[TopicPartition, int]) -> None:
    """Another worker tells of the partitions that are not named."""
    meters.keep("tandem_lag_entries", [(topic, str(partition)) for topic, partition in behind])
    for (topic, partition), entries in behind.items():
        meters.gauge("tandem_lag_entries", entries, topic=topic, partition=str(partition))


def tell_size(size: Mapping[int, int]) -> None:
    """As above."""
    meters.keep("tandem_state_bytes", [(str(partition),) for partition in size])
    for partition, found in size.items():
        meters.gauge("tandem_state_bytes", found, partition=str(partition))


async def lags(app: Any, ledger: Ledger) -> Mapping[TopicPartition, int]:
    """Entries beyond what is settled; of the chunk in hand only its end is known, so it counts as settled."""
    in_hand = ledger.oldest_open()
    found: dict[TopicPartition, int] = {}
    for tp in app.consumer.assignment():
        end = app.consumer.highwater(tp)
        if end is None or app.consumer.is_changelog(tp):
            continue
        place = TopicPartition(tp.topic, tp.partition)
        found[place] = max(0, end - (in_hand.get(place) or await app.consumer.position(tp)))
    return found


def sizes(folders: Mapping[int, Path]) -> Mapping[int, int]:
    """The bytes of the files in each folder."""
    return {partition: sum(_bytes(folder)) for partition, folder in folders.items()}


def _bytes(folder: Path) -> Iterator[int]:
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # files come and go while rows are merged
            yield path.stat().st_size
