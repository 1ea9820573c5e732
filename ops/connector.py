"""A connector process: its configuration from the settings, its health in its own loop."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Literal

from connectors.config import ConnectorConfig, Role
from connectors.connector import Connector, run_connector
from connectors.modelled import entities_of, modelled_of
from ops.channel import topics_of
from ops.configuration import required
from ops.flows import flows_of
from ops.health import HealthServer, Vitals
from ops.profile import profile_of
from ops.settings import Crm, Invoiced, Settings

System = Literal["invoiced", "crm"]
BOTH: frozenset[Role] = frozenset({"poller", "sink"})
ROLES: Mapping[str | None, frozenset[Role]] = {
    None: BOTH,
    "poller": frozenset({"poller"}),
    "sink": frozenset({"sink"}),
}


def connector_config(settings: Settings, system: System, roles: frozenset[Role] = BOTH) -> ConnectorConfig:
    """What a connector is told."""
    name = system.upper()
    required(settings, f"TANDEM_{name}__URL", f"TANDEM_{name}__API_KEY")
    access: Invoiced | Crm = settings.invoiced if system == "invoiced" else settings.crm
    registry, flows = settings.registry, flows_of(settings)
    password = registry.password.get_secret_value() if registry.password else ""
    return ConnectorConfig(
        system=system,
        url=access.url or "",
        api_key=access.api_key.get_secret_value() if access.api_key else "",
        kafka=settings.kafka.client(),
        registry_url=registry.url,
        registry_auth=(registry.username, password) if registry.username else None,
        state_dir=settings.state_dir,
        topics=topics_of(settings),
        tenant_partition=settings.tenant_partition,
        profile=profile_of(settings) if system == "crm" else None,
        entities=entities_of(flows, system),
        modelled=modelled_of(flows, system),
        roles=roles,
        rps=access.rps,
        poll_interval_s=settings.poll_interval_s,
        scan_interval_s=settings.scan_interval_s,
        item_interval_s=max(settings.invoiced.item_interval_s, settings.poll_interval_s),
        item_confirm_s=settings.invoiced.item_confirm_s,
        contact_sweep_s=settings.invoiced.contact_sweep_s,
        session_timeout_s=settings.kafka.session_timeout_s,
        instance=settings.worker_id,
    )


def connect(settings: Settings, system: System, roles: frozenset[Role] = BOTH) -> int:
    """Runs the connector until it is told to end; gives its exit code."""
    health = settings.health

    @asynccontextmanager
    async def pages(connector: Connector) -> AsyncIterator[None]:
        server = HealthServer(Vitals(live=connector.live, ready=connector.ready))
        await server.start(health.host, health.port)
        try:
            yield
        finally:
            await server.stop()

    return run_connector(connector_config(settings, system, roles), pages)
