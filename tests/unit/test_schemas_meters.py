"""Measurements by name, as Prometheus would read them."""

import pytest
from prometheus_client import REGISTRY

from schemas import meters


def value(sample: str, **labels: str) -> float | None:
    """What stands in the process's registry."""
    return REGISTRY.get_sample_value(sample, labels)


def test_counting() -> None:
    """A counter adds up by its labels."""
    meters.count("tandem_throttled_total", system="a")
    meters.count("tandem_throttled_total", 2, system="a")

    assert value("tandem_throttled_total", system="a") == 3
    assert value("tandem_throttled_total", system="b") is None


def test_buckets_fit_what_is_counted() -> None:
    """A chunk of a thousand entries and a change that waited for an hour fall into buckets of their own."""
    meters.observe("tandem_chunk_entries", 1_000, agent="test")
    meters.observe("tandem_change_delay_seconds", 3_600, system="test")

    assert value("tandem_chunk_entries_bucket", agent="test", le="500.0") == 0
    assert value("tandem_chunk_entries_bucket", agent="test", le="1000.0") == 1
    assert value("tandem_change_delay_seconds_bucket", system="test", le="1800.0") == 0
    assert value("tandem_change_delay_seconds_bucket", system="test", le="7200.0") == 1


def test_keeping() -> None:
    """What is not kept is said no more, and may be said again."""
    for partition in ("7", "8"):
        meters.gauge("tandem_state_bytes", 1, partition=partition)

    meters.keep("tandem_state_bytes", [("8",)])

    assert (value("tandem_state_bytes", partition="7"), value("tandem_state_bytes", partition="8")) == (
        None,
        1,
    )
    meters.gauge("tandem_state_bytes", 2, partition="7")
    assert value("tandem_state_bytes", partition="7") == 2


def test_a_wrong_label_is_an_error() -> None:
    """A label the list does not give a metric is refused, whatever the house test missed."""
    with pytest.raises(ValueError, match="label"):
        meters.gauge("tandem_lease_held", 1, tenant="a")
