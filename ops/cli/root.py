"""The command `tandem`: where each subcommand stands, and how the process ends."""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from itertools import pairwise

import click

from ops.cli.grammar import LazyGroup
from ops.cli.output import show_failure
from ops.errors import Failure, Mistake

PLACES = {
    "backfill": "ops.cli.backfill:backfill",
    "breaker": "ops.cli.breaker:breaker",
    "config": "ops.cli.config:config",
    "conflicts": "ops.cli.conflicts:conflicts",
    "doctor": "ops.cli.doctor:doctor",
    "flows": "ops.cli.flows:flows",
    "gate": "ops.cli.gate:gate",
    "links": "ops.cli.links:links",
    "parked": "ops.cli.parked:parked",
    "pause": "ops.cli.pause:pause",
    "plan": "ops.cli.plan:plan",
    "resume": "ops.cli.pause:resume",
    "review": "ops.cli.review:review",
    "run": "ops.cli.run:run",
    "sandbox": "ops.cli.sandbox:sandbox",
    "settle": "ops.cli.settle:settle",
    "status": "ops.cli.status:status",
    "topics": "ops.cli.topics:topics",
}


@click.group(cls=LazyGroup, places=PLACES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("tandem"), message="tandem %(version)s")
def root() -> None:
    """Keeps Invoiced and a CRM in step, in both directions."""


def main() -> None:
    """The entry point of the script `tandem`."""
    sys.exit(perform(sys.argv[1:]))


def perform(argv: Sequence[str]) -> int:
    """Runs one command line and gives its exit code; no failure of a user's making shows a traceback."""
    as_json = wants_json(argv)
    try:
        return int(root.main(list(argv), prog_name="tandem", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        sys.stderr.write(error.format_message() + "\n")
        return Mistake.exit_code
    except click.UsageError as error:
        failure: Failure = usage(error)
    except Failure as error:
        failure = error
    except BrokenPipeError:  # the reader has seen enough: `tandem links list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (KeyboardInterrupt, click.Abort):
        return 130
    show_failure(failure, as_json=as_json)
    return failure.exit_code


def usage(error: click.UsageError) -> Mistake:
    """A wrong command line as a failure like any other."""
    path = error.ctx.command_path if error.ctx is not None else "tandem"
    return Mistake("usage", " ".join(error.format_message().split()), where=path, cure=f"see `{path} --help`")


def wants_json(argv: Sequence[str]) -> bool:
    """Whether the line asks for JSON; read by hand, for the line may be too wrong to be parsed."""
    pairs = pairwise((*argv, ""))
    return any(word == "--output=json" or (word, after) == ("--output", "json") for word, after in pairs)
