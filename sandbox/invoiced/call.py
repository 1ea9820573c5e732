"""One request on its way through the simulator: who asks, with which fields, under which planned faults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from sandbox.control import Fault, Faults

from .account import Actor
from .errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated request with its body read."""

    request: Request
    actor: Actor
    body: Mapping[str, Any]
    faults: Faults

    def integer(self, name: str) -> int:
        """A number in the path; anything else there names nothing."""
        text = self.text(name)
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise NotFoundError(f"{name} {text!r} is not the number of a record")
        return int(text)

    def text(self, name: str) -> str:
        """A name in the path."""
        return str(self.request.path_params[name])

    def fault(self, kind: str) -> Fault | None:
        """Takes a planned fault that the application itself carries out."""
        return self.faults.take(kind, self.request)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with; `text` is JSON, empty for 204."""

    text: str
    status: int = 200
    headers: Mapping[str, str] | None = None
