"""One typed record's two ways, by way of its bytes."""

import json
from io import BytesIO
from typing import Any

from fastavro import parse_schema, schemaless_reader, schemaless_writer

from schemas.catalogue import plain, schema_text
from schemas.image import ImageForm
from schemas.records import Image, Json


class TypedRecord:
    """Writes images as a record of that name, and reads them back."""

    def __init__(self, name: str) -> None:
        schema = json.loads(schema_text(name))
        self.names = [field["name"] for field in schema["fields"]]
        self._schema = parse_schema(plain(schema))
        self._form = ImageForm(schema)

    def write(self, image: Image) -> bytes:
        """The record's bytes."""
        out = BytesIO()
        schemaless_writer(out, self._schema, self._form.pack(image))
        return out.getvalue()

    def read(self, data: bytes) -> dict[str, Json]:
        """The image of a record's bytes."""
        return self._form.unpack(self._row(data))

    def row(self, image: Image) -> dict[str, Any]:
        """The fields that others read."""
        return self._row(self.write(image))

    def _row(self, data: bytes) -> dict[str, Any]:
        row: dict[str, Any] = schemaless_reader(BytesIO(data), self._schema, None)
        return row
