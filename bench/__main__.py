"""`python -m bench`: measures everything side by side and writes `.tandem/reports/bench.json`."""

import signal
import sys
from types import FrameType

import click
from rich.console import Console

from bench import parts
from bench.applied import SEED
from bench.book import Book
from bench.embedded import embedded
from bench.sizes import FULL, SMALL, Sizes
from sandbox.jvm import ArtifactError, UnsupportedError
from sandbox.ready import StartError
from sandbox.stack.layout import Layout, checkout

GROUPS = ("domain", "sync", "restore", "stack")
CANNOT_START = (ArtifactError, UnsupportedError, StartError)


def run(book: Book, sizes: Sizes, only: frozenset[str]) -> None:
    """The parts that are wished for, one after the other: none disturbs another."""
    if "domain" in only:
        with book.part("domain"):
            parts.domain(book, sizes)
    if only & {"sync", "restore"}:
        with embedded() as servers:
            wished = {"sync": (parts.stage, parts.idle), "restore": (parts.restored,)}
            for group, measures in wished.items():
                for measure in measures if group in only else ():
                    with book.part(f"{group}: {measure.__name__}"):
                        measure(book, sizes, servers)
    if "stack" in only:
        for whole in (parts.steady, parts.first):
            with book.part(f"stack: {whole.__name__}"):
                whole(book, sizes)


def _end(_number: int, _frame: FrameType | None) -> None:
    """Told to end: everything that was started is stopped on the way out."""
    sys.exit(2)


@click.command()
@click.option("--small", is_flag=True, help="Less of everything: a look, not figures to quote.")
@click.option("--only", type=click.Choice(GROUPS), multiple=True, help="Only these parts.")
def main(*, small: bool, only: tuple[str, ...]) -> None:
    """Exit 0 if every part ran and its checks held, 1 if not, 2 if nothing could be started."""
    signal.signal(signal.SIGTERM, _end)
    book = Book(Console())
    try:
        run(book, SMALL if small else FULL, frozenset(only or GROUPS))
    except CANNOT_START as error:
        click.echo(f"The bench cannot start: {error}", err=True)
        sys.exit(2)
    path = Layout(checkout()).home / "reports" / "bench.json"
    book.write(path, SEED)
    book.show()
    click.echo(f"Written to {path}")
    sys.exit(0 if book.ok else 1)


if __name__ == "__main__":
    main()
