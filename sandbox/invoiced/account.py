"""The business whose Invoiced account this is, and who may ask it: keys and callers."""

import base64
import binascii
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request

Actor = Literal["tandem", "user"]


@dataclass(frozen=True, slots=True)
class Account:
    """What the account's settings say."""

    country: str = "US"
    currency: str = "usd"
    site: str = "https://example.sandbox.invoiced.com"
    concurrency: int = 20


@dataclass(frozen=True, slots=True)
class Keys:
    """The API keys: Tandem's own, and the one people and tests use."""

    tandem: str
    user: str

    def actor(self, request: Request) -> Actor | None:
        """Whose key a request carries; None for a missing or unknown one."""
        key = presented_key(request.headers.get("authorization", ""))
        if key == self.tandem:
            return "tandem"
        return "user" if key == self.user else None


def presented_key(header: str) -> str | None:
    """The key in an Authorization header: the user of Basic, with any password, or an OAuth bearer token."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(rest, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return None
