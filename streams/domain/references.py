"""What a reference names: the fields it is kept in, the entity of each, and refs as raw values and back."""

from typing import Any

from schemas.flow_property import Property
from streams.domain.config import Config, side
from streams.domain.lenses import names

TEXT_IDS = {
    "item"
}  # Invoiced's ids are whole numbers, but for what its users name themselves (fact sheet, 1)


def system_of(ref: str) -> str:
    return ref.split(":", 1)[0]


def entity_of(ref: str) -> str:
    return ref.split(":", 2)[1]


def id_of(ref: str) -> str:
    return ref.split(":", 2)[2]


def referred(config: Config, prop: Property, system: str) -> dict[str, str]:
    """The fields of a reference in a system, and the entity that each of them names."""
    entities = [side(config.flow(flow), system).entity for flow in prop.targets()]
    return dict(zip(names(prop, system), entities, strict=False))


def parent_ref(config: Config, prop: Property, system: str, raw: str) -> str:
    """The ref of the record that a reference's raw value names."""
    fields = referred(config, prop, system)
    if len(fields) == 1:
        return f"{system}:{next(iter(fields.values()))}:{raw}"
    field, _, number = raw.partition(":")
    return f"{system}:{fields[field]}:{number}"


def raw_id(config: Config, prop: Property, system: str, ref: str) -> Any:
    """A ref as a reference's raw value in its own system; None where no field can name records of its kind."""
    fields = referred(config, prop, system)
    field = next((one for one, entity in fields.items() if entity == entity_of(ref)), None)
    whole = system == "invoiced" and entity_of(ref) not in TEXT_IDS and id_of(ref).isdigit()
    number: Any = int(id_of(ref)) if whole else id_of(ref)
    return None if field is None else number if len(fields) == 1 else f"{field}:{number}"
