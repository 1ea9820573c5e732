"""What the shared machinery (lists, filters, sorting) has to know of an entity; pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from .fields import Field


@dataclass(frozen=True, slots=True)
class Entity:
    """An object of the API: its name in `object`, `events` and the store, and its fields."""

    name: str
    fields: tuple[Field, ...]
    expandable: Mapping[str, str]  # field -> the entity its id names
    key_is_id: bool = True  # whether the store keeps a record under its id

    def field(self, name: str) -> Field | None:
        """The field of that name that can be seen."""
        for each in self.fields:
            if each.name == name and each.access != "write":
                return each
        return None

    def column(self, name: str) -> str | None:
        """The SQL of a field's value; None where the field is unknown or holds no single value."""
        field = self.field(name)
        if field is None or field.kind in {"list", "map", "object"}:
            return None
        if name in {"created_at", "updated_at"} or (name == "id" and self.key_is_id):
            return name
        return f"json_extract(document, '$.{name}')"
