"""What a flow makes must belong to it: what it asks of its records against what it writes with every create."""

from schemas.api_fields import VALUES, Api, Kind, System
from schemas.document import Document
from schemas.flow import Flow, Side
from schemas.flow_fields import OWNERS, names_of, sides
from schemas.wording import did_you_mean

Wanted = str | tuple[str, ...]
_TYPES: dict[Kind, type] = {"text": str, "number": int, "yes/no": bool}


def check_belonging(document: Document, flow: Flow, api: Api) -> None:
    """Notes every value no record has, and every create whose record this flow would not take."""
    for system, side in sides(flow):
        sound = _check_when(document, system, side, api) & _check_create(document, system, side, api)
        if sound and (flow.policy.create.to_crm if system == "crm" else flow.policy.create.to_invoiced):
            _check_made(document, flow, system, side, api)


def _check_when(document: Document, system: System, side: Side, api: Api) -> bool:
    sound = True
    for name, wanted in side.when.items():
        if isinstance(wanted, str) or not api.knows(system, side.entity, name):
            continue
        kind = api.kind(system, side.entity, name)
        if not wanted:
            message = f"{system}.when.{name} lists no value, so no record would belong to this flow; list one, or remove it"
            document.wrong((system, "when", name), message)
            sound = False
        if kind not in (None, "text"):
            message = f"{system}.when.{name} lists {list(wanted)!r}, but holds a {kind}; ask whether it is empty or filled"
            document.wrong((system, "when", name), message)
            sound = False
        for index, value in enumerate(wanted):
            sound &= _check_value(document, (system, "when", name, index), side.entity, value)
    return sound


def _check_create(document: Document, system: System, side: Side, api: Api) -> bool:
    sound = True
    for name, value in side.create.items():
        kind = api.kind(system, side.entity, name)
        if kind in _TYPES and type(value) is not _TYPES[kind]:
            message = f"{system}.create.{name} is {value!r}, but holds a {kind}; write one, or leave it out"
            document.wrong((system, "create", name), message)
            sound = False
        else:
            sound &= _check_value(document, (system, "create", name), side.entity, value)
    return sound


def _check_value(document: Document, place: tuple[int | str, ...], entity: str, value: object) -> bool:
    system, key, name = map(str, place[:3])
    known = VALUES.get((system, entity, name))
    if known is None or value in known:
        return True
    message = f"{system}.{key}.{name} has {value!r}, which no {entity} of {OWNERS[system]} has; {did_you_mean(value, known)}"
    document.wrong(place, message)
    return False


def _check_made(document: Document, flow: Flow, system: System, side: Side, api: Api) -> None:
    """A field that a property fills is left to what the other side shows."""
    filled = {
        name
        for each in flow.properties
        if each.direction in {"both", f"to-{system}"}
        for name in names_of(each, system)
    }
    for name, wanted in side.when.items():
        made = side.create.get(name)
        if name in filled or not api.knows(system, side.entity, name) or _meets(made, wanted):
            continue
        asked = wanted if isinstance(wanted, str) else " or ".join(wanted)
        message = (
            f"{system}.when asks for {name} {asked}, but {system}.create "
            f"{'leaves it out' if made is None else f'writes {made!r}'}: what this flow makes would not belong "
            f"to it; {_cure(system, name, wanted)}"
        )
        document.wrong((system, "when" if made is None else "create", name), message)


def _meets(made: object, wanted: Wanted) -> bool:
    if isinstance(wanted, str):
        return (made in (None, "")) == (wanted == "empty")
    return made in wanted


def _cure(system: str, name: str, wanted: Wanted) -> str:
    if wanted == "empty":
        return f"remove {name} from `create`"
    value = "<value>" if isinstance(wanted, str) else wanted[0] if wanted else "<value>"
    return f"write `create: {{{name}: {value}}}`, or `to_{system}: off` under policy.create"
