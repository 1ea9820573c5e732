"""The fields of the records that either API shows, and what each holds: out of the schemas of the change topics.

What those do not list: values in a map of Invoiced (`metadata.*`), the fields of nested objects (`ship_to.city`),
what Invoiced shows beside its documented fields, and what a profile declares of a CRM
(`entities.<entity>.properties`).
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal

from schemas.catalogue import schema_text
from schemas.profile import Profile
from schemas.topic_table import TABLE

System = Literal["invoiced", "crm"]
Kind = Literal["text", "number", "yes/no", "time", "list", "reference"]
REFERENCE: Final = "reference"

# The field → the entity whose record it names.
NAMES: Mapping[tuple[str, str, str], str] = {
    ("invoiced", "customer", "parent_customer"): "customer",
    ("invoiced", "contact", "customer"): "customer",
    ("crm", "customer", "ParentId"): "customer",
    ("crm", "contact", "CustomerId"): "customer",
    ("invoiced", "invoice", "customer"): "customer",
    ("crm", "order", "CustomerId"): "customer",
    ("crm", "order", "ContactId"): "contact",
    ("invoiced", "invoice.items", "catalog_item"): "item",
    ("crm", "order.Lines", "ProductId"): "product",
}
# The field → all the values there are.
VALUES: Mapping[tuple[str, str, str], tuple[str, ...]] = {
    ("invoiced", "customer", "type"): ("company", "person", "government", "non_profit"),
}
# Maps whose keys are free; Invoiced's contacts have none.
MAPS = {
    "customer": ("metadata.", "payment_source."),
    "item": ("metadata.",),
    "invoice": ("metadata.",),
    "invoice.items": ("metadata.",),
}
# Nested objects whose fields are known: all texts. They stand flattened in `extra`, since an Avro name has no dots.
_WITHIN: Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]] = {
    ("invoiced", "invoice"): {
        "ship_to": (
            "name", "attention_to", "address1", "address2", "city", "state", "postal_code", "country",
        ),
    },
    ("crm", "order"): {
        "ShippingAddress": (
            "Name", "AttentionTo", "StreetAddress1", "StreetAddress2", "ZipCode", "City", "State", "Country",
        ),
    },
}  # fmt: skip
# Seen in answers, documented nowhere: nothing is known of what they hold.
_BESIDE = {
    "customer": (
        "ach_gateway_id",
        "cc_gateway_id",
        "convenience_fee",
        "late_fee_schedule",
        "late_fee_schedule_id",
        "network_connection",
        "network_connection_id",
        "owner_id",
    ),
    "contact": ("customer_id", "role"),
    "invoice": ("chase", "late_fees", "needs_attention", "subscription_id"),
}
_KINDS: Mapping[str, Kind] = {"string": "text", "long": "number", "bytes": "number", "boolean": "yes/no"}


def list_of(entity: str, name: str) -> str:
    """What the lines in a list of a record are called where an entity is."""
    return f"{entity}.{name}"


class Api:
    """What is known of both APIs' records. A CRM of whose fields its profile tells nothing has any field."""

    def __init__(self, profile: Profile | None = None) -> None:
        self._profile = profile

    def entities(self, system: System) -> tuple[str, ...]:
        """The entities that are read at all."""
        return tuple(entity for owner, entity in _records() if owner == system and "." not in entity)

    def has(self, system: System, entity: str) -> bool:
        """Whether there is such an entity, or such a list of lines (`list_of`)."""
        return (system, entity) in _records()

    def lists(self, system: System, entity: str) -> tuple[str, ...]:
        """The fields that hold lines of a record."""
        begun = list_of(entity, "")
        found = [name for owner, name in _records() if owner == system and name.startswith(begun)]
        return tuple(name.removeprefix(begun) for name in found)

    def fields(self, system: System, entity: str) -> tuple[str, ...]:
        """The names that are known, those that only a profile declares included."""
        own = self._declared(entity) if system == "crm" else _BESIDE.get(entity, ())
        return tuple(dict.fromkeys([*_typed(system, entity), *own]))

    def knows(self, system: System, entity: str, name: str) -> bool:
        """Whether there is such a field, as far as anybody can tell."""
        if system == "invoiced":
            free = any(name.startswith(each) and name != each for each in MAPS.get(entity, ()))
        else:
            theirs = self._profile is not None and self._profile.name != "reference"
            free = theirs and not self._declared(entity)
        return free or name in self.fields(system, entity)

    def kind(self, system: System, entity: str, name: str) -> Kind | None:
        """What a field holds; None where nothing is known of it."""
        if (system, entity, name) in NAMES:
            return REFERENCE
        return _typed(system, entity).get(name)

    def _declared(self, entity: str) -> tuple[str, ...]:
        known = self._profile.entities.get(entity) if self._profile else None
        return tuple(known.properties) if known else ()


@cache
def _records() -> Mapping[tuple[str, str], str]:
    """The full name of each entity's record, and of each list of lines in one, by system and entity."""
    changes = [(each.name.split("."), each.schema) for each in TABLE if each.public and "." in each.name]
    found = {
        (name[0], name[1]): schema.removesuffix("Change") for name, schema in changes if schema is not None
    }
    return found | {
        (system, list_of(entity, each["name"])): _entry(each)
        for (system, entity), record in found.items()
        for each in json.loads(schema_text(record))["fields"]
        if each.get("shown") == "lines"
    }


def _entry(field: Mapping[str, Any]) -> str:
    """The record of the entries of a list."""
    held = next(branch for branch in field["type"] if branch != "null")["items"]
    return str(held["name"] if isinstance(held, dict) else held)


@cache
def _typed(system: str, entity: str) -> Mapping[str, Kind]:
    record = _records().get((system, entity))
    shown = json.loads(schema_text(record))["fields"] if record else []
    typed = {each["name"]: _kind(each) for each in shown if each["name"] not in {"absent", "extra"}}
    within = _WITHIN.get((system, entity), {})
    return typed | {f"{head}.{name}": "text" for head, names in within.items() for name in names}


def _kind(field: Mapping[str, Any]) -> Kind:
    held = next(branch for branch in field["type"] if branch != "null")
    if field.get("shown") in {"json", "lines"}:
        return "list"
    if isinstance(held, dict) and held.get("logicalType") == "timestamp-millis":
        return "time"
    return _KINDS[held["type"] if isinstance(held, dict) else held]
