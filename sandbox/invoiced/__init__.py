"""A simulator of the Invoiced REST API, with all it is known to do and every doubt as a switch."""

from .account import Account
from .app import create_app

__all__ = ["Account", "create_app"]
