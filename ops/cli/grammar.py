"""How every command is spoken: `--output` everywhere, a guess for a mistyped name, answers as values."""

from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from ops.cli.output import Reply, show, show_failure

_OUTPUT = "tandem.output"


def _remember(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.meta[_OUTPUT] = value


def output_option() -> click.Option:
    """`--output`, accepted before and after a command's name."""
    return click.Option(
        ["--output"],
        type=click.Choice(["table", "json"]),
        expose_value=False,
        callback=_remember,
        help="For people (table) or for programs (json). [default: table]",
    )


class Command(click.Command):
    """A command whose function returns a Reply: writing it is done here, in one place."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(output_option())

    def invoke(self, ctx: click.Context) -> int:
        reply = super().invoke(ctx)
        if not isinstance(reply, Reply):
            return 0
        as_json = ctx.meta.get(_OUTPUT) == "json"
        show(reply, as_json=as_json)
        if reply.failure is not None:
            show_failure(reply.failure, as_json=as_json)
        return reply.exit_code


class Group(click.Group):
    """A group of commands that guesses what a mistyped name meant."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(output_option())

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            near = get_close_matches(args[0], self.list_commands(ctx), n=1, cutoff=0.5)
            guess = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"No such command '{args[0]}'.{guess}", ctx)
        return super().resolve_command(ctx, args)


class LazyGroup(Group):
    """The root: it knows where each command stands and loads the one that is called."""

    def __init__(self, *args: Any, places: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        place = self.places.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        command: click.Command = getattr(import_module(module), name)
        return command
