"""One schema's values as bytes and back: changes with their images, all other records by their fields."""

import json

from fastavro import parse_schema
from msgspec import Struct, structs

from schemas import records
from schemas.avro_reader import Read, plan_of, read_fields
from schemas.avro_writer import Write, writer_of
from schemas.binding import Row, bind
from schemas.catalogue import Schema, plain
from schemas.framing import HEAD_BYTES, Malformed, frame
from schemas.image import ImageReader, ImageWriter, LateImage
from schemas.records import Change, Image, Source

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

_DAMAGED = (IndexError, UnicodeDecodeError, ValueError, TypeError)


class Writer:
    """One topic's way out."""

    def __init__(self, schema_id: int, text: str) -> None:
        schema, images = _with_images_named(text)
        named: dict[str, Write] = {}
        if images is not None:
            named[images["name"]] = ImageWriter(images, named)
        self._head = frame(schema_id)
        self._name: str = schema["name"]
        self._carries_changes = images is not None
        self._write = writer_of(plain(schema), named)

    def change(self, value: Change) -> bytes:
        """A framed change."""
        if not self._carries_changes:
            raise TypeError(f"{value.ref} is a change, and {self._name} is none")
        row = {
            "op": value.op,
            "ref": value.ref,
            "version": value.version,
            "after": value.after,
            "changed": value.changed,
            "source": structs.asdict(value.source),
            "observed_at": value.observed_at,
            "before": value.before,
        }
        return self.row(row)

    def row(self, row: Row) -> bytes:
        """A framed record, from its fields."""
        out = bytearray(self._head)
        self._write(out, row)
        return bytes(out)


class Reader:
    """One writer's schema and the way in from it."""

    def __init__(self, text: str) -> None:
        schema, images = _with_images_named(text)
        self._named: dict[str, Read] = {}
        self._images = None
        if images is not None:
            self._images = self._named[images["name"]] = ImageReader(images, self._named)
        self.name: str = schema["name"]
        fields = plain(schema)["fields"]
        self._before_last = self._images is not None and fields[-1]["name"] == "before"
        self._plan = plan_of(fields[:-1] if self._before_last else fields, self._named)

    def row(self, data: bytes) -> Row:
        """The fields of a framed record. Of a change, `before` is a `LateImage`."""
        try:
            row, at = read_fields(self._plan, data, HEAD_BYTES)
            if self._before_last:
                row["before"] = self._late(data, at + 1) if data[at] else None
            elif at != len(data):
                raise IndexError(f"{len(data) - at} bytes too many or too few")
        except _DAMAGED as error:
            raise Malformed(f"a value of {self.name} is damaged: {error}") from error
        return row

    def _late(self, data: bytes, at: int) -> LateImage:
        def read() -> Image:
            try:
                return self._named_image(data, at)
            except _DAMAGED as error:
                raise Malformed(
                    f"the image before, in a value of {self.name}, is damaged: {error}"
                ) from error

        return LateImage(read)

    def _named_image(self, data: bytes, at: int) -> Image:
        if self._images is None:
            raise Malformed(f"{self.name} has no images")
        return self._images(data, at)[0]

    def change(self, data: bytes) -> Change:
        """A framed change."""
        if self._images is None:
            raise Malformed(f"{self.name} is no change")
        row = self.row(data)
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


def _with_images_named(text: str) -> tuple[Schema, Schema | None]:
    """A schema whose images are named, not spelled out, and the images' record; None where it has none."""
    schema: Schema = parse_schema(json.loads(text))
    fields, images = [], None
    for field in schema["fields"]:
        branch = field["type"][1] if isinstance(field["type"], list) else field["type"]
        if isinstance(branch, dict) and any(each["name"] == "extra" for each in branch.get("fields", ())):
            images = branch
            fields.append({**field, "type": ["null", branch["name"]]})
        else:
            fields.append(field)
    return {**schema, "fields": fields}, images
