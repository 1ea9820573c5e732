"""The two workers that are compared: whole chunks in transactions, and a plain Faust agent with a table.

Started as a process of its own: `python -m bench.sync_workers '{…}'`.
"""

import logging
import sys
from pathlib import Path

import msgspec
from msgspec import Struct

from bench import plain_agent
from bench.domain_time import config
from bench.lap import TENANT
from schemas.codec import Codec
from schemas.registry import Registry
from schemas.topics import Topics
from streams.chunks import Record
from streams.config import WorkerConfig
from streams.fold import Hooks
from streams.tenant import envelopes, hooks
from streams.transactions import Effects, Output
from streams.view import View
from streams.worker import run_worker

ROW = 600


class Told(Struct, frozen=True):
    """What a worker process is told on its command line."""

    bootstrap: str
    registry: str
    prefix: str
    state_dir: str
    way: str
    domain: str


def empty(topic: str) -> Hooks:
    """No domain: every event is one row of 600 bytes and one record sent on, as they came."""

    def fold(_view: View, record: Record, _at: int) -> Effects:
        key, value = b"%s|n|%d" % (TENANT.encode(), record.offset), (record.value or b"")[:ROW]
        return Effects({key: value}, (Output(topic, key, value),))

    def park(_view: View, _record: Record, error: Exception) -> Effects:
        raise error

    return Hooks(fold, park)


def chunks(told: Told, topics: Topics, codec: Codec, registry: Registry) -> int:
    """The worker as it is deployed."""
    settings = WorkerConfig(
        bootstrap=told.bootstrap,
        state_dir=Path(told.state_dir),
        worker_id="bench",
        prefix=told.prefix,
        tenants={TENANT: 0},
        commit_interval_s=plain_agent.COMMIT_S,
    )
    ours = hooks(config(), codec, topics, registry)
    used = ours if told.domain == "ours" else empty(topics.name("control"))
    return run_worker(settings, used, envelopes(codec))


def plain(told: Told, topics: Topics, codec: Codec) -> int:
    """The agent as Faust's manual shows it."""
    app = plain_agent.app(told.bootstrap, told.prefix, told.state_dir)
    if told.domain == "ours":
        plain_agent.add_ours(app, config(), codec, topics)
    else:
        plain_agent.add_empty(app, topics, ROW)
    return plain_agent.run(app)


def main(words: str) -> int:
    told = msgspec.json.decode(words, type=Told)
    logging.basicConfig(level=logging.ERROR)
    topics, registry = Topics(prefix=told.prefix), Registry(told.registry)
    codec = Codec(registry, topics)
    codec.open()
    Path(told.state_dir).mkdir(parents=True, exist_ok=True)
    return chunks(told, topics, codec, registry) if told.way == "chunks" else plain(told, topics, codec)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
