"""The flows and configurations that stories are told under."""

from dataclasses import replace as change_flow
from typing import Any

from schemas.flow import Flow
from schemas.flow_file import load_flows
from streams.domain.config import Config

ALL_FLOWS: tuple[Flow, ...] = load_flows()
FLOWS: tuple[Flow, ...] = tuple(flow for flow in ALL_FLOWS if flow.name == "customer")
CONFIG = Config(tenant="default", flows=FLOWS, installation="sim", tie_ms=0)
WHOLE = Config(tenant="default", flows=ALL_FLOWS, installation="sim", tie_ms=0)
SYSTEMS = ("invoiced", "crm")


def entities_of(config: Config, system: str) -> tuple[str, ...]:
    """What is read of a system: all that a barrier of its flows names."""
    return tuple(dict.fromkeys(one for flow in config.flows for one in flow.barrier[system]))  # type: ignore[index]  # one of SYSTEMS


def policy(**changes: Any) -> tuple[Flow, ...]:
    """The flows with another policy."""
    return tuple(change_flow(flow, policy=change_flow(flow.policy, **changes)) for flow in FLOWS)
