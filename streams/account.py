"""What a tenant's fold looks like from outside: its decisions counted and logged, its standing as gauges.

Nothing here names a value of a record: a log is read by people who may not read the records.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from schemas import meters
from schemas.records import Change, Conflict, Control, Event, Parked
from schemas.signals import MetricName
from streams.domain.config import Config
from streams.domain.fold import GATES
from streams.domain.keys import control_key
from streams.domain.tenant_row import Tenant, decode_tenant
from streams.domain.view import Output, View

log = structlog.get_logger(__name__)

# What may hold for a link → the list it then stands in.
LINKS = {
    **{
        name: name for name in ("in_flight", "retrying", "parked", "refused", "normalised", "held", "retired")
    },
    "waiting": "link_waiting",
    "review": "link_review",
}
STANDING: tuple[MetricName, ...] = (
    "tandem_links",
    "tandem_unlinked",
    "tandem_parked",
    "tandem_gate_open",
    "tandem_catching_up",
)
UNLINKED = ("waiting", "review", "no_flow", "unreadable")


def folded(event: Event) -> None:
    """Count an entry of the log, and how old a change has become on its way here."""
    body = event.body
    meters.count("tandem_events_total", kind=type(body).__name__)
    if isinstance(body, Change):
        delay = max(0, event.at - body.source.read_at) / 1000
        meters.observe("tandem_change_delay_seconds", delay, system=body.source.system)


def told(output: Output) -> None:
    """Say what people want to hear of: what was parked, decided, opened or closed."""
    say = _SAID.get(type(output.record))
    if say is not None:
        say(output.record)


def _parked(record: Parked) -> None:
    log.warning("link.parked", id=record.id, flow=record.flow, direction=record.direction, cause=record.cause)


def _conflict(record: Conflict) -> None:
    meters.count("tandem_conflicts_total", flow=record.flow, winner=record.winner)
    log.debug("conflict.decided", link_id=record.link_id, property=record.property, winner=record.winner)


def _control(record: Control) -> None:
    _, kind, *rest = record.key.split("|")
    if kind == "catching_up":
        _catching_up(json.loads(record.json))
    if kind != "gate":
        return
    flow, direction = rest
    gate = json.loads(record.json)
    if gate["state"] == "tripped":
        log.warning("breaker.tripped", flow=flow, direction=direction, cause=gate["cause"])
    else:
        log.info("gate.changed", flow=flow, direction=direction, state=gate["state"], cause=gate["cause"])


def _catching_up(told: Mapping[str, str]) -> None:
    if told["state"] == "begun":
        log.warning("catching_up.begun", id=told["id"], cause=told["cause"])
    elif told["state"] == "over":
        log.info("catching_up.over", id=told["id"], cause=told["cause"])


_SAID: Mapping[type, Callable[[Any], None]] = {Parked: _parked, Conflict: _conflict, Control: _control}


def standing(view: View, config: Config) -> None:
    """Show the tenant's row as gauges."""
    data = view.get(control_key(config.tenant, "tenant"))
    tenant = decode_tenant(data) if data is not None else Tenant()
    for flow in config.flows:
        _flow(tenant, flow.name)
    for state in UNLINKED:
        total = sum(n for name, n in tenant.counts.items() if name.startswith(f"{state}|"))
        meters.gauge("tandem_unlinked", total, state=state)


def _flow(tenant: Tenant, flow: str) -> None:
    counts = tenant.counts
    meters.gauge("tandem_links", counts.get(f"links|{flow}", 0), flow=flow, state="all")
    for state, listed in LINKS.items():
        total = sum(counts.get(f"{listed}|{flow}|{direction}", 0) for direction in GATES)
        meters.gauge("tandem_links", total, flow=flow, state=state)
    for direction in GATES:
        stuck = counts.get(f"parked|{flow}|{direction}", 0)
        is_open = (
            tenant.catching_up is None and tenant.gates.get(f"{flow}|{direction}", ["held"])[0] == "open"
        )
        meters.gauge("tandem_parked", stuck, flow=flow, direction=direction)
        meters.gauge("tandem_gate_open", is_open, flow=flow, direction=direction)


def silence() -> None:
    """Say no more of what another worker will say now; what is still held here is said again with its next chunk."""
    for name in STANDING:
        meters.keep(name)
