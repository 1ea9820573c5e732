"""The fields of a request's body, sent as JSON or as a form."""

import re
from typing import Any
from urllib.parse import parse_qsl

from .errors import InvalidError
from .exact_json import loads

FORM = "application/x-www-form-urlencoded"
PART = re.compile(r"\[([^\]]*)\]")


def parse_body(content_type: str, raw: bytes) -> dict[str, Any]:
    """The body's fields; an empty body has none."""
    if not raw:
        return {}
    kind = content_type.partition(";")[0].strip().lower()
    if kind == FORM:
        return parse_form(raw)
    if kind != "application/json":
        raise InvalidError(f"Content-Type {content_type!r} cannot be read; send application/json or {FORM}")
    try:
        body = loads(raw)
    except ValueError as error:
        raise InvalidError(f"The request body is not valid JSON: {error}") from error
    if not isinstance(body, dict):
        raise InvalidError("The request body must be a JSON object")
    return body


def parse_form(raw: bytes) -> dict[str, Any]:
    """A form's fields; `metadata[key]=v` nests, `taxes[]=v` lists. Every value is text."""
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, strict_parsing=True)
    except ValueError as error:
        raise InvalidError(f"The request body is not a valid form: {error}") from error
    body: dict[str, Any] = {}
    for name, value in pairs:
        head = name.partition("[")[0]
        _place(body, [head, *PART.findall(name[len(head) :])], value, name)
    return body


def _place(into: dict[str, Any], parts: list[str], value: str, name: str) -> None:
    for number, part in enumerate(parts[:-1]):
        if parts[number + 1] == "" and number == len(parts) - 2:
            items = into.setdefault(part, [])
            if not isinstance(items, list):
                raise InvalidError(f"The form field {name!r} is given both as a list and as a map", parts[0])
            items.append(value)
            return
        into = into.setdefault(part, {})
        if not isinstance(into, dict):
            raise InvalidError(f"The form field {name!r} is given both as a value and as a map", parts[0])
    into[parts[-1]] = value
