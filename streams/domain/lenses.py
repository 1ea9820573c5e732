"""A property's two ends: `get` reads a value from an image, `put` writes one into what the destination shows.

Laws (tests/property): GetPut, writing what is already there changes nothing; PutGet, what was written is read
back. A name the image lacks is `UNKNOWN`: it is neither an edit nor empty.
"""

from collections.abc import Container, Mapping
from typing import Any, Final

from schemas.flow_property import Property
from schemas.records import Json
from streams.domain.line_property import LineProperty
from streams.domain.values import READERS, person_name, same, seconds


class _Unknown:
    """The value of a property whose name the image does not carry."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()
VOIDS: Final = ("status", "voided")  # how an invoice goes out of use
Present = Mapping[str, Any]


def names(prop: Property, system: str) -> tuple[str, ...]:
    """The API's own names of a property on one side; none where that system has no such thing."""
    if system == "invoiced":
        return (prop.invoiced,) if prop.invoiced else ()
    return (prop.crm,) if isinstance(prop.crm, str) else tuple(prop.crm)


def _get_archive(image: Present, system: str, keys: tuple[str, ...]) -> Any:
    """True while the record is in use. The CRM has two marks for it: inactive or deleted both mean out of use.

    A system without an archive shows what is there, and that is in use.
    """
    if not keys:
        return True if image else UNKNOWN
    if keys == (VOIDS[0],):  # voided once, for good: it says nothing of whether the other is in use
        return UNKNOWN if keys[0] not in image or image[keys[0]] == VOIDS[1] else True
    if system == "invoiced":
        return UNKNOWN if keys[0] not in image else image[keys[0]] is not False
    if not any(name in image for name in keys):
        return UNKNOWN
    *active, deleted = keys
    return all(image.get(name) is not False for name in active) and image.get(deleted) is not True


def _put_archive(value: Json, system: str, keys: tuple[str, ...]) -> dict[str, Json]:
    if keys == (VOIDS[0],):
        return {keys[0]: VOIDS[1]} if value is False else {}
    if system == "invoiced":
        return {name: bool(value) for name in keys}
    *active, deleted = keys
    return {**{name: bool(value) for name in active}, deleted: not value}


def _get_name(image: Present, keys: tuple[str, ...]) -> Any:
    """First and last name as one; where either is unknown, so is the whole."""
    if not all(key in image for key in keys):
        return UNKNOWN
    return person_name(" ".join(str(image[key]) for key in keys if image[key] is not None))


def _put_name(value: Json, keys: tuple[str, ...]) -> dict[str, Json]:
    """Split before the last word; a single one is the last name."""
    *first, last = str(value).split() if value is not None else (None,)
    return {keys[0]: " ".join(map(str, first)) or None, keys[1]: last}


def _put_one_of(value: Json, keys: tuple[str, ...]) -> dict[str, Json]:
    key, _, number = str(value).partition(":") if value is not None else ("", "", "")
    return {one: number if one == key else None for one in keys}


def _get_one_of(image: Present, keys: tuple[str, ...]) -> Any:
    """A reference with a field for each kind of record: the field that is filled, and the id in it."""
    filled = [f"{key}:{image[key]}" for key in keys if image.get(key) not in (None, "")]
    return filled[0] if filled else None if all(key in image for key in keys) else UNKNOWN


def get(prop: Property, system: str, image: Present) -> Any:
    """The property's value in an image: canonical, or `UNKNOWN`. References stay raw ids: see `references`."""
    keys = names(prop, system)
    if prop.type == "archive":
        return _get_archive(image, system, keys)
    if len(keys) > 1:
        return (_get_one_of if prop.type == "reference" else _get_name)(image, keys)
    if isinstance(prop, LineProperty) and not image.get(mark := prop.mark(system)):
        return None if keys == (mark,) and mark in image else UNKNOWN
    if keys[0] not in image:  # a map shows only the keys it has: one it lacks is empty
        return None if "." in keys[0] else UNKNOWN
    raw = image[keys[0]]
    if prop.type == "reference":
        return None if raw in (None, "") else str(raw)
    return READERS[prop.type](raw)


def _spell(prop: Property, system: str, value: Json) -> Json:
    """A value as the destination spells it: Invoiced writes currencies in lower case, times as seconds, amounts in lists."""
    if system == "invoiced" and prop.type == "instant":
        return seconds(value)
    if system == "invoiced" and prop.type == "amount":
        return [] if value is None else [{"amount": value}]
    if prop.type == "currency" and system == "invoiced" and isinstance(value, str):
        return value.lower()
    return value


def put(prop: Property, system: str, value: Json, present: Present) -> dict[str, Json]:
    """The names to write so that `get` gives `value`; nothing where the destination already shows it."""
    now = get(prop, system, present)
    if now is not UNKNOWN and same(prop.type, now, value):
        return {}
    if prop.type == "archive":
        wanted = _put_archive(value, system, names(prop, system))
        return {name: new for name, new in wanted.items() if present.get(name) is not new}
    keys = names(prop, system)
    if len(keys) > 1:
        return (_put_one_of if prop.type == "reference" else _put_name)(value, keys)
    return {keys[0]: _spell(prop, system, value)}


def read_all(props: tuple[Property, ...], system: str, image: Present) -> dict[str, Any]:
    """All known values of an image: property → value."""
    found = [(prop.name, get(prop, system, image)) for prop in props]
    return {name: value for name, value in found if value is not UNKNOWN}


def read_some(
    props: tuple[Property, ...], wanted: Container[str], system: str, image: Present
) -> dict[str, Any]:
    """The known values of an image among the wanted properties: reading all of them costs more than they do."""
    return read_all(tuple(prop for prop in props if prop.name in wanted), system, image)
