"""A flow as it stands for one record: the properties of its lines are properties of the record."""

from collections.abc import Iterator
from dataclasses import replace

from schemas.flow import Flow, Lines
from streams.domain.line_property import LineProperty
from streams.domain.rows import LinkRow

_MOST = 64
_expanded: dict[tuple[int, tuple[str, ...]], tuple[Flow, Flow]] = {}


def expanded(flow: Flow, row: LinkRow) -> Flow:
    """The flow with the properties of all lines of this row."""
    if flow.lines is None or not row.lines:
        return flow
    place = (id(flow), tuple(row.lines))
    if place not in _expanded:
        if len(_expanded) >= _MOST:
            del _expanded[next(iter(_expanded))]
        more = tuple(prop for key in row.lines for prop in _properties(flow.lines, key))
        _expanded[place] = (flow, replace(flow, properties=(*flow.properties, *more)))
    return _expanded[place][1]


def _properties(lines: Lines, key: str) -> Iterator[LineProperty]:
    marks = (f"{lines.invoiced}.{key}", f"{lines.crm}.{key}")
    yield LineProperty(
        name=f"line.{key}", invoiced=marks[0], crm=marks[1], type="boolean", key=key, marks=marks
    )
    for each in lines.properties:
        yield LineProperty(
            name=f"line.{key}.{each.name}",
            invoiced=f"{marks[0]}.{each.invoiced}" if each.invoiced else "",
            crm=f"{marks[1]}.{each.crm}",
            type=each.type,
            direction=each.direction,
            conflict=each.conflict,
            on_far_edit=each.on_far_edit,
            refers=each.refers,
            key=key,
            marks=marks,
        )
