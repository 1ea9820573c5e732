"""Whether a property's type fits the fields it is kept in: what is written there must be something they hold."""

from collections.abc import Mapping, Sequence

from schemas.api_fields import NAMES, REFERENCE, Api, Kind, System
from schemas.document import Document
from schemas.flow import Flow
from schemas.flow_fields import OWNERS, names_of, sides
from schemas.flow_property import Property

# What the fields of a type hold; every other type is a text.
_HELD: Mapping[str, Kind] = {
    "boolean": "yes/no",
    "archive": "yes/no",
    "decimal": "number",
    "reference": REFERENCE,
    "instant": "time",
}
_CURES: Mapping[Kind, str] = {
    "text": "write `type: text`, or leave the type out",
    "yes/no": "write `type: boolean`",
    "number": "write `type: decimal`",
    "reference": "write `type: reference` and what it refers to",
    "time": "write `type: instant`",
    "list": "write `type: amount`",
}


def check_kinds(document: Document, flow: Flow, flows: Sequence[Flow], api: Api) -> None:
    """Notes every property that one of its fields cannot hold, and every reference it cannot name."""
    known = [one for one in flows if all(api.has(system, side.entity) for system, side in sides(one))]
    for index, each in enumerate(flow.properties):
        wrong = _misfit(flow, each, api)
        if wrong is not None:
            document.wrong(("properties", index, "type"), wrong)
        elif each.type == "reference":
            _check_target(document, index, flow, known)


def _misfit(flow: Flow, each: Property, api: Api) -> str | None:
    """Any field may be read as a text, but it is only written with what it holds."""
    wanted = _HELD.get(each.type, "text")
    for system, side in sides(flow):
        written = each.direction in {"both", f"to-{system}"} or each.type == "reference"
        for name in names_of(each, system):
            kind = api.kind(system, side.entity, name)
            if written and kind is not None and kind not in _fit(each, system, wanted):
                away = "crm" if system == "invoiced" else "invoiced"
                cure = _CURES.get(kind, f"no type writes it: write `direction: to-{away}`, or name another")
                return (
                    f"{each.name!r} is {each.type}, but {name!r} of {OWNERS[system]}'s {side.entity} "
                    f"holds a {kind}; {cure}"
                )
    return None


def _fit(each: Property, system: System, wanted: Kind) -> tuple[Kind, ...]:
    """What the field of one side may hold."""
    if each.type == "amount":
        return ("list", "number") if system == "invoiced" else ("number",)
    if each.type == "archive" and each.invoiced == "status" and system == "invoiced":
        return ("text",)  # voided is one of them
    return (wanted,)


def _check_target(document: Document, index: int, flow: Flow, flows: Sequence[Flow]) -> None:
    """The flow a reference names must be of the entity that its fields can name. `flows`: of entities there are."""
    each = flow.properties[index]
    for at, name in enumerate(each.targets()):
        target = next((one for one in flows if one.name == name), None)
        if target is None or (wrong := _cannot_name(flow, each, target, at)) is None:
            continue
        fit = [one.name for one in flows if _cannot_name(flow, each, one, at) is None]
        cure = (
            f"write `refers: {fit[0]}`" if fit else "no flow here is of those: add it, or remove the property"
        )
        document.wrong(
            ("properties", index, "refers"), f"{each.name!r} refers to the flow {name!r}, {wrong}; {cure}"
        )


def _cannot_name(flow: Flow, each: Property, target: Flow, at: int) -> str | None:
    """Why the fields of a reference cannot name records of that flow."""
    system: System
    for (system, own), (_, other) in zip(sides(flow), sides(target), strict=True):
        fields = names_of(each, system)
        for name in fields[at : at + 1] or fields[:1]:
            entity = NAMES.get((system, own.entity, name))
            if entity is not None and entity != other.entity:
                return f"of {other.entity} in {OWNERS[system]}, but {name!r} there names a {entity}"
    return None
