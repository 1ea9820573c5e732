"""The names a flow uses: every entity and field must be one its API has, or nothing of it would ever be kept in step."""

from collections.abc import Iterator

from schemas.api_fields import MAPS, Api, System
from schemas.document import Document
from schemas.flow import Flow, Side
from schemas.flow_property import Property
from schemas.wording import Place, did_you_mean, nearest, nearest_first

OWNERS = {"invoiced": "Invoiced", "crm": "the CRM"}


def check_fields(document: Document, flow: Flow, api: Api) -> None:
    """Notes every entity and field that its API does not have."""
    for system, side in sides(flow):
        known = api.entities(system)
        for index, entity in enumerate(flow.barrier.get(system, ())):
            if entity not in known:
                message = f"barrier.{system} has {entity!r}, no entity of {OWNERS[system]}; {did_you_mean(entity, known)}"
                document.wrong(("barrier", system, index), message)
        if not api.has(system, side.entity):
            message = f"{system}.entity is {side.entity!r}; {did_you_mean(side.entity, known)}"
            document.wrong((system, "entity"), message)
            continue
        for place, what, name in _names(flow, system, side):
            if not api.knows(system, side.entity, name):
                document.wrong(place, f"{what} is {_unknown(api, system, side.entity, name)}")


def sides(flow: Flow) -> tuple[tuple[System, Side], tuple[System, Side]]:
    """Both ends of a flow."""
    return ("invoiced", flow.invoiced), ("crm", flow.crm)


def names_of(each: Property, system: System) -> tuple[str, ...]:
    """The fields of one side that a property is kept in."""
    held = each.invoiced if system == "invoiced" else each.crm
    return held if isinstance(held, tuple) else (held,) * bool(held)


def _names(flow: Flow, system: System, side: Side) -> Iterator[tuple[Place, str, str]]:
    """Every field a flow names on one side: where, as what, and its name."""
    for key, held in (("when", side.when), ("create", side.create)):
        for name in held:
            yield (system, key, name), f"{system}.{key}.{name}", name
    for at, each in enumerate(flow.properties):
        for index, name in enumerate(names_of(each, system)):
            yield ("properties", at, system, index), f"{system} {name!r} of {each.name!r}", name


def _in_a_map(entity: str, name: str) -> str | None:
    """The map that was meant before a dot, and the rest as it stands."""
    head, dot, rest = name.partition(".")
    meant = nearest(head + dot, MAPS.get(entity, ()))
    return f"{meant}{rest}" if meant and rest else None


def _unknown(api: Api, system: System, entity: str, name: str) -> str:
    """What is said of a name that the API does not have: the one that was meant, and where one's own is declared."""
    known = api.fields(system, entity)
    near = nearest(name, known) or (_in_a_map(entity, name) if system == "invoiced" else None)
    meant = f"did you mean {near!r}?" if near else f"nearest: {', '.join(nearest_first(name, known)[:5])}."
    own = (
        "A custom field is `metadata.<its id>`"
        if system == "invoiced"
        else "A field of your own is declared in the CRM's profile (TANDEM_CRM__PROFILE): "
        f"entities.{entity}.properties: {{{name}: {name}}}"
    )
    if system == "invoiced" and entity == "contact":
        own = "Contacts have no custom fields"
    return f"no field of {OWNERS[system]}'s {entity}; {meant} {own}"
