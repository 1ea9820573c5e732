"""The two workers that are compared: whole chunks in transactions, and a plain Faust agent with a table."""

import json
import sys
from pathlib import Path
from typing import Any

import faust

from streams.agents.intake import Envelopes
from streams.chunks import Record
from streams.config import WorkerConfig
from streams.fold import Hooks
from streams.transactions import Effects, Output
from streams.view import View
from streams.worker import run_worker

PAD = b"x" * 600


def chunks(told: dict[str, Any]) -> int:
    """Each event: nothing, or one row of 600 bytes and one record sent on."""
    prefix, empty = told["prefix"], Effects()

    def copy(_view: View, record: Record, _at: int) -> Effects:
        key = b"t|n|" + (record.value or b"")[:8]
        return Effects({key: PAD}, (Output(f"{prefix}out", key, record.value),))

    def park(_view: View, _record: Record, error: Exception) -> Effects:
        raise error

    fold = copy if told["domain"] == "copy" else lambda _view, _record, _at: empty
    config = WorkerConfig(
        bootstrap=told["bootstrap"],
        state_dir=Path(told["state_dir"]),
        worker_id="w0",
        prefix=prefix,
        tenants={"t": 0},
        commit_interval_s=0.2,
    )
    return run_worker(config, Hooks(fold, park), Envelopes(lambda *_: b"", lambda _: b""))


def plain(told: dict[str, Any]) -> int:
    """The same job as Faust's manual shows it."""
    app = faust.App(
        f"{told['prefix']}worker",
        broker=f"kafka://{told['bootstrap']}",
        store="rocksdb://",
        datadir=told["state_dir"],
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        broker_commit_interval=0.2,
        stream_recovery_delay=0.0,
    )
    raw = {"key_type": bytes, "value_type": bytes, "value_serializer": "raw", "key_serializer": "raw"}
    out = app.topic(f"{told['prefix']}out", **raw)
    table = app.Table(
        "state", key_type=bytes, value_type=bytes, partitions=1, options={"driver": "rocksdict"}
    )

    async def agent(stream: Any) -> None:
        async for event in stream.events():
            if told["domain"] == "copy":
                key = b"t|n|" + event.value[:8]
                table[key] = PAD
                await out.send(key=key, value=event.value)

    app.agent(app.topic(f"{told['prefix']}sync.in", **raw))(agent)
    faust.Worker(app, loglevel="ERROR", quiet=True).execute_from_commandline()
    return 0


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    sys.exit({"chunks": chunks, "plain": plain}[given["worker"]](given))
