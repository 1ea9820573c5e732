"""A flat image in a typed Avro record and back, with nothing lost on the way.

A typed field holds what fits it. What has no field, or is shown in a form its field cannot give back exactly
(a price of `12.50`, twelve decimals, a text where a number is due), stands as JSON text in `extra`, which
takes precedence. `absent` names the typed fields that the source did not show: unknown is not empty.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from schemas import jsontext
from schemas.avro_reader import Read, plan_of, read_fields
from schemas.avro_writer import (
    FALSE,
    SHORT_TEXT,
    TRUE,
    Write,
    write_bytes,
    write_long,
    write_text,
    writer_of,
)
from schemas.catalogue import Schema, plain
from schemas.records import Image, Json
from schemas.shown import Form, form_of

_OWN = ("absent", "extra")
_UNKNOWN: Any = object()


class ImageReader:
    """How an image is read from one version of its record. Made once a schema."""

    def __init__(self, schema: Schema, named: dict[str, Read]) -> None:
        self._plan = plan_of(plain(schema)["fields"], named)
        forms = ((field["name"], form_of(field)) for field in schema["fields"] if field["name"] not in _OWN)
        self._conversions = tuple((name, form.read) for name, form in forms if form.converts)

    def __call__(self, data: bytes, at: int) -> tuple[dict[str, Json], int]:
        """The image at a place, and the place after it."""
        image, at = read_fields(self._plan, data, at)
        extra: dict[str, str] = image.pop("extra", None) or {}
        for name in image.pop("absent", None) or ():
            image.pop(name, None)
        for name, read in self._conversions:
            held = image.get(name)
            if held is not None:
                image[name] = read(held)
        for name, text in extra.items():
            image[name] = jsontext.loads(text)
        return image, at


class LateImage(Mapping[str, Json]):
    """An image that is read when somebody looks at it: most who read a change never look at `before`."""

    __slots__ = ("_image", "_read")

    def __init__(self, read: Callable[[], Image]) -> None:
        self._read = read
        self._image: Image | None = None

    def _held(self) -> Image:
        if self._image is None:
            self._image = self._read()
        return self._image

    def __getitem__(self, name: str) -> Json:
        return self._held()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held())

    def __len__(self) -> int:
        return len(self._held())

    def __repr__(self) -> str:
        return repr(self._held())


class ImageWriter:
    """How an image is written in our version of its record."""

    def __init__(self, schema: Schema, named: dict[str, Write]) -> None:
        fields = plain(schema)["fields"]
        if tuple(field["name"] for field in fields[-2:]) != _OWN:
            raise ValueError(
                f"{schema['name']} must end with absent and extra: they are known once the rest is written"
            )
        forms = [(field["name"], form_of(field)) for field in schema["fields"][:-2]]
        writes = [writer_of(field["type"][1], named) for field in fields[:-2]]
        self._plan: tuple[tuple[str, Any, Form, Write], ...] = tuple(
            (name, form.kind, form, write) for (name, form), write in zip(forms, writes, strict=True)
        )
        self._names = frozenset(name for name, _ in forms)

    def __call__(self, out: bytearray, image: Image) -> None:
        """Append the record."""
        absent: list[str] = []
        extra = {name: jsontext.dump(image[name]) for name in image.keys() - self._names}
        get = image.get
        for name, kind, form, write in self._plan:
            value: Any = get(name, _UNKNOWN)
            if value is None:
                out.append(0)
            elif value is _UNKNOWN:
                out.append(0)
                absent.append(name)
            elif type(value) is not kind:
                if not _written(out, value, form, write):
                    extra[name] = jsontext.dump(value)
            elif kind is str:
                # Written out, as most fields are short texts.
                held = value.encode()
                length = len(held)
                if length < 64:
                    out += SHORT_TEXT[length]
                    out += held
                else:
                    out.append(2)
                    write_bytes(out, held)
            else:
                out += TRUE if value else FALSE
        _write_names(out, sorted(absent))
        _write_texts(out, extra)


def _written(out: bytearray, value: Any, form: Form, write: Write) -> bool:
    """Whether the field alone gives the value back; it is filled whenever it can hold it at all."""
    held = form.write(value)
    if held is None:
        out.append(0)
        return False
    out.append(2)
    write(out, held)
    return form.exact or form.read(held) == value


def _write_names(out: bytearray, names: list[str]) -> None:
    if names:
        write_long(out, len(names))
        for name in names:
            write_text(out, name)
    out.append(0)


def _write_texts(out: bytearray, texts: dict[str, bytes]) -> None:
    if texts:
        write_long(out, len(texts))
        for name in sorted(texts):
            write_text(out, name)
            write_bytes(out, texts[name])
    out.append(0)
