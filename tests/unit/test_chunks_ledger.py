"""The ledger commits up to the first chunk that is not settled, whatever the offsets look like."""

from typing import Any

from streams.chunks import Ledger, TopicPartition, WholeChunks

TP = TopicPartition("log", 0)


def test_nothing_settled() -> None:
    """A delivered chunk is not committed."""
    ledger = Ledger()
    ledger.deliver(TP, 10, 1)

    assert ledger.committable(TP) is None


def test_out_of_order_and_holes() -> None:
    """A later chunk waits for an earlier one; then both are committed at once, holes or not."""
    ledger = Ledger()
    first, second = ledger.deliver(TP, 10, 1), ledger.deliver(TP, 5_000, 1)
    second.settle()

    assert ledger.committable(TP) is None
    first.settle()
    assert ledger.committable(TP) == 5_000
    assert ledger.committable(TP) is None


def test_seek_back() -> None:
    """A chunk read again after a seek makes the lost one forgotten, so that it does not hold the commit."""
    ledger = Ledger()
    ledger.deliver(TP, 10, 1)
    again = ledger.deliver(TP, 10, 1)
    again.settle()

    assert ledger.committable(TP) == 10


def test_new_generation() -> None:
    """After a rebalance a receipt of the former assignment commits nothing."""
    ledger = Ledger()
    before = ledger.deliver(TP, 10, 1)
    ledger.deliver(TP, 20, 2)
    before.settle()

    assert ledger.committable(TP) is None
    assert ledger.oldest_open() == {TP: 20}


def test_whole_chunks() -> None:
    """A fetch gives one chunk a partition, and none for an empty one."""
    given: dict[TopicPartition, list[Any]] = {TP: ["a", "b"], TopicPartition("log", 1): []}
    found: list[Any] = list(WholeChunks().iterate(given))

    assert found == [(TP, ["a", "b"])]
