"""A worker process with a toy domain that counts: each input raises its key's row by one and is sent on once."""

import json
import logging
import sys
import threading
from pathlib import Path
from typing import Any

from streams.agents.intake import Envelopes
from streams.chunks import Record
from streams.config import WorkerConfig
from streams.fold import Hooks
from streams.transactions import Effects, Output
from streams.view import View
from streams.worker import run_worker

WIDTH = 8
PAD = b"x" * 600


def hooks(out: str, log: str) -> Hooks:
    """`fold` counts; `poison…` raises, `block…` never ends, `again<value>` appends the value to the log."""

    def fold(view: View, record: Record, at: int) -> Effects:
        value = record.value or b""
        if value.startswith(b"poison"):
            raise ValueError("as told")
        tenant = record.key or b""
        if value.startswith(b"block"):
            threading.Event().wait()
        if value.startswith(b"again"):
            return Effects({}, (Output(log, tenant, value[5:]),))
        key = tenant + b"|n|" + value[:WIDTH]
        old = view.get(key)
        count = b"%010d" % (int(old[:10]) + 1 if old else 1)
        writes = {
            key: count + b"@%013d" % at + PAD,
            tenant + b"|x:count|" + count + b"|" + value[:WIDTH]: b"",
        }
        if old:
            writes[tenant + b"|x:count|" + old[:10] + b"|" + value[:WIDTH]] = None  # type: ignore[assignment]  # a delete
        return Effects(writes, (Output(out, key, b"%d" % record.offset),))

    def park(_view: View, record: Record, error: Exception) -> Effects:
        return Effects({(record.key or b"") + b"|parked|%d" % record.offset: str(error).encode()})

    def entries(key: bytes, value: bytes) -> list[tuple[bytes, bytes]]:
        tenant, kind, name = key.split(b"|", 2)
        return [(tenant + b"|x:count|" + value[:10] + b"|" + name, b"")] if kind == b"n" else []

    return Hooks(fold, park, index_entries=entries)


def main(told: dict[str, Any]) -> int:
    logging.basicConfig(level=told.pop("logging", "WARNING"))
    config = WorkerConfig(**{**told, "state_dir": Path(told["state_dir"])})
    envelopes = Envelopes(
        change=lambda record, topic, partition, offset: (
            b"%s/%d/%d=" % (topic.encode(), partition, offset) + (record.value or b"")
        ),
        position=lambda position: (
            b"position %s/%d=%d" % (position.topic.encode(), position.partition, position.next_offset)
        ),
    )
    return run_worker(config, hooks(f"{config.prefix}out", f"{config.prefix}sync.in"), envelopes)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
