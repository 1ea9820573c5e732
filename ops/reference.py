"""Writes the pages of commands, settings and states out of the code itself: `python -m ops.reference`."""

from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import click
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from ops.cli.root import root
from ops.configuration import Setting, all_settings
from ops.states_page import states_page

DOCS = Path(__file__).resolve().parent.parent / "docs"
FOLDER = DOCS / "reference"

_SETTINGS_HEAD = """# Settings

Generated from the code (`python -m ops.reference`). A variable of the environment beats the running sandbox,
which beats `tandem.toml`, which beats the default. The sandbox of a checkout is found from any folder in it,
unless the environment names a Kafka of its own (`TANDEM_KAFKA__BOOTSTRAP`). `tandem.toml` is looked for in the
working folder and above; `TANDEM_KAFKA__BOOTSTRAP` stands there as `bootstrap` under `[kafka]`.
`tandem config show` shows every value and where it comes from. What `make up` finds in its environment goes to all
processes of its sandbox and beats the sandbox's own choices (it trips no breaker below 5000 changes); a wish spoken
to make (`GATE=held`) beats both, and the sandbox's own addresses, keys and names are never replaced.

| variable | kind | default | what it is |
|---|---|---|---|
"""

_CLI_HEAD = """# Commands

Generated from the code (`python -m ops.reference`). Exit codes: 0 it is so; 1 the answer is no; 2 the command
or a setting is wrong; 3 above a threshold; 4 something Tandem depends on does not answer. Every command takes
`--output json`: one object on stdout, failures as `{"error":{"code","message","where","cure"}}` on stderr;
the shapes stand in `schemas/cli/`. Times are RFC 3339 in UTC, lists are sorted.
"""


def settings_page() -> str:
    """The page of settings."""
    return _SETTINGS_HEAD + "".join(f"{_row(setting)}\n" for setting in all_settings())


def _row(setting: Setting) -> str:
    field = setting.field
    default = "" if field.default in (None, PydanticUndefined, "") else f"`{field.default}`"
    kind = _kind(field.annotation)
    return f"| `{setting.variable}` | {kind} | {default} | {field.description} |"


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return " \\| ".join(f"`{value}`" for value in get_args(annotation))
    if inner := [part for part in get_args(annotation) if part is not NoneType]:
        return _kind(inner[0])
    names = {str: "text", int: "integer", float: "number", bool: "yes/no", Path: "path", SecretStr: "secret"}
    return names.get(annotation, str(annotation))


def cli_page() -> str:
    """The page of commands."""
    return _CLI_HEAD + "".join(
        _section(path, command) for path, command in leaves(root, click.Context(root, info_name="tandem"))
    )


def leaves(command: click.Command, ctx: click.Context) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its whole name, in alphabetical order."""
    if not isinstance(command, click.Group):
        yield ctx.command_path, command
        return
    for name in command.list_commands(ctx):
        inner = command.get_command(ctx, name)
        if inner is not None:
            yield from leaves(inner, click.Context(inner, info_name=name, parent=ctx))


def _section(path: str, command: click.Command) -> str:
    ctx = click.Context(command, info_name=path)
    usage = " ".join(command.collect_usage_pieces(ctx))
    text = (command.help or "").strip()
    options = [
        option for option in command.params if isinstance(option, click.Option) and option.name != "output"
    ]
    rows = "".join(_option(option, ctx) for option in options)
    table = f"\n| option | what it does |\n|---|---|\n{rows}" if rows else ""
    return f"\n## `{path}`\n`{path} {usage}`\n\n{text}\n{table}"


def _option(option: click.Option, ctx: click.Context) -> str:
    record = option.get_help_record(ctx)
    if record is None:
        return ""
    spelled, text = (part.replace("|", "\\|") for part in record)
    return f"| `{spelled}` | {text} |\n"


def pages() -> dict[Path, str]:
    """Each generated page with its place."""
    return {
        FOLDER / "cli.md": cli_page(),
        FOLDER / "settings.md": settings_page(),
        DOCS / "explanation" / "states.md": states_page(),
    }


if __name__ == "__main__":
    for place, text in pages().items():
        place.write_text(text)
