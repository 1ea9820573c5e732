"""The way to the worker, made of the settings: topic names, the codec and its registry."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from msgspec import Struct

from ops.ask import Channel
from ops.errors import Mistake, Unreached
from ops.settings import Settings
from schemas.codec import Codec
from schemas.framing import UnknownSchema
from schemas.records import Control, Event
from schemas.registry import Registry, RegistryError, RegistryUnreachable
from schemas.topics import Topics

REGISTRY_S = 4.0
_REGISTRY_CURE = (
    "correct TANDEM_REGISTRY__URL, its user name and password; a schema it holds otherwise under this "
    "TANDEM_TOPIC_PREFIX is another version's: run that one, or take another prefix"
)


def topics_of(settings: Settings) -> Topics:
    """The table of topics as this tenant sees it."""
    return Topics(
        prefix=settings.topic_prefix,
        tenant=settings.tenant,
        partitions=settings.kafka.partitions,
        sync_partitions=settings.kafka.sync_partitions,
    )


def registry_of(settings: Settings) -> Registry:
    """The registry, with its login if it has one."""
    place = settings.registry
    password = place.password.get_secret_value() if place.password else ""
    return Registry(place.url, (place.username, password) if place.username else None, timeout_s=REGISTRY_S)


def plain_bootstrap(settings: Settings) -> str:
    """The brokers, for the worker: its Kafka client is given no encryption and no login."""
    protocol = settings.kafka.security_protocol
    if protocol != "PLAINTEXT":
        raise Mistake(
            "kafka_protocol",
            f"workers speak PLAINTEXT to Kafka, not {protocol}",
            where="TANDEM_KAFKA__SECURITY_PROTOCOL",
            cure="give them a PLAINTEXT listener inside their own network; connectors and the command line may use any",
        )
    return settings.kafka.bootstrap


def change_topics(settings: Settings) -> list[str]:
    """The full names of the topics that carry changes: what intake reads."""
    topics = topics_of(settings)
    return [topics.name(spec.name) for spec in topics if (spec.schema or "").endswith("Change")]


def channel(settings: Settings) -> Channel:
    """Where to ask and how."""
    topics, registry = topics_of(settings), registry_of(settings)
    codec = Codec(registry, topics)

    def encode(event: Event) -> bytes:
        with reaching_registry(settings):
            return codec.encode_event(event.id, event.body)

    def decode(data: bytes) -> Control:
        with reaching_registry(settings):
            return cast("Control", decoded(codec, registry, data))

    return Channel(
        client=settings.kafka.client(),
        sync_in=topics.name("sync.in"),
        control=topics.name("control"),
        tenant=settings.tenant,
        partition=settings.tenant_partition,
        encode=encode,
        decode=decode,
    )


def decoded(codec: Codec, registry: Registry, data: bytes) -> Struct:
    """A value by its writer's schema, which is fetched when it is met for the first time."""
    try:
        return codec.decode(data)
    except UnknownSchema as unknown:
        registry.fetch(unknown.schema_id)
        return codec.decode(data)


@contextmanager
def reaching_registry(settings: Settings) -> Iterator[None]:
    """Turns the registry's errors into ones that say how the command ends."""
    place = settings.registry.url
    try:
        yield
    except RegistryUnreachable as error:
        cure = "start the sandbox with `make up`, or set TANDEM_REGISTRY__URL"
        raise Unreached("registry", str(error), where=place, cure=cure) from error
    except RegistryError as error:
        raise Mistake("registry", str(error), where=place, cure=_REGISTRY_CURE) from error
