"""Counting by name: each instrument is made once, with the kind and labels its documentation states."""

from functools import cache
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

from schemas.signal_table import metric_shapes
from schemas.signals import MetricName

_KINDS = {"Counter": Counter, "Gauge": Gauge, "Histogram": Histogram}


@cache
def _shapes() -> dict[str, tuple[str, str, tuple[str, ...]]]:
    return metric_shapes()


@cache
def _instrument(name: MetricName) -> Any:
    kind, meaning, labels = _shapes()[name]
    return _KINDS[kind](name, meaning, labels)


def _bound(name: MetricName, labels: dict[str, str]) -> Any:
    found = _instrument(name)
    return found.labels(**labels) if labels else found


def count(name: MetricName, by: float = 1, **labels: str) -> None:
    """Adds to a counter."""
    _bound(name, labels).inc(by)


def gauge(name: MetricName, value: float, **labels: str) -> None:
    """Says how something stands now."""
    _bound(name, labels).set(value)


def observe(name: MetricName, value: float, **labels: str) -> None:
    """Adds one observation to a histogram."""
    _bound(name, labels).observe(value)
