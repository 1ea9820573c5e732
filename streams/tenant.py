"""Plugs the pure domain into the host: bytes become events, what `step` gives becomes rows and records."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from msgspec.structs import replace

from schemas import meters
from schemas.codec import Codec
from schemas.framing import UnknownSchema
from schemas.records import Change, Command, Continue, Control, Event, Origin, Parked, Position
from schemas.registry import Registry
from schemas.topics import Topics
from streams.agents.intake import Envelopes
from streams.chunks import Record
from streams.domain.config import Config
from streams.domain.index import index_entries
from streams.domain.step import counts, progress, step
from streams.domain.view import Output as Told
from streams.fold import Hooks
from streams.transactions import Effects, Output
from streams.view import View

log = structlog.get_logger(__name__)


class Reading:
    """Decodes a chunk before it is folded, so that an unknown schema is fetched off the event loop, once."""

    def __init__(self, codec: Codec, registry: Registry, tenant: str) -> None:
        self._codec, self._registry, self._tenant = codec, registry, tenant
        self._read: dict[int, dict[int, Event | Exception]] = {}

    async def prepare(self, records: Sequence[Record]) -> None:
        """What cannot be decoded is kept as its error: the fold raises it, and the record is parked."""
        found = {record.offset: await self._one(record) for record in records}
        if records:
            self._read[records[0].partition] = found

    def event(self, record: Record, at: int) -> Event:
        found = self._read[record.partition].pop(record.offset)
        if isinstance(found, Exception):
            raise found
        return found if found.at == at else replace(found, at=at)

    async def _one(self, record: Record) -> Event | Exception:
        for _ in range(3):  # the entry's own schema, and the one of the change inside it
            try:
                return self._codec.decode_event(
                    record.value or b"", record.timestamp, record.offset, self._tenant
                )
            except UnknownSchema as unknown:
                await self._registry.load(unknown.schema_id)
            except Exception as error:  # noqa: BLE001  # whatever the bytes are, the log goes on
                return error
        return ValueError("the schema of this entry cannot be had from the registry")


class Telling:
    """Records on their way out, as bytes for their topics."""

    def __init__(self, codec: Codec, topics: Topics) -> None:
        self._codec, self._topics = codec, topics

    def output(self, event_id: str, told: Told) -> Output:
        headers = [("tandem-causation-id", event_id.encode())]
        record = told.record
        if isinstance(record, Continue):
            value: bytes | None = self._codec.encode_event(record.id, record)
        else:
            value = None if record is None else self._codec.encode(told.topic, record)
        if isinstance(record, Command):
            headers += [("tandem-event-id", record.id.encode()), ("tandem-link-id", record.link_id.encode())]
        return Output(self._topics.name(told.topic), told.key.encode(), value, headers)


def _fold(config: Config, reading: Reading, telling: Telling) -> Callable[[View, Record, int], Effects]:
    def fold(view: View, record: Record, at: int) -> Effects:
        event = reading.event(record, at)
        effects = step(view, event, config)
        _measure(event)
        return Effects(effects.writes, [telling.output(event.id, told) for told in effects.outputs])

    return fold


def _measure(event: Event) -> None:
    body = event.body
    meters.count("tandem_events_total", kind=type(body).__name__)
    if isinstance(body, Change):
        delay = max(0, event.at - body.source.read_at) / 1000
        meters.observe("tandem_change_delay_seconds", delay, system=body.source.system)


def _standing(view: View, config: Config) -> None:
    """The counts the tenant's row keeps, as gauges."""
    for name, value in counts(view, config).items():
        kind, flow, *rest = name.split("|")
        if kind == "links":
            meters.gauge("tandem_links", value, flow=flow, state="all")
        elif kind == "parked":
            meters.gauge("tandem_parked", value, flow=flow, cause=rest[0])
        elif kind in {"waiting", "review", "no_flow", "unreadable"}:
            meters.gauge("tandem_unlinked", value, state=kind)


def _poison(telling: Telling) -> Callable[[View, Record, Exception], Effects]:
    def on_poison(_view: View, record: Record, error: Exception) -> Effects:
        """The record is listed with its place; the state stays as it was."""
        meters.count("tandem_poisoned_total", kind=type(error).__name__)
        origin = Origin(record.topic, record.partition, record.offset)
        name = f"event:{record.topic}/{record.partition}/{record.offset}"
        parked = Parked(
            id=name,
            link_id="",
            flow="",
            direction="",
            cause="poison",
            message=f"{type(error).__name__}: {error}",
            attempts=1,
            first_at=record.timestamp,
            origin=origin,
        )
        return Effects({}, [telling.output(name, Told("parked", name, parked))])

    return on_poison


def _after(config: Config, telling: Telling) -> Callable[[View, int, int, int], Effects]:
    def after(view: View, _partition: int, next_offset: int, at: int) -> Effects:
        """How far the log is folded, for pollers that hold back and for people who wait."""
        key = f"{config.tenant}|progress"
        _standing(view, config)
        text = json.dumps(progress(view, config, next_offset), sort_keys=True)
        return Effects({}, [telling.output(key, Told("control", key, Control(key, at, text)))])

    return after


def hooks(config: Config, codec: Codec, topics: Topics, registry: Registry) -> Hooks:
    """The domain, as the host calls it."""
    reading, telling = Reading(codec, registry, config.tenant), Telling(codec, topics)

    def entries(key: bytes, value: bytes) -> list[tuple[bytes, bytes]]:
        return index_entries(config, key, value)

    return Hooks(
        fold=_fold(config, reading, telling),
        on_poison=_poison(telling),
        after_chunk=_after(config, telling),
        prepare=reading.prepare,
        index_entries=entries,
        index_version=config.version,
    )


def envelopes(codec: Codec) -> Envelopes:
    """How intake writes the log: a change keeps the bytes of its topic."""

    def change(record: Record, topic: str, partition: int, offset: int) -> bytes:
        origin = Origin(topic, partition, offset)
        return codec.encode_event(f"{topic}/{partition}/{offset}", record.value or b"", origin)

    def position(body: Position) -> bytes:
        return codec.encode_event(f"{body.topic}/{body.partition}/{body.next_offset}/at", body)

    return Envelopes(change, position)


__all__: list[Any] = ["envelopes", "hooks"]
