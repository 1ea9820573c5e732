"""A flat image in a typed Avro record and back, with nothing lost on the way.

A typed field holds what fits it. What has no field, or is shown in a form its field cannot give back exactly
(a price of `12.50`, twelve decimals, a text where a number is due), stands as JSON text in `extra`, which
takes precedence. `absent` names the typed fields that the source did not show: unknown is not empty.
A list of lines is a list of records of their own, each packed by the same rules; what is no such list, even by one
element, stands in `extra` whole.
"""

from typing import Any

from schemas import jsontext
from schemas.binding import Row
from schemas.catalogue import Schema
from schemas.records import Image, Json
from schemas.shown import Form, form_of

_OWN = ("absent", "extra")


class ImageForm:
    """How one version of a typed record holds an image. Made once a schema."""

    def __init__(self, schema: Schema) -> None:
        self.name: str = schema["name"]
        self._forms = {field["name"]: _form(field) for field in schema["fields"] if field["name"] not in _OWN}
        self._names = frozenset(self._forms)
        self._conversions = tuple((name, form.read) for name, form in self._forms.items() if form.converts)

    def pack(self, image: Image) -> Row:
        """The record's fields for an image; those that are null are left out."""
        row: Row = {}
        extra: dict[str, str] = {}
        for name, value in image.items():
            form = self._forms.get(name)
            if form is None:
                extra[name] = jsontext.dumps(value)
            elif type(value) is form.kind:
                row[name] = value
            elif value is not None:
                # Filled whenever it can hold the value at all, for others to read.
                held = row[name] = form.write(value)
                if held is None or not (form.exact or form.read(held) == value):
                    extra[name] = jsontext.dumps(value)
        row["absent"] = sorted(self._names - image.keys())
        row["extra"] = dict(sorted(extra.items()))
        return row

    def unpack(self, row: Row) -> dict[str, Json]:
        """The image a decoded record holds; `row` becomes the image."""
        extra: dict[str, Any] = row.pop("extra", None) or {}
        for name in row.pop("absent", None) or ():
            row.pop(name, None)
        for name, read in self._conversions:
            held = row.get(name)
            if held is not None:
                row[name] = read(held)
        for name, text in extra.items():
            row[name] = jsontext.loads(text)
        return row


def _form(field: Schema) -> Form:
    return _lines(field["type"][1]["items"]) if field.get("shown") == "lines" else form_of(field)


def _lines(schema: Schema) -> Form:
    """The form of a list of objects: all that a line shows is held in its record, so all of it is given back."""
    line = ImageForm(schema)

    def write(value: Json) -> tuple[str, list[Row]] | None:
        if type(value) is not list:
            return None
        shown = [each for each in value if type(each) is dict]
        # With its branch named, fastavro need not try every field of every line: half the time.
        return ("array", [line.pack(each) for each in shown]) if len(shown) == len(value) else None

    def read(rows: list[Row]) -> Json:
        return [line.unpack(row) for row in rows]

    return Form(write, read)
