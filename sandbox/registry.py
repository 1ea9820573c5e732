"""A real Apicurio Registry on the loopback, kept in Kafka, spoken to by Confluent's API."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import httpx
from msgspec import Struct

from sandbox.bound import spawn
from sandbox.jvm import LEAN, fetch, java
from sandbox.ports import free_ports
from sandbox.ready import wait_until

_HEAP = ("-Xms64m", "-Xmx256m")


class Registry(Struct, frozen=True):
    """Where one registry listens and which Kafka keeps it."""

    port: int
    management_port: int
    bootstrap: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/apis/ccompat/v7"


def command() -> tuple[str, ...]:
    """The command that runs a registry; where and on what is told by `environment`."""
    (folder,) = fetch("registry")
    return (str(java()), *LEAN, *_HEAP, "-jar", str(folder / "quarkus-run.jar"))


def environment(registry: Registry) -> Mapping[str, str]:
    """The registry's settings. It reads its whole topic at start, so a short poll makes the start short."""
    return {
        "APICURIO_STORAGE_KIND": "kafkasql",
        "APICURIO_KAFKASQL_BOOTSTRAP_SERVERS": registry.bootstrap,
        "APICURIO_KAFKASQL_CONSUMER_POLL_TIMEOUT": "100",
        "QUARKUS_HTTP_HOST": "127.0.0.1",
        "QUARKUS_HTTP_PORT": str(registry.port),
        "QUARKUS_MANAGEMENT_HOST": "127.0.0.1",
        "QUARKUS_MANAGEMENT_PORT": str(registry.management_port),
        "QUARKUS_LOG_LEVEL": "WARN",
        "QUARKUS_OTEL_SDK_DISABLED": "true",
        "QUARKUS_HTTP_ACCESS_LOG_ENABLED": "false",
    }


def answers(url: str) -> bool:
    """Whether the registry lists its subjects."""
    try:
        return httpx.get(f"{url}/subjects", timeout=2).is_success
    except httpx.TransportError:
        return False


def start(folder: Path, bootstrap: str) -> tuple[Registry, subprocess.Popen[bytes]]:
    """Start a registry on free ports and return once it answers; it dies with the calling process."""
    ports = free_ports()
    registry = Registry(next(ports), next(ports), bootstrap)
    log = folder / "registry.log"
    process = spawn(command(), log, env=environment(registry))
    wait_until(lambda: answers(registry.url), process, log, 90)
    return registry, process
