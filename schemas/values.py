"""One schema's values as bytes and back: changes with their images, all other records by their fields."""

import json
from io import BytesIO

from fastavro import parse_schema, schemaless_reader, schemaless_writer
from msgspec import Struct, structs

from schemas import records
from schemas.binding import Row, bind
from schemas.catalogue import Schema, plain
from schemas.framing import HEAD_BYTES, Malformed, frame
from schemas.image import ImageForm
from schemas.records import Change, Source

EVENT = "tandem.sync.SyncEvent"
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
KIND_OF = {cls: kind for kind, cls in KINDS.items()}
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

# What fastavro and the forms of an image make of bytes that are not what they should be.
_DAMAGED = (ArithmeticError, EOFError, IndexError, TypeError, ValueError)


class Writer:
    """One topic's way out."""

    def __init__(self, schema_id: int, text: str) -> None:
        schema: Schema = parse_schema(json.loads(text))
        self._head = frame(schema_id)
        self._name: str = schema["name"]
        self._images = _images_of(schema)
        self._schema = parse_schema(plain(json.loads(text)))

    def change(self, value: Change) -> bytes:
        """A framed change."""
        images = self._images
        if images is None:
            raise TypeError(f"{value.ref} is a change, and {self._name} is none")
        row = bind(Change).pack(structs.replace(value, before=None, after=None))
        for name, image in (("before", value.before), ("after", value.after)):
            if image is not None:
                # With its branch named, fastavro need not try the branches of the union on it.
                row[name] = (images.name, images.pack(image))
        return self.row(row)

    def row(self, row: Row) -> bytes:
        """A framed record, from its fields."""
        out = BytesIO()
        out.write(self._head)
        schemaless_writer(out, self._schema, row)
        return out.getvalue()


class Reader:
    """One writer's schema and the way in from it."""

    def __init__(self, text: str) -> None:
        schema: Schema = parse_schema(json.loads(text))
        self.name: str = schema["name"]
        self._images = _images_of(schema)
        self._schema = parse_schema(plain(json.loads(text)))

    def row(self, data: bytes) -> Row:
        """The fields of a framed record."""
        body = BytesIO(data)
        body.seek(HEAD_BYTES)
        try:
            row: Row = schemaless_reader(body, self._schema, None)
        except _DAMAGED as error:
            raise self._damaged(error) from error
        if body.tell() != len(data):
            raise self._damaged(f"{len(data) - body.tell()} bytes too many")
        return row

    def _damaged(self, why: object) -> Malformed:
        return Malformed(f"a value of {self.name} is damaged: {why!r}")

    def change(self, data: bytes) -> Change:
        """A framed change."""
        images = self._images
        if images is None:
            raise Malformed(f"{self.name} is no change")
        row = self.row(data)
        try:
            for name in ("before", "after"):
                if row.get(name) is not None:
                    row[name] = images.unpack(row[name])
        except _DAMAGED as error:
            raise self._damaged(error) from error
        row["changed"] = tuple(row["changed"])
        row["source"] = bind(Source).known(row["source"])
        change: Change = bind(Change).known(row)
        return change

    def value(self, data: bytes) -> Struct:
        """A framed record of any kind but the log's entries."""
        if self._images is not None:
            return self.change(data)
        cls = _RECORDS.get(self.name)
        if cls is None:
            raise Malformed(
                f"{self.name} is no record of ours; entries of the log are read with decode_event"
            )
        value: Struct = bind(cls).unpack(self.row(data))
        return value


def _images_of(schema: Schema) -> ImageForm | None:
    """The form of a change's images; None for any other record."""
    for field in schema["fields"]:
        branch = field["type"][1] if isinstance(field["type"], list) else field["type"]
        if isinstance(branch, dict) and any(each["name"] == "extra" for each in branch.get("fields", ())):
            return ImageForm(branch)
    return None
