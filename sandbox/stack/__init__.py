"""The supervisor: starts the sandbox's processes, keeps them running, and takes all of them down with it."""

from sandbox.stack.client import StackError, running
from sandbox.stack.layout import Layout
from sandbox.stack.options import Options

__all__ = ["Layout", "Options", "StackError", "running"]
