"""What flows say of one another: references, parents, and which flow takes a record; each mistake with its cure."""

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import combinations

from schemas.api_fields import Api
from schemas.document import Document
from schemas.flow import Flow, Side
from schemas.flow_fields import names_of, sides
from schemas.flow_property import Property
from schemas.wording import did_you_mean

Read = Sequence[tuple[Document, Flow]]


def check_references(document: Document, flow: Flow, names: Sequence[str], whole: bool) -> None:
    """Notes every reference of one flow that leads nowhere. `whole`: all files could be read."""
    for index, each in enumerate(flow.properties):
        place = ("properties", index)
        if each.type == "reference" and each.refers is None:
            message = (
                f"{each.name!r} is a reference to nothing; add `refers: <flow>`; {did_you_mean('', names)}"
            )
            document.wrong(place, message)
        elif each.type != "reference" and each.refers is not None:
            message = (
                f"{each.name!r} has refers but is {each.type}; make it `type: reference` or remove refers"
            )
            document.wrong((*place, "refers"), message)
        elif whole:
            for to in [one for one in each.targets() if one not in names]:
                message = (
                    f"{each.name!r} refers to the flow {to!r}, which is in no file; {did_you_mean(to, names)}"
                )
                document.wrong((*place, "refers"), message)
        if len(each.targets()) > 1 and len(each.targets()) != len(names_of(each, "crm")):
            message = f"{each.name!r} refers to {len(each.targets())} flows, and names {len(names_of(each, 'crm'))} fields of the CRM; name one for each"
            document.wrong((*place, "refers"), message)
        if each.required and each.type != "reference":
            message = f"{each.name!r} is required but {each.type}; only a reference can be: remove it, or make it `type: reference`"
            document.wrong((*place, "required"), message)
    _check_parent(document, flow)


def _check_parent(document: Document, flow: Flow) -> None:
    required = [each.name for each in flow.properties if each.type == "reference" and each.required]
    if flow.parent is not None and flow.parent not in required:
        message = (
            f"parent is {flow.parent!r}, which is no required reference of this flow; write `required: true` there, "
            f"or name one that is; {did_you_mean(flow.parent, required)}"
        )
        document.wrong(("parent",), message)


def check_together(flows: Read, api: Api) -> None:
    """Notes what no flow could tell alone: parents that wait for one another, and records two flows would take."""
    _check_cycles(flows)
    for (_, first), (document, second) in combinations(flows, 2):
        for (system, one), (_, two) in zip(sides(first), sides(second), strict=True):
            told = all(api.knows(system, one.entity, name) for name in (*one.when, *two.when))
            if one.entity == two.entity and told and not _apart(one, two):
                message = (
                    f"{system} {two.entity} may belong to {first.name!r} as well; "
                    "say in `when` of both which records are whose"
                )
                document.wrong((system, "when"), message)


def _apart(one: Side, two: Side) -> bool:
    """Whether no record can be of both."""
    for name, wanted in one.when.items():
        known = two.when.get(name)
        if known is None:
            continue
        if isinstance(wanted, str) or isinstance(known, str):
            if wanted != known and "filled" not in (wanted, known):
                return True  # one wants it empty, the other a value
            if {wanted, known} == {"empty", "filled"}:
                return True
        elif not set(wanted) & set(known):
            return True
    return False


def _check_cycles(flows: Read) -> None:
    graph = {flow.name: {to for each in _required(flow) for to in each.targets()} for _, flow in flows}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        ring: list[str] = error.args[1]
        document, flow = next((one, flow) for one, flow in flows if flow.name in ring)
        index, each = next(
            (at, each)
            for at, each in enumerate(flow.properties)
            if each in _required(flow) and set(each.targets()) & set(ring)
        )
        chain = " → ".join(reversed(ring))
        message = (
            f"{each.name!r} closes a ring of required references, {chain}: each would wait for the other for ever; "
            "remove `required: true` from one"
        )
        document.wrong(("properties", index, "required"), message)


def _required(flow: Flow) -> list[Property]:
    return [each for each in flow.properties if each.required and each.type == "reference" and each.refers]
