"""The page of flow files: every field, what it may be and what it means, out of the model they are checked by."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from schemas.flow import Flow

Schema = Mapping[str, Any]

# Part of the file → where it stands there.
PARTS = {
    "Flow": "The file",
    "Side": "`invoiced`, `crm`",
    "Property": "Each of `properties`",
    "Rule": "Each of `rules`",
    "Policy": "`policy`",
    "Creation": "`policy.create`",
}

_HEAD = """# Flow files

Generated from the code (`python -m schemas.reference`). A flow is one YAML file: a pair of entities and how their
records are kept in step. Tandem's own stand in `schemas/flows/`; a folder of yours is named by `TANDEM_FLOWS`.
`tandem flows check FOLDER` names every mistake with file, line and cure; no process starts on a wrong file.
The fields a flow may name are Invoiced's (custom ones as `metadata.<id>`) and the reference CRM's. A CRM with fields of
its own declares them in its profile, `entities.product.properties: {Shade: Shade}` (our name: the CRM's), and
`TANDEM_CRM__PROFILE` names that file to every process. Of a profile that is not named `reference` and declares no
property of an entity nothing is known: any field is taken.
"""


def flows_page() -> str:
    """The page, one table a part of the file."""
    whole = TypeAdapter(Flow).json_schema()
    parts = {"Flow": whole, **whole["$defs"]}
    whole["properties"]["policy"].setdefault("description", parts["Policy"]["description"])
    return _HEAD + "".join(_part(title, parts[name]) for name, title in PARTS.items())


def _part(title: str, schema: Schema) -> str:
    rows = "".join(_row(name, field, schema) for name, field in schema["properties"].items())
    return f"\n## {title}\n| field | may be | default | what it means |\n|---|---|---|---|\n{rows}"


def _row(name: str, field: Schema, schema: Schema) -> str:
    default = "required" if name in schema.get("required", ()) else _default(field)
    return f"| `{name}` | {_kind(field)} | {default} | {field.get('description', '')} |\n"


def _default(field: Schema) -> str:
    value = field.get("default")
    return "" if value in (None, {}) or isinstance(value, dict) else f"`{str(value).lower()}`"


def _kind(field: Schema) -> str:
    if "enum" in field:
        return " \\| ".join(f"`{value}`" for value in field["enum"])
    if "anyOf" in field:
        return " or ".join(_kind(one) for one in field["anyOf"] if one.get("type") != "null")
    if "$ref" in field:
        return "see below"
    if field.get("type") == "array":
        items = field.get("items")
        return (
            "list of names"
            if not items
            else "list, see below"
            if "$ref" in items
            else f"list of {_kind(items)}"
        )
    if field.get("type") == "object":
        return f"name and {_kind(field['additionalProperties'])}"
    return {"string": "text", "integer": "number", "boolean": "yes/no"}[str(field["type"])]
