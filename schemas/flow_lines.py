"""The lines of a flow, checked as a flow of their own: one between the entries of the two lists."""

from dataclasses import replace

from schemas.api_fields import Api, list_of
from schemas.document import Document
from schemas.flow import Flow, Lines
from schemas.flow_fields import OWNERS, sides
from schemas.wording import did_you_mean


def check_lists(document: Document, flow: Flow, lines: Lines, api: Api) -> bool:
    """Tell whether both lists are lists of lines, whose fields can be checked; notes those that are not."""
    right = True
    named = (("invoiced", lines.invoiced, lines.invoiced_id), ("crm", lines.crm, lines.crm_id))
    for (system, side), (_, name, number) in zip(sides(flow), named, strict=True):
        known = api.lists(system, side.entity)
        if name not in known:
            message = f"lines.{system} is {name!r}, no list of lines of {OWNERS[system]}'s {side.entity}; {did_you_mean(name, known)}"
            document.wrong(("lines", system), message)
            right = False
        elif not api.knows(system, list_of(side.entity, name), number):
            fields = api.fields(system, list_of(side.entity, name))
            message = f"lines.{system}_id is {number!r}, no field of a line; {did_you_mean(number, fields)}"
            document.wrong(("lines", f"{system}_id"), message)
    return right


def between_lines(flow: Flow, lines: Lines) -> Flow:
    """The flow between the entries of both lists."""
    return replace(
        flow,
        invoiced=replace(
            flow.invoiced, entity=list_of(flow.invoiced.entity, lines.invoiced), when={}, create={}
        ),
        crm=replace(flow.crm, entity=list_of(flow.crm.entity, lines.crm), when={}, create={}),
        barrier={},
        properties=lines.properties,
        parent=None,
        lines=None,
    )
