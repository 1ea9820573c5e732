"""Our own Avro schemas, read from `schemas/avro` with the records they name put in."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from fastavro.schema import load_schema

FOLDER = Path(__file__).parent / "avro"

Schema = dict[str, Any]


@cache
def schema_text(full_name: str) -> str:
    """The self-contained schema of a record, as the registry gets it."""
    schema = load_schema(str(FOLDER / f"{full_name}.avsc"), _write_hint=False)
    return json.dumps(schema, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def plain(schema: Any) -> Any:
    """The schema without logical types: numbers and bytes come as they stand on the wire, fast and exact."""
    if isinstance(schema, list):
        return [plain(branch) for branch in schema]
    if not isinstance(schema, dict):
        return schema
    if "logicalType" in schema:
        return schema["type"]
    nested = {"type", "items", "values", "fields"}
    return {key: plain(value) if key in nested else value for key, value in schema.items()}
