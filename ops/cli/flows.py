"""`tandem flows`: the flow files, checked without anything running."""

from pathlib import Path

import click

from ops.cli.grammar import Group
from ops.cli.output import Reply
from ops.configuration import load
from ops.errors import Mistake, Negative
from ops.profile import profile_of
from schemas.flow_file import OWN_FLOWS, FlowError, flows_hash, load_flows


@click.group(cls=Group)
def flows() -> None:
    """Which records are kept in step, and how."""


@flows.command("check")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
def check(folder: Path | None) -> Reply:
    """Check every flow file in FOLDER (else TANDEM_FLOWS, else the built-in ones).

    A file stands for the folder it is in: flows are checked together.
    """
    settings = load()
    place = _folder(folder or settings.flows or OWN_FLOWS)
    try:
        found = load_flows(place, profile_of(settings))
    except FlowError as error:
        problems = [{"file": one.file, "line": one.line, "message": one.message} for one in error.problems]
        message = f"{len(problems)} {'mistake' if len(problems) == 1 else 'mistakes'} in the flow files"
        failure = Negative("flows", message, where=str(place), cure="correct each line that is named")
        data = {"ok": False, "folder": str(place), "hash": None, "flows": [], "problems": problems}
        return Reply(data, exit_code=failure.exit_code, failure=failure)
    rows = [
        {"flow": one.name, "version": one.version, "properties": len(one.properties), "rules": len(one.rules)}
        for one in found
    ]
    return Reply({"ok": True, "folder": str(place), "hash": flows_hash(found), "flows": rows, "problems": []})


def _folder(place: Path) -> Path:
    if place.is_file():
        return place.parent
    if not place.is_dir():
        message = f"{place} is no folder or file"
        raise Mistake(
            "no_folder", message, where=str(place), cure="name a folder of flow files, or one of them"
        )
    return place
