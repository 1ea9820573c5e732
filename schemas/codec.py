"""Messages as bytes and back: Avro in Confluent's wire format, always decoded with the writer's own schema."""

from typing import Any, Protocol

from msgspec import Struct

from schemas.binding import Row, bind
from schemas.catalogue import schema_text
from schemas.framing import Malformed, schema_id_of
from schemas.records import Body, Change, Event, Origin
from schemas.topics import Topics
from schemas.values import EVENT, KIND_OF, KINDS, Reader, Writer


class Schemas(Protocol):
    """What the codec needs of a registry."""

    def register(self, subject: str, schema: str) -> int: ...
    def schema(self, schema_id: int) -> str: ...


class Codec:
    """Encodes by topic, decodes by the schema id a value names. `open` it once before use on an event loop."""

    def __init__(self, registry: Schemas, topics: Topics) -> None:
        self._registry = registry
        self._topics = topics
        self._writers: dict[str, Writer] = {}
        self._readers: dict[int, Reader] = {}

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
            kind = KIND_OF[type(body)]
            row |= {"kind": kind, kind: bind(type(body)).pack(body)}
        return self._writer("sync.in").row(row)

    def decode(self, data: bytes) -> Struct:
        """The record a framed value holds. Raises `UnknownSchema` when its schema is not cached yet."""
        return self._reader(data).value(data)

    def decode_event(self, data: bytes, at: int, offset: int, tenant: str) -> Event:
        """One entry of `sync.in` as `step` sees it."""
        reader = self._reader(data)
        if reader.name != EVENT:
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

    def _writer(self, topic: str) -> Writer:
        found = self._writers.get(topic)
        if found is None:
            spec = next((each for each in self._topics if each.name == topic), None)
            if spec is None or spec.schema is None:
                raise KeyError(f"{topic!r} is no topic with a schema; see `tandem topics list`")
            text = schema_text(spec.schema)
            found = Writer(self._registry.register(self._topics.subject(topic), text), text)
            self._writers[topic] = found
        return found

    def _reader(self, data: bytes) -> Reader:
        schema_id = schema_id_of(data)
        found = self._readers.get(schema_id)
        if found is None:
            found = self._readers[schema_id] = Reader(self._registry.schema(schema_id))
        return found
