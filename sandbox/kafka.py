"""A real Apache Kafka (KRaft, one node) on the loopback: its configuration, its command, whether it answers."""

import base64
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from msgspec import Struct

from sandbox.bound import spawn
from sandbox.jvm import LEAN, fetch, java
from sandbox.ports import free_ports
from sandbox.ready import StartError, wait_until

_HEAP = ("-Xms64m", "-Xmx320m")
_LOG = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")
# One node, many starts, short waits: everything replicated once, groups formed at once, cleaners awake.
_SMALL: Mapping[str, str | int] = {
    "auto.create.topics.enable": "false",
    "offsets.topic.num.partitions": 4,
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1_000,
    "message.max.bytes": 10_485_760,
    "replica.fetch.max.bytes": 10_485_760,
    "log.cleaner.threads": 1,
    "log.cleaner.dedupe.buffer.size": 8_388_608,
    "log.cleaner.backoff.ms": 500,
    "log.initial.task.delay.ms": 500,
    "log.retention.check.interval.ms": 1_000,
    "log.segment.delete.delay.ms": 1_000,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "background.threads": 2,
    # A broker that was killed may register again only when its last session has ended.
    "broker.session.timeout.ms": 3_000,
    "broker.heartbeat.interval.ms": 500,
}


class Broker(Struct, frozen=True):
    """Where one broker lives: a folder it owns, and its two ports."""

    folder: Path
    port: int
    controller_port: int

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"


def properties(broker: Broker) -> Mapping[str, str | int]:
    """The broker's settings. The voter is named here, not in the log, so its port may change between starts."""
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{broker.controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{broker.bootstrap},CONTROLLER://127.0.0.1:{broker.controller_port}",
        "log.dirs": str(broker.folder / "data"),
        **_SMALL,
    }


def command(broker: Broker) -> tuple[str, ...]:
    """The command that runs this broker; writes its settings and formats its folder the first time."""
    broker.folder.mkdir(parents=True, exist_ok=True)
    settings = broker.folder / "server.properties"
    settings.write_text("".join(f"{name}={value}\n" for name, value in properties(broker).items()))
    if not (broker.folder / "data" / "meta.properties").exists():
        _format(settings)
    return (*_java(), "kafka.Kafka", str(settings))


def answers(bootstrap: str) -> bool:
    """Whether a metadata request succeeds and names a broker."""
    quiet = {"bootstrap.servers": bootstrap, "log_level": 0, "socket.timeout.ms": 2_000}
    try:
        return bool(AdminClient(quiet).list_topics(timeout=1).brokers)
    except KafkaException:
        return False


def start(folder: Path) -> tuple[Broker, subprocess.Popen[bytes]]:
    """Start a broker on free ports and return once it answers; it dies with the calling process."""
    ports = free_ports()
    broker = Broker(folder, next(ports), next(ports))
    log = folder / "kafka.log"
    process = spawn(command(broker), log)
    wait_until(lambda: answers(broker.bootstrap), process, log, 60)
    return broker, process


def _java() -> tuple[str, ...]:
    class_path = ":".join(str(path) for path in fetch("kafka"))
    return (str(java()), *LEAN, *_HEAP, *_LOG, "-cp", class_path)


def _format(settings: Path) -> None:
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    # Kafka's tools read an id that starts with a dash as an option.
    tool = (*_java(), "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", str(settings))
    done = subprocess.run(tool, capture_output=True, text=True, check=False)  # noqa: S603 - built above
    if done.returncode:
        raise StartError(f"Kafka could not format {settings.parent}: {done.stdout}{done.stderr}")
