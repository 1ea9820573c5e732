"""`tandem topics`: the table of topics, and making the cluster as it says."""

from typing import Any

import click
from confluent_kafka.admin import AdminClient
from msgspec import to_builtins
from stamina.instrumentation import set_on_retry_hooks

from ops.ask import SILENT, Conversation
from ops.channel import channel, reaching_registry, registry_of, topics_of
from ops.cli.grammar import Group
from ops.cli.output import Reply
from ops.configuration import connected, load
from ops.errors import Mistake
from ops.settings import Settings
from schemas.apply import Applied, TopicError, apply_topics

COLUMNS = ("name", "key", "subject", "partitions", "cleanup", "public")


@click.group(cls=Group)
def topics() -> None:
    """The topics, public and internal."""


@topics.command("list")
def list_() -> Reply:
    """Every topic, changelogs included, as the settings make it."""
    return Reply({"topics": topics_of(load()).list_topics()}, columns={"topics": COLUMNS})


@topics.command("apply")
def apply_() -> Reply:
    """Create what is missing, set back what drifted, register the schemas; twice is as good as once."""
    settings = connected()
    done: dict[str, dict[str, Any]] = {one.topic: to_builtins(one) for one in _apply(settings)}
    rows = [{**row, **_doing(done[str(row["name"])])} for row in topics_of(settings).list_topics()]
    return Reply(
        {"topics": rows}, columns={"topics": ("name", "partitions", "done", "settings", "schema_id")}
    )


def _doing(done: dict[str, Any]) -> dict[str, Any]:
    return {name: done[name] for name in ("done", "settings", "schema_id")}


def _apply(settings: Settings) -> tuple[Applied, ...]:
    talk = Conversation(channel(settings))
    try:
        talk.partitions()  # says soon and in our words when there is no Kafka
    finally:
        talk.close()
    admin = AdminClient(settings.kafka.client(), logger=SILENT)
    registry = registry_of(settings)
    set_on_retry_hooks([])  # stdout is the answer's alone
    copies = -1 if settings.kafka.replication is None else settings.kafka.replication
    try:
        with reaching_registry(settings):
            return apply_topics(admin, registry, topics_of(settings), copies)
    except TopicError as error:
        where = settings.kafka.bootstrap
        cure = "set that topic right in Kafka or let its owner allow it, then run this again; `tandem topics list` says how it should be"
        raise Mistake("topics", str(error), where=where, cure=cure) from error
    finally:
        registry.close()
