"""`tandem plan`: what would be written if everything held were let go."""

import click

from ops.cli.grammar import Command
from ops.cli.output import Reply
from ops.cli.session import ask, flow_option, given, in_order, page_options, wait_option
from ops.errors import Excess


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
    if threshold is None or total <= threshold:
        return Reply(data)
    message = f"{total} writes are planned, above the threshold of {threshold}"
    failure = Excess(
        "threshold", message, where="tandem plan", cure="look at them before `tandem gate approve`"
    )
    return Reply(data, exit_code=failure.exit_code, failure=failure)
