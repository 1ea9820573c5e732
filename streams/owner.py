"""Owns one assigned partition: folds what comes, commits what was folded, settles what is durable.

While one batch is on its way to the log the next one is folded on top of it, so a batch is as large as the
load makes it: what came within some milliseconds when it is quiet, many chunks when it is not.
"""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

from schemas import meters
from streams.fold import Batch, Folding
from streams.guard import stop
from streams.rows import CHECKPOINT, Checkpoint, Rows, Stamp, encode, wall_clock
from streams.transactions import Transactions

# A batch that is not full waits this long for company: a poll round's marks come a few at a time, and each
# transaction costs the broker half a dozen requests.
LINGER_S = 0.02


class Owner:
    """One partition from its assignment to its revocation."""

    def __init__(self, folding: Folding, rows: Rows, transactions: Transactions, log_of: Stamp) -> None:
        self.folding = folding
        self._rows = rows
        self._transactions = transactions
        self._log_of = log_of
        self._events: list[Any] = []
        self._committing: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._full = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "commit")

    async def take(self, event: Any) -> None:
        """Fold a chunk, as many records at a time as a batch holds; returns when there is room for the next."""
        records = event.value.records
        if records[-1].offset < self.folding.next_offset:
            settle(event, "sync")  # folded before the last checkpoint
            return
        done = self.folding.take(records)
        while done < len(records):
            await self._make_room()
            done += self.folding.take(records[done:])
        self._events.append(event)
        await self._make_room()

    async def _make_room(self) -> None:
        self.begin()
        while self.folding.batch.full:
            self._full.set()
            self._room.clear()
            await self._room.wait()

    def begin(self) -> None:
        """Commit what there is, unless that is going on."""
        if self._committing is None and not self.folding.batch.idle:
            self._committing = asyncio.create_task(self._commit_all())

    async def close(self) -> None:
        """Finish what is on its way; nothing is folded any more."""
        if self._committing is not None:
            await asyncio.wait({self._committing})
        self._thread.shutdown()

    async def _commit_all(self) -> None:
        try:
            while not self.folding.batch.idle:
                await self._linger()
                await self._commit()
        except Exception as error:  # noqa: BLE001  # whatever it was, nothing after it may be acknowledged
            stop("a batch could not be made durable", error=repr(error))
        finally:
            self._committing = None

    async def _linger(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._full.wait(), LINGER_S)
        self._full.clear()

    async def _commit(self) -> None:
        events, self._events = self._events, []
        sealed, checkpoint = self.folding.seal()
        self._room.set()
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._durable, sealed, checkpoint)
        self.folding.written()
        for event in events:
            settle(event, "sync")

    def _durable(self, batch: Batch, checkpoint: Checkpoint) -> None:
        """The log first, the rows after: rows are never ahead of their changelog."""
        changes = batch.rows.changes
        offset = self._transactions.commit(changes, batch.outputs, checkpoint)
        stamp = Stamp(self._log_of.topic_id, offset, self._log_of.index_version, wall_clock())
        self._rows.write((*changes.items(), (CHECKPOINT, encode(checkpoint))), stamp)


def settle(event: Any, agent: str) -> None:
    """The chunk is durable: the ledger may move on, and Faust need not wait for it any more."""
    chunk = event.value
    chunk.receipt.settle()
    event.ack()
    meters.observe("tandem_chunk_seconds", monotonic() - chunk.receipt.delivered, agent=agent)
    meters.observe("tandem_chunk_entries", len(chunk.records), agent=agent)
