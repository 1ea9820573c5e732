"""`tandem plan`: what would be written if everything held were let go."""

from collections.abc import Iterator, Mapping
from typing import Any

import click
from msgspec import structs

from ops.cli.grammar import Command
from ops.cli.output import Reply
from ops.cli.session import ask, flow_option, given, in_order, page_options, wait_option
from ops.errors import Excess

COLUMNS = ("record", "counterpart", "flow", "direction", "verb", "property", "from", "to")


@click.command(cls=Command)
@flow_option
@click.option(
    "--threshold", type=click.IntRange(min=0), help="Exit with 3 when more than this would be written."
)
@page_options
@wait_option
def plan(flow: str | None, threshold: int | None, limit: int, after: str | None, wait: float) -> Reply:
    """What would be written: counts and differences."""
    answer = ask("plan", given({"flow": flow, "after": after, "limit": limit}), wait)
    rows = in_order(answer["plan"])
    total = int(answer.get("total", sum(int(row.get("count", 1)) for row in rows)))
    data = {**answer, "plan": rows, "total": total, "next": answer.get("next")}
    reply = Reply(data, columns={"plan": COLUMNS}, shown={**data, "plan": list(lines(rows))})
    if threshold is None or total <= threshold:
        return reply
    message = f"{total} writes are planned, above the threshold of {threshold}"
    cure = "look at them before `tandem gate approve`"
    failure = Excess("threshold", message, where="tandem plan", cure=cure)
    return structs.replace(reply, exit_code=failure.exit_code, failure=failure)


def lines(rows: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """A line for each value that changes; a cross-reference of ours that is written along is one more."""
    for row in rows:
        head = {**_named(row), **{name: row.get(name) for name in ("flow", "direction", "verb")}}
        changes = [
            {"property": name, "from": change.get("from"), "to": change.get("to")}
            for name, change in (row.get("values") or {}).items()
        ]
        if row.get("cross_reference"):
            changes.append({"property": "cross-reference", "from": None, "to": row["cross_reference"]})
        yield from ({**head, **change} for change in changes or [{"property": "-"}])


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """The record that is written and the one it is written from; one that is to be made has no name yet."""
    written, source = ("crm", "invoiced") if row.get("direction") == "to-crm" else ("invoiced", "crm")
    return {"record": row.get(written) or "(new)", "counterpart": row.get(source)}
