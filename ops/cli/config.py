"""`tandem config`: the settings as this command sees them."""

import click

from ops.cli.grammar import Group
from ops.cli.output import Reply
from ops.configuration import all_settings, load, origin, value_of


@click.group(cls=Group)
def config() -> None:
    """The settings."""


@config.command("show")
def show() -> Reply:
    """Every setting, its value (secrets masked) and where it comes from."""
    settings = load()
    rows = [
        {"name": item.variable, "value": value_of(settings, item.path), "from": origin(item.path)}
        for item in all_settings()
    ]
    return Reply({"settings": sorted(rows, key=lambda row: str(row["name"]))})
