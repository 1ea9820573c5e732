"""The peer: a Faust agent written the obvious way. One event at a time, a table, `topic.send` for each record."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import faust

from bench.lap import TENANT
from schemas.codec import Codec
from schemas.topics import Topics
from streams.domain.config import Config
from streams.domain.step import step
from streams.guard import is_index
from streams.tenant import Telling
from streams.view import Overlay

COMMIT_S = 0.1
RAW = {"key_type": bytes, "value_type": bytes, "key_serializer": "raw", "value_serializer": "raw"}


def app(bootstrap: str, prefix: str, state_dir: str) -> Any:
    """An app on the same topics, group and changelog as the worker's."""
    return faust.App(
        f"{prefix}worker",
        broker=f"kafka://{bootstrap}",
        store="rocksdb://",
        datadir=state_dir,
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        broker_commit_interval=COMMIT_S,
        stream_recovery_delay=0.0,
    )


def run(made: Any) -> int:
    """Run it until it is ended."""
    faust.Worker(made, loglevel="ERROR", quiet=True).execute_from_commandline()
    return 0


class TableView:
    """The table as the domain reads it. Look-ups stand in memory: Faust's tables have no range reads."""

    def __init__(self, table: Any) -> None:
        self._table = table
        self._index = Overlay()

    def get(self, key: bytes) -> bytes | None:
        found: bytes | None = self._table.get(key)
        return found

    def scan(self, prefix: bytes, after: bytes | None, limit: int) -> list[tuple[bytes, bytes]]:
        start = prefix if after is None or after < prefix else after + b"\x00"
        found: list[tuple[bytes, bytes]] = []
        for key, value in self._index.walk(start, prefix):
            if len(found) == limit:
                break
            if value is not None:
                found.append((key, value))
        return found

    def apply(self, writes: Mapping[bytes, bytes | None]) -> None:
        """One table update a row."""
        self._index.put({key: value for key, value in writes.items() if is_index(key)})
        for key, value in writes.items():
            if is_index(key):
                continue
            if value is None:
                self._table.pop(key, None)
            else:
                self._table[key] = value


def add_ours(made: Any, config: Config, codec: Codec, topics: Topics) -> None:
    """The agent that calls the same domain as the worker."""
    view, telling = TableView(_table(made)), Telling(codec, topics)
    sent = {topics.name(each.name): made.topic(topics.name(each.name), **RAW) for each in topics}

    async def agent(stream: Any) -> None:
        events: AsyncIterator[Any] = stream.events()
        async for event in events:
            at = int(event.message.timestamp * 1000)
            entry = codec.decode_event(event.value, at, event.message.offset, TENANT)
            effects = step(view, entry, config)
            view.apply(effects.writes)
            for told in effects.outputs:
                out = telling.output(entry.id, told)
                await sent[out.topic].send(key=out.key, value=out.value, headers=dict(out.headers))

    made.agent(made.topic(topics.name("sync.in"), **RAW))(agent)


def add_empty(made: Any, topics: Topics, row: int) -> None:
    """The agent without a domain: one row and one record an event."""
    table, out = _table(made), made.topic(topics.name("control"), **RAW)

    async def agent(stream: Any) -> None:
        events: AsyncIterator[Any] = stream.events()
        async for event in events:
            key, value = b"%s|n|%d" % (TENANT.encode(), event.message.offset), event.value[:row]
            table[key] = value
            await out.send(key=key, value=value)

    made.agent(made.topic(topics.name("sync.in"), **RAW))(agent)


def _table(made: Any) -> Any:
    return made.Table(
        "state", key_type=bytes, value_type=bytes, partitions=1, options={"driver": "rocksdict"}
    )
