"""Counting by name: each instrument is made once, with the kind and labels its documentation states."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

from schemas.signal_table import metric_shapes
from schemas.signals import MetricName

_ENTRIES = (1, 2, 5, 10, 50, 100, 500, 1_000, 2_000, 5_000, 10_000)
# From a request to a night's backlog: what is slow here may be slow by hours.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200)


@cache
def _shapes() -> dict[str, tuple[str, str, tuple[str, ...]]]:
    return metric_shapes()


@cache
def _instrument(name: MetricName) -> Any:
    kind, meaning, labels = _shapes()[name]
    if kind == "Histogram":
        return Histogram(name, meaning, labels, buckets=_SECONDS if name.endswith("_seconds") else _ENTRIES)
    return (Counter if kind == "Counter" else Gauge)(name, meaning, labels)


def count(name: MetricName, by: float = 1, **labels: str) -> None:
    """Adds to a counter."""
    _instrument(name).labels(**labels).inc(by)


def gauge(name: MetricName, value: float, **labels: str) -> None:
    """Says how something stands now."""
    _instrument(name).labels(**labels).set(value)


def observe(name: MetricName, value: float, **labels: str) -> None:
    """Adds one observation to a histogram."""
    _instrument(name).labels(**labels).observe(value)


def keep(name: MetricName, labels: Iterable[tuple[str, ...]] = ()) -> None:
    """Says nothing more but of these label values: whoever has taken over says it."""
    instrument = _instrument(name)
    told = {tuple(sample.labels.values()) for metric in instrument.collect() for sample in metric.samples}
    for gone in told - set(labels):
        instrument.remove(*gone)
