"""Messages as bytes and back: Avro in Confluent's wire format, always decoded with the writer's own schema."""

import json
from io import BytesIO
from typing import Any, Protocol

from fastavro import parse_schema, schemaless_reader, schemaless_writer
from msgspec import Struct

from schemas import records
from schemas.binding import Row, bind
from schemas.catalogue import Schema, plain, schema_text
from schemas.framing import HEAD_BYTES, Malformed, frame, schema_id_of
from schemas.image import ImageForm
from schemas.records import Body, Change, Event, Origin, Source
from schemas.topics import Topics

KINDS: dict[str, type[Struct]] = {
    "result": records.Result,
    "round_begun": records.RoundBegun,
    "round_passed": records.RoundPassed,
    "position": records.Position,
    "decision": records.Decision,
    "nudge": records.Nudge,
    "question": records.Question,
    "continue_": records.Continue,
    "restore": records.Restore,
    "unreadable": records.Unreadable,
}
_KIND_OF = {cls: kind for kind, cls in KINDS.items()}
_RECORDS: dict[str, type[Struct]] = {
    "tandem.sync.Command": records.Command,
    "tandem.sync.Applied": records.Applied,
    "tandem.sync.Result": records.Result,
    "tandem.sync.Control": records.Control,
    "tandem.sync.Cursor": records.Cursor,
    "tandem.Link": records.Link,
    "tandem.Unlinked": records.Unlinked,
    "tandem.Conflict": records.Conflict,
    "tandem.Parked": records.Parked,
}
_EVENT = "tandem.sync.SyncEvent"


class Schemas(Protocol):
    """What the codec needs of a registry."""

    def register(self, subject: str, schema: str) -> int: ...
    def schema(self, schema_id: int) -> str: ...


class _Writer:
    """One topic's way out."""

    def __init__(self, schema_id: int, text: str) -> None:
        schema = json.loads(text)
        self._head = frame(schema_id)
        self._schema = parse_schema(plain(schema))
        self._images = _image_form(schema)

    def change(self, value: Change) -> bytes:
        form = self._images
        if form is None:
            raise TypeError(f"{value.ref} is a change, and the topic carries none")
        row = {
            "op": value.op,
            "ref": value.ref,
            "version": value.version,
            "before": None if value.before is None else form.pack(value.before),
            "after": None if value.after is None else form.pack(value.after),
            "changed": value.changed,
            "source": bind(Source).pack(value.source),
            "observed_at": value.observed_at,
        }
        return self.row(row)

    def row(self, row: Row) -> bytes:
        buffer = BytesIO()
        buffer.write(self._head)
        schemaless_writer(buffer, self._schema, row)
        return buffer.getvalue()


class _Reader:
    """One writer's schema and the way in from it."""

    def __init__(self, text: str) -> None:
        schema = json.loads(text)
        parsed: Schema = parse_schema(plain(schema))
        self.name: str = parsed["name"]
        self._schema = parsed
        self._images = _image_form(schema)

    def row(self, data: bytes) -> Row:
        buffer = BytesIO(data)
        buffer.seek(HEAD_BYTES)
        found: Row = schemaless_reader(buffer, self._schema, None)
        return found

    def change(self, data: bytes) -> Change:
        form, row = self._images, self.row(data)
        if form is None:
            raise Malformed(f"{self.name} is no change")
        before, after = row["before"], row["after"]
        return Change(
            op=row["op"],
            ref=row["ref"],
            version=row["version"],
            source=bind(Source).unpack(row["source"]),
            observed_at=row["observed_at"],
            before=None if before is None else form.unpack(before),
            after=None if after is None else form.unpack(after),
            changed=tuple(row["changed"]),
        )

    def value(self, data: bytes) -> Struct:
        if self._images is not None:
            return self.change(data)
        cls = _RECORDS.get(self.name)
        if cls is None:
            raise Malformed(
                f"{self.name} is no record of ours; entries of the log are read with decode_event"
            )
        value: Struct = bind(cls).unpack(self.row(data))
        return value


class Codec:
    """Encodes by topic, decodes by the schema id a value names. `open` it once before use on an event loop."""

    def __init__(self, registry: Schemas, topics: Topics) -> None:
        self._registry = registry
        self._topics = topics
        self._writers: dict[str, _Writer] = {}
        self._readers: dict[int, _Reader] = {}

    def open(self) -> None:
        """Register every schema, so that encoding makes no request. Blocks: call it in a thread."""
        for each in self._topics:
            if each.schema is not None:
                self._writer(each.name)

    def encode(self, topic: str, value: Struct) -> bytes:
        """The value of one message; `topic` is the table's short name (`crm.customer`)."""
        if isinstance(value, Change):
            return self._writer(topic).change(value)
        if isinstance(value, Event):
            return self.encode_event(value.id, value.body, value.origin)
        return self._writer(topic).row(bind(type(value)).pack(value))

    def encode_event(self, event_id: str, body: Body | bytes, origin: Origin | None = None) -> bytes:
        """One entry of `sync.in`. A change goes as the bytes of its topic, as they were written."""
        row: Row = {"id": event_id, "origin": None if origin is None else bind(Origin).pack(origin)}
        if isinstance(body, Change):
            system, entity, _ = body.ref.split(":", 2)
            body = self.encode(f"{system}.{entity}", body)
        if isinstance(body, bytes):
            row |= {"kind": "change", "change": body}
        else:
            kind = _KIND_OF[type(body)]
            row |= {"kind": kind, kind: bind(type(body)).pack(body)}
        return self._writer("sync.in").row(row)

    def decode(self, data: bytes) -> Struct:
        """The record a framed value holds. Raises `UnknownSchema` when its schema is not cached yet."""
        return self._reader(data).value(data)

    def decode_event(self, data: bytes, at: int, offset: int, tenant: str) -> Event:
        """One entry of `sync.in` as `step` sees it."""
        reader = self._reader(data)
        if reader.name != _EVENT:
            raise Malformed(f"{reader.name} is no entry of the log")
        row = reader.row(data)
        origin = row["origin"]
        return Event(
            id=row["id"],
            tenant=tenant,
            at=at,
            offset=offset,
            body=self._body(row),
            origin=None if origin is None else bind(Origin).unpack(origin),
        )

    def _body(self, row: Row) -> Any:
        kind = row["kind"]
        if kind == "change":
            return self._reader(row["change"]).change(row["change"])
        if kind not in KINDS:
            raise Malformed(
                f"the log's entry {row['id']} is of the kind {kind!r}, which this version does not know"
            )
        return bind(KINDS[kind]).unpack(row[kind])

    def _writer(self, topic: str) -> _Writer:
        found = self._writers.get(topic)
        if found is None:
            spec = next((each for each in self._topics if each.name == topic), None)
            if spec is None or spec.schema is None:
                raise KeyError(f"{topic!r} is no topic with a schema; see `tandem topics list`")
            text = schema_text(spec.schema)
            found = _Writer(self._registry.register(self._topics.subject(topic), text), text)
            self._writers[topic] = found
        return found

    def _reader(self, data: bytes) -> _Reader:
        schema_id = schema_id_of(data)
        found = self._readers.get(schema_id)
        if found is None:
            found = self._readers[schema_id] = _Reader(self._registry.schema(schema_id))
        return found


def _image_form(schema: Schema) -> ImageForm | None:
    """The form of the images in a change record; None for any other record."""
    before = next((field["type"] for field in schema["fields"] if field["name"] == "before"), None)
    return ImageForm(before[1]) if isinstance(before, list) and isinstance(before[1], dict) else None
