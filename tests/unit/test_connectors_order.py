"""How long our own writes are remembered: until a later reading, and no longer than needed after it."""

import asyncio
from typing import Any

from connectors.order import REMEMBERED_MS, WriteOrder
from schemas.records import Command, Result


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000_000

    def now_ms(self) -> int:
        return self.now

    def monotonic(self) -> float:
        return self.now / 1000

    async def sleep(self, seconds: float) -> None:
        self.now += int(seconds * 1000)

    async def sleep_unless(self, stopping: asyncio.Event, seconds: float) -> None:
        await self.sleep(seconds)


def _write(order: WriteOrder, ref: str) -> None:
    with order.writing(ref):
        pass


def test_what_nobody_has_read_since_is_not_forgotten() -> None:
    """A source that cannot be read for an hour, while we go on writing: each write still tells its taking back."""
    clock = Hand()
    order = WriteOrder(clock, lambda _: 0)
    began = clock.now
    _write(order, "unread")
    for number in range(50):
        clock.now += REMEMBERED_MS
        _write(order, f"other {number}")

    assert order.written_since("unread", began)


def test_what_was_read_since_is_forgotten_after_a_while() -> None:
    """Writes that were read again leave nothing behind but the last few minutes."""
    clock = Hand()
    order = WriteOrder(clock, lambda _: clock.now)
    for number in range(300):
        clock.now += REMEMBERED_MS // 3
        _write(order, f"record {number}")
    known = [number for number in range(300) if order.written_since(f"record {number}", 0)]

    assert 299 in known
    assert len(known) < 10


def test_an_old_answer_is_no_answer_to_a_later_write() -> None:
    """A write, read back since; then one that is refused: a look is not held against what the first was answered with."""
    clock = Hand()
    order = WriteOrder(clock, lambda _: 0)
    ref = "invoiced:item:A"
    written: dict[str, Any] = {
        "tenant": "default",
        "link_id": "L",
        "system": "invoiced",
        "ref": ref,
        "revision": 1,
    }
    command = Command(
        id="c",
        flow="product",
        entity="item",
        verb="update",
        changed=("type",),
        values={"type": "x"},
        **written,
    )
    _write(order, ref)
    order.answered(
        command,
        Result(command_id="c", outcome="done", read_at=clock.now, image={"type": "x"}, wrote=True, **written),
    )
    read_since = clock.now + 1
    clock.now += 2
    _write(order, ref)

    assert order.answer_since(ref, clock.now - 2) is not None
    assert order.written_since(ref, read_since)
    assert order.answer_since(ref, read_since) is None
