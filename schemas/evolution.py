"""What breaks when an Avro schema becomes another one, both ways: new readers of old data, old readers of new."""

import json
from typing import Any

from fastavro.schema import parse_schema

Named = dict[str, Any]


def breaks(old: str, new: str) -> list[str]:
    """Every difference that is not fully compatible, in words; none means that all may read all."""
    return _compare(_Names(old), _Names(new))


class _Names:
    """A schema with its named types at hand."""

    def __init__(self, text: str) -> None:
        self.named: Named = {}
        self.root = parse_schema(json.loads(text), named_schemas=self.named)

    def resolve(self, type_: Any) -> Any:
        return self.named.get(type_, type_) if isinstance(type_, str) else type_


def _compare(old: _Names, new: _Names) -> list[str]:
    found: list[str] = []
    seen: set[tuple[str, str]] = set()

    def walk(before: Any, after: Any, where: str) -> None:
        before, after = old.resolve(before), new.resolve(after)
        if _kind(before) != _kind(after):
            found.append(f"{where or 'the schema'} was {_kind(before)}, is {_kind(after)}")
        elif isinstance(before, list):
            found.extend(_branches(before, after, old, new, where))
            for one, other in _pairs(before, after, old, new):
                walk(one, other, where)
        elif isinstance(before, dict):
            step(before, after, where)

    def step(before: Named, after: Named, where: str) -> None:
        if before["type"] in {"array", "map"}:
            item = "items" if before["type"] == "array" else "values"
            walk(before[item], after[item], f"{where}[]")
        elif before["type"] == "record" and (before["name"], after["name"]) not in seen:
            seen.add((before["name"], after["name"]))
            ours, theirs = _fields(before), _fields(after)
            found.extend(_without_default(ours, theirs, where, "gone"))
            found.extend(_without_default(theirs, ours, where, "new"))
            for name in (name for name in ours if name in theirs):
                walk(ours[name]["type"], theirs[name]["type"], f"{where}.{name}" if where else name)

    walk(old.root, new.root, "")
    return sorted(found)


def _without_default(fields: Named, others: Named, where: str, word: str) -> list[str]:
    lost = (field for name, field in fields.items() if name not in others and "default" not in field)
    return [f"{where + '.' if where else ''}{field['name']} is {word} and has no default" for field in lost]


def _fields(record: Named) -> Named:
    return {field["name"]: field for field in record["fields"]}


def _kind(type_: Any) -> str:
    """What must stay: the type, a record's name, a decimal's precision and scale, an enum's symbols."""
    if isinstance(type_, list):
        return "a union"
    if isinstance(type_, str):
        return type_
    kind = type_["type"]
    if type_.get("logicalType") == "decimal":
        return f"decimal({type_['precision']},{type_.get('scale', 0)})"
    if kind == "enum":
        return f"enum {type_['name']} of {', '.join(type_['symbols'])}"
    return f"{kind} {type_['name']}" if kind in {"record", "fixed"} else str(type_.get("logicalType", kind))


def _pairs(before: list[Any], after: list[Any], old: _Names, new: _Names) -> list[tuple[Any, Any]]:
    theirs = {_kind(new.resolve(branch)): branch for branch in after}
    kinds = ((_kind(old.resolve(branch)), branch) for branch in before)
    return [(branch, theirs[kind]) for kind, branch in kinds if kind in theirs]


def _branches(before: list[Any], after: list[Any], old: _Names, new: _Names, where: str) -> list[str]:
    ours = {_kind(old.resolve(branch)) for branch in before}
    theirs = {_kind(new.resolve(branch)) for branch in after}
    gone = [f"{where} may no longer be {kind}" for kind in sorted(ours - theirs)]
    return gone + [
        f"{where} may now be {kind}, which old readers cannot read" for kind in sorted(theirs - ours)
    ]
