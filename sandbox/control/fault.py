"""One planned fault: what it does, to which requests, how often; checked before it is accepted."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from .errors import BadInput
from .normalise import check_how

Kind = Literal[
    "error",  # answers with an error, nothing applied
    "throttle",  # answers 429
    "lose_response",  # applied, but the connection closes without an answer
    "delay",  # waits delay_ms before the application sees the request
    "stale_read",  # a read shows older images
    "bad_json",  # applied, but the answer's body is cut in half
    "drop_connection",  # the connection closes before anything is applied
    "duplicate_event",  # carried out by the application, see Faults.take
    "late_event",  # carried out by the application, see Faults.take
    "normalise",  # a field of a write is changed before the application sees it
]
Actor = Literal["tandem", "user"]
Millis = Annotated[int, Meta(ge=0, le=600_000)]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
CURES = {
    "kind": "use one of " + ", ".join(get_args(Kind)),
    "actor": "use tandem, user, or leave it out for both",
    "status": "use an HTTP error status from 400 to 599",
    "times": "use a whole number from 1",
    "retry_after": "use seconds, a whole number from 0",
    "delay_ms": "use milliseconds, a whole number from 0 to 600000",
}


class Fault(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=False):
    """A fault as posted; its absent conditions match every request."""

    kind: Kind
    method: str | None = None
    path: str | None = None
    actor: Actor | None = None
    status: Annotated[int, Meta(ge=400, le=599)] | None = None
    retry_after: Annotated[int, Meta(ge=0)] | None = None
    delay_ms: Millis | None = None
    field: str | None = None
    how: str | None = None
    param: str | None = None
    message: str | None = None
    times: Annotated[int, Meta(ge=1)] = 1

    def matches(self, method: str, path: str, actor: str | None) -> bool:
        """Whether a request is one of those this fault is for. `path` is searched, not fully matched."""
        if self.actor is not None and self.actor != actor:
            return False
        if self.method is not None and method not in self.method.upper().split("|"):
            return False
        return self.path is None or re.search(self.path, path) is not None


def parse_fault(body: Any) -> Fault:
    """The fault a request body describes, or BadInput."""
    if not isinstance(body, Mapping):
        raise BadInput("body", body, 'send one JSON object such as {"kind":"error","status":500}')
    try:
        fault = msgspec.convert(body, Fault)
    except msgspec.ValidationError as error:
        raise _explain(str(error), body) from error
    _check_conditions(fault)
    _check_needs(fault)
    return fault


def _explain(text: str, body: Mapping[str, Any]) -> BadInput:
    for name in body:
        if name not in Fault.__struct_fields__:
            return BadInput(name, body[name], "leave it out; known: " + ", ".join(Fault.__struct_fields__))
    found = re.search(r"\$\.(\w+)", text)
    name = found.group(1) if found else "kind"
    return BadInput(name, body.get(name), CURES.get(name, text))


def _check_conditions(fault: Fault) -> None:
    for method in (fault.method or "GET").upper().split("|"):
        if method not in METHODS:
            raise BadInput("method", fault.method, "use one or more of " + "|".join(METHODS))
    try:
        re.compile(fault.path or "")
    except re.error as error:
        raise BadInput("path", fault.path, f"use a regular expression: {error}") from error


def _check_needs(fault: Fault) -> None:
    if fault.kind == "delay" and fault.delay_ms is None:
        raise BadInput("delay_ms", None, "a delay needs it: " + CURES["delay_ms"])
    if fault.kind != "normalise":
        return
    if not fault.field:
        raise BadInput("field", fault.field, "normalise needs the name of a body field, nested by dots")
    check_how(fault.how)
