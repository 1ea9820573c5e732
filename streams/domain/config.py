"""What `step` needs to know beside rows and events: the flows and a few durations, frozen."""

from msgspec import Struct

from schemas.flow import Flow, Side


class Config(Struct, frozen=True):
    """One tenant's configuration. `installation` stands in every cross-reference; times are milliseconds.

    `tie_ms`: edits of both sides closer than this cannot be told apart by time. `work`: records one event
    may touch; the rest is queued. `version` changes whenever the flows do. A breaker trips when more than
    `…_share` of a flow's links, and more than `…_links` of them, are written one way within `breaker_ms`.
    """

    tenant: str
    flows: tuple[Flow, ...]
    installation: str
    version: str = "1"
    gate: str = "auto"
    tie_ms: int = 2_000
    again_ms: int = 600_000
    missing_ms: int = 2_000
    retry_cap_ms: int = 300_000
    work: int = 500
    breaker_ms: int = 600_000
    change_share: float = 0.20
    change_links: int = 50
    delete_share: float = 0.05
    delete_links: int = 10

    def flow(self, name: str) -> Flow:
        for flow in self.flows:
            if flow.name == name:
                return flow
        raise KeyError(f"no flow is named {name!r}")


def side(flow: Flow, system: str) -> Side:
    return flow.invoiced if system == "invoiced" else flow.crm
