"""A flat image in a typed Avro record and back, with nothing lost on the way.

A typed field holds what fits it. What has no field, or is shown in a form its field cannot give back exactly
(a price of `12.50`, twelve decimals, a text where a number is due), stands as JSON text in `extra`, which
takes precedence. `absent` names the typed fields that the source did not show: unknown is not empty.
"""

from typing import Any

from schemas import jsontext
from schemas.catalogue import Schema
from schemas.records import Image, Json
from schemas.shown import form_of

_OWN = frozenset({"absent", "extra"})


class ImageForm:
    """How one version of a typed record holds an image. Made once a schema."""

    def __init__(self, schema: Schema) -> None:
        fields = {field["name"]: field for field in schema["fields"] if field["name"] not in _OWN}
        self._forms = {name: form_of(field) for name, field in fields.items()}
        self._names = frozenset(fields)
        self._readers = tuple(
            (name, form.read)
            for name, form in self._forms.items()
            if fields[name].get("shown") or _decimal(fields[name])
        )

    def pack(self, image: Image) -> dict[str, Any]:
        """The record's fields for an image."""
        row: dict[str, Any] = {}
        extra: dict[str, str] = {}
        for name, value in image.items():
            form = self._forms.get(name)
            if form is None:
                extra[name] = jsontext.dumps(value)
            elif value is not None:
                held = row[name] = form.write(value)
                if held is None or (held is not value and not _gives_back(form.read(held), value)):
                    extra[name] = jsontext.dumps(value)
        row["extra"] = dict(sorted(extra.items()))
        row["absent"] = sorted(self._names - image.keys())
        return row

    def unpack(self, row: dict[str, Any]) -> dict[str, Json]:
        """The image a decoded record holds; `row` becomes the image."""
        extra = row.pop("extra", None)
        absent = row.pop("absent", None)
        for name, read in self._readers:
            held = row[name]
            if held is not None:
                row[name] = read(held)
        for name in absent or ():
            row.pop(name, None)
        for name, text in (extra or {}).items():
            row[name] = jsontext.loads(text)
        return row


def _decimal(field: dict[str, Any]) -> bool:
    branch = field["type"][-1] if isinstance(field["type"], list) else field["type"]
    return isinstance(branch, dict) and branch.get("logicalType") == "decimal"


def _gives_back(read: Json, value: Json) -> bool:
    """Numbers compare by value, so 45 and 45.0 are one; a truth is no number."""
    return read == value and (type(read) is type(value) or not isinstance(value, bool))
