"""Plugs the pure domain into the host: bytes become events, what `step` gives becomes rows and records."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from schemas import meters
from schemas.codec import Codec
from schemas.framing import UnknownSchema
from schemas.records import Command, Continue, Control, Event, Origin, Position
from schemas.registry import Registry, SchemaMissing
from schemas.topics import Topics
from streams import account
from streams.agents.intake import Envelopes
from streams.chunks import Record
from streams.domain import poison
from streams.domain.bare import reader
from streams.domain.catching_up import begin
from streams.domain.config import Config
from streams.domain.keys import control_key, poison_key
from streams.domain.rows import FormatError
from streams.domain.step import progress, step
from streams.domain.tenant_row import CatchingUp, decode_tenant
from streams.domain.view import Again
from streams.domain.view import Output as Told
from streams.fold import Hooks
from streams.guard import stop
from streams.resume import Resumed
from streams.transactions import Effects, Output
from streams.view import View

CatchingUpIs = Callable[[CatchingUp], None]


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
                try:
                    await self._registry.load(unknown.schema_id)
                except SchemaMissing as missing:  # no registry that answers at all ends the process
                    return missing
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
        elif isinstance(record, Again):
            value = record.value
        else:
            value = None if record is None else self._codec.encode(told.topic, record)
        if isinstance(record, Command):
            headers += [("tandem-event-id", record.id.encode()), ("tandem-link-id", record.link_id.encode())]
        return Output(self._topics.name(told.topic), told.key.encode(), value, headers)


def _fold(config: Config, reading: Reading, telling: Telling) -> Callable[[View, Record, int], Effects]:
    def fold(view: View, record: Record, at: int) -> Effects:
        event = reading.event(record, at)
        try:
            effects = step(view, event, config)
        except FormatError as error:  # every entry would be parked for it, one after the other
            stop("a row cannot be read", error=str(error))
        account.folded(event)
        for told in effects.outputs:
            account.told(told)
        return Effects(effects.writes, [telling.output(event.id, told) for told in effects.outputs])

    return fold


def _poison(config: Config, telling: Telling) -> Callable[[View, Record, Exception], Effects]:
    def on_poison(_view: View, record: Record, error: Exception) -> Effects:
        """The record is listed with its place; all else in the state stays as it was."""
        meters.count("tandem_poisoned_total", error=type(error).__name__)
        origin = Origin(record.topic, record.partition, record.offset)
        row = poison.poisoned(origin, record.value, record.timestamp, error)
        name = row.parked.id
        writes = {poison_key(config.tenant, record.offset): poison.encode(row)}
        return Effects(writes, [telling.output(name, Told("parked", name, row.parked))])

    return on_poison


def _recovered(
    config: Config, telling: Telling, home: int, told: CatchingUpIs
) -> Callable[[View, Resumed], Effects]:
    def recovered(view: View, resumed: Resumed) -> Effects:
        """A state that does not join up with its log catches up; so does one that had not ended it."""
        if resumed.partition != home:
            return Effects()
        gap, start = resumed.gap, resumed.start
        effects = Effects()
        if gap is not None:
            log = (start.topic_id, start.next_offset)
            begun = begin(view, config, gap, start.at, log, remembered=resumed.remembered)
            effects = Effects(begun.writes, [telling.output("gap", one) for one in begun.outputs])
            for one in begun.outputs:
                account.told(one)
        key = control_key(config.tenant, "tenant")
        data = effects.writes.get(key) or view.get(key)
        now = decode_tenant(data).catching_up if data is not None else None
        meters.gauge("tandem_catching_up", now is not None, partition=str(home))
        if now is not None and now.told < 0:
            told(now)
        return effects

    return recovered


def _after(config: Config, telling: Telling) -> Callable[[View, int, int, int], Effects]:
    def after(view: View, partition: int, next_offset: int, at: int) -> Effects:
        """How far the log is folded, for pollers that hold back and for people who wait."""
        key = f"{config.tenant}|progress"
        account.standing(view, config)
        reached = progress(view, config, next_offset)
        meters.gauge("tandem_catching_up", reached["catching_up"], partition=str(partition))
        text = json.dumps(reached, sort_keys=True)
        return Effects({}, [telling.output(key, Told("control", key, Control(key, at, text)))])

    return after


def hooks(
    config: Config,
    codec: Codec,
    topics: Topics,
    registry: Registry,
    home: int = 0,
    catching_up: CatchingUpIs = lambda _now: None,
) -> Hooks:
    """The domain, as the host calls it. `catching_up` is told, from any thread, what is to be read back."""
    reading, telling = Reading(codec, registry, config.tenant), Telling(codec, topics)

    return Hooks(
        fold=_fold(config, reading, telling),
        on_poison=_poison(config, telling),
        after_chunk=_after(config, telling),
        prepare=reading.prepare,
        on_recovered=_recovered(config, telling, home, catching_up),
        index_entries=reader(config),
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
