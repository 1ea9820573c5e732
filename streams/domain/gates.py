"""What is open for writing, per flow and direction: the gate on the first run, pauses and breakers.

The truth stands in the tenant's row; `control` carries it to the connectors, for whom unknown means closed.
"""

import json

from msgspec.structs import replace

from schemas.records import Control
from streams.domain import queue
from streams.domain.fold import GATES, Fold


def publish(fold: Fold, name: str, value: object) -> None:
    """One named JSON text for connectors and the command line."""
    key = f"{fold.config.tenant}|{name}"
    text = json.dumps(value, sort_keys=True, default=str)
    fold.send("control", key, Control(key=key, at=fold.now, json=text))


def turn(fold: Fold, flow: str, direction: str, state: str, cause: str) -> None:
    """Sets one gate and says so; an opened one has its held rows computed anew."""
    name = f"{flow}|{direction}"
    fold.tenant = replace(fold.tenant, gates={**fold.tenant.gates, name: [state, cause]})
    publish(fold, f"gate|{name}", {"state": state, "cause": cause})
    if state == "open":
        queue.push(fold, ("list", "held", flow, direction, ""))


def ensure(fold: Fold) -> None:
    """A flow met for the first time gets its gates; rows are walked anew whenever the flows have changed."""
    if fold.tenant.flows == fold.config.version:
        return
    state = "open" if fold.config.gate == "auto" else "held"
    cause = "" if state == "open" else "first run: approve with `tandem gate approve`"
    for flow in fold.config.flows:
        for direction in GATES:
            if f"{flow.name}|{direction}" not in fold.tenant.gates:
                turn(fold, flow.name, direction, state, cause)
    if fold.tenant.flows:
        queue.push(fold, ("links", ""))
        queue.push(fold, ("list", "no_flow", "-", ""))
    fold.tenant = replace(fold.tenant, flows=fold.config.version)
