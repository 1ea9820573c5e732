"""`tandem doctor`: looks for what is wrong around an installation."""

import click
from msgspec import structs

from ops.cli.grammar import Command
from ops.cli.output import Reply
from ops.doctor import examine
from ops.errors import Negative


@click.command(cls=Command)
def doctor() -> Reply:
    """Look at settings, files, Kafka, registry, both systems and the worker, each with its cure.

    The exit code is that of the gravest finding: 4 when something does not answer, 2 for a setting, else 1.
    """
    findings = list(examine())
    rows = [
        {name: value for name, value in structs.asdict(one).items() if name != "exit_code"}
        for one in findings
    ]
    bad = [one for one in findings if not one.ok]
    data = {"ok": not bad, "checks": rows}
    if not bad:
        return Reply(data)
    message = f"not well: {', '.join(one.name for one in bad)}"
    failure = Negative(
        "doctor", message, where="tandem doctor", cure="; ".join(one.cure for one in bad if one.cure)
    )
    return Reply(data, exit_code=max(one.exit_code for one in bad), failure=failure)
