"""A property's two ends: `get` reads a value from an image, `put` writes one into what the destination shows.

Laws (tests/property): GetPut, writing what is already there changes nothing; PutGet, what was written is read
back. A name the image lacks is `UNKNOWN`: it is neither an edit nor empty.
"""

from collections.abc import Container, Mapping
from typing import Any, Final

from schemas.flow import Property
from schemas.records import Json
from streams.domain.values import READERS, same


class _Unknown:
    """The value of a property whose name the image does not carry."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()
Present = Mapping[str, Any]


def names(prop: Property, system: str) -> tuple[str, ...]:
    """The API's own names of a property on one side."""
    if system == "invoiced":
        return (prop.invoiced,)
    return (prop.crm,) if isinstance(prop.crm, str) else tuple(prop.crm)


def _get_archive(image: Present, system: str, keys: tuple[str, ...]) -> Any:
    """True while the record is in use. The CRM has two marks for it: inactive or deleted both mean out of use."""
    if system == "invoiced":
        return UNKNOWN if keys[0] not in image else image[keys[0]] is not False
    active, deleted = keys
    if active not in image and deleted not in image:
        return UNKNOWN
    return image.get(active) is not False and image.get(deleted) is not True


def _put_archive(value: Json, system: str, keys: tuple[str, ...]) -> dict[str, Json]:
    if system == "invoiced":
        return {keys[0]: bool(value)}
    active, deleted = keys
    return {active: bool(value), deleted: not value}


def get(prop: Property, system: str, image: Present) -> Any:
    """The property's value in an image: canonical, or `UNKNOWN`. References stay raw ids: see `references`."""
    keys = names(prop, system)
    if prop.type == "archive":
        return _get_archive(image, system, keys)
    if keys[0] not in image:  # a map shows only the keys it has: one it lacks is empty
        return None if "." in keys[0] else UNKNOWN
    raw = image[keys[0]]
    if prop.type == "reference":
        return None if raw in (None, "") else str(raw)
    return READERS[prop.type](raw)


def _spell(prop: Property, system: str, value: Json) -> Json:
    """A value as the destination spells it: Invoiced writes currencies in lower case."""
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
    return {names(prop, system)[0]: _spell(prop, system, value)}


def read_all(props: tuple[Property, ...], system: str, image: Present) -> dict[str, Any]:
    """All known values of an image: property → value."""
    found = [(prop.name, get(prop, system, image)) for prop in props]
    return {name: value for name, value in found if value is not UNKNOWN}


def read_some(
    props: tuple[Property, ...], wanted: Container[str], system: str, image: Present
) -> dict[str, Any]:
    """The known values of an image among the wanted properties: reading all of them costs more than they do."""
    return read_all(tuple(prop for prop in props if prop.name in wanted), system, image)
