"""The command line `tandem`, one file for each group of commands."""

from ops.cli.root import main

__all__ = ["main"]
