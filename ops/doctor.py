"""What can be wrong around an installation, looked at one by one, each finding with its cure."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from ops.ask import Conversation
from ops.channel import channel, reaching_registry, registry_of, topics_of
from ops.configuration import connected, load
from ops.errors import Failure, Mistake
from ops.flows import flows_of
from ops.profile import profile_of
from ops.settings import Settings
from ops.system_look import look
from schemas.flow_file import OWN_FLOWS


class Finding(Struct, frozen=True):
    """One thing looked at."""

    name: str
    ok: bool
    detail: str
    cure: str = ""
    exit_code: int = 0


def examine() -> Iterator[Finding]:
    """Looks at everything, in the order in which things depend on each other."""
    try:
        settings = load()
    except Failure as failure:
        yield _found("settings", failure)
        return
    yield Finding("settings", ok=True, detail="all are well-formed")
    yield from (_look(name, one, settings) for name, one in _FILES.items())
    try:
        connected()
    except Failure as failure:
        yield _found("kafka", failure)  # and whose registry, systems and worker would be asked is not known
        return
    yield from (_look(name, one, settings) for name, one in _PLACES.items())
    yield from _conversation(settings)


def _look(name: str, one: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(name, ok=True, detail=one(settings))
    except Failure as failure:
        return _found(name, failure)


def _found(name: str, failure: Failure) -> Finding:
    return Finding(name, ok=False, detail=failure.message, cure=failure.cure, exit_code=failure.exit_code)


def _flows(settings: Settings) -> str:
    return f"{len(flows_of(settings))} flows in {settings.flows or OWN_FLOWS}"


def _profile(settings: Settings) -> str:
    profile_of(settings)
    return settings.crm.profile


def _state_dir(settings: Settings) -> str:
    place = settings.state_dir
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / ".doctor").touch()
        (place / ".doctor").unlink()
    except OSError as error:
        message = f"{place} cannot be written: {error.strerror}"
        raise Mistake("state_dir", message, where=str(place), cure="set TANDEM_STATE_DIR") from error
    return f"{place} can be written"


def _registry(settings: Settings) -> str:
    registry = registry_of(settings)
    with reaching_registry(settings):
        registry.versions(topics_of(settings).subject("control"))
    registry.close()
    return settings.registry.url


_FILES: dict[str, Callable[[Settings], str]] = {
    "flows": _flows,
    "crm profile": _profile,
    "state folder": _state_dir,
}
_PLACES: dict[str, Callable[[Settings], str]] = {
    "registry": _registry,
    "invoiced": lambda settings: look(settings, "invoiced"),
    "crm": lambda settings: look(settings, "crm"),
}


def _conversation(settings: Settings) -> Iterator[Finding]:
    """Kafka, our topics in it, and a worker behind them: the later need the earlier."""
    talk = Conversation(channel(settings))
    try:
        there = talk.partitions()
        yield Finding("kafka", ok=True, detail=settings.kafka.bootstrap)
        yield _topics(settings, set(there))
        answer: dict[str, Any] = talk.ask("status", wait=5.0)
        yield Finding("worker", ok=True, detail=f"answers as of offset {answer.get('offset')}")
    except Failure as failure:
        yield _found("kafka" if failure.code == "kafka" else "worker", failure)
    finally:
        talk.close()


def _topics(settings: Settings, there: set[str]) -> Finding:
    wanted = {str(row["name"]) for row in topics_of(settings).list_topics()}
    if missing := sorted(wanted - there):
        detail = f"{len(missing)} are missing: {', '.join(missing)}"
        return Finding("topics", ok=False, detail=detail, cure="run `tandem topics apply`", exit_code=1)
    return Finding("topics", ok=True, detail=f"all {len(wanted)} are there")
