"""A schema registry in memory that speaks Confluent's API; the real one passes the same conformance suite.

It knows subjects, ids, the compatibility setting of a subject and FULL_TRANSITIVE. It knows neither deletion,
references, other formats than Avro nor users.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
from fastavro.schema import SchemaParseException, UnknownType, parse_schema

from schemas.evolution import breaks

Answer = tuple[int, Any]


class RegistryFake(httpx.BaseTransport):
    """Hand it to `Registry(url, transport=...)`; `calls` counts requests by method and path."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self._subjects: dict[str, list[int]] = {}
        self._schemas: dict[int, str] = {}
        self._compatibility: dict[str, str] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        path = request.url.path
        self.calls[f"{request.method} {path}"] += 1
        body = json.loads(request.read() or b"{}")
        for method, pattern, answer in self._routes():
            found = re.fullmatch(pattern, path)
            if found is not None and method == request.method:
                status, content = answer(*found.groups(), **body)
                return httpx.Response(status, json=content)
        return httpx.Response(404, json={"error_code": 404, "message": f"HTTP 404 Not Found: {path}"})

    def _routes(self) -> list[tuple[str, str, Callable[..., Answer]]]:
        return [
            ("GET", r".*/schemas/ids/(\d+)", self._by_id),
            ("GET", r".*/subjects/([^/]+)/versions", self._versions),
            ("GET", r".*/subjects/([^/]+)/versions/(\d+)", self._version),
            ("POST", r".*/subjects/([^/]+)/versions", self._register),
            ("POST", r".*/subjects/([^/]+)", self._look_up),
            ("PUT", r".*/config/([^/]+)", self._configure),
        ]

    def _by_id(self, number: str) -> Answer:
        found = self._schemas.get(int(number))
        return (
            (200, {"schema": found}) if found else (404, {"error_code": 40403, "message": "Schema not found"})
        )

    def _versions(self, subject: str) -> Answer:
        ids = self._subjects.get(subject)
        return (200, list(range(1, len(ids) + 1))) if ids else _no_subject(subject)

    def _version(self, subject: str, version: str) -> Answer:
        ids = self._subjects.get(subject, [])
        if int(version) not in range(1, len(ids) + 1):
            return 404, {"error_code": 40402, "message": f"Version {version} not found."}
        schema_id = ids[int(version) - 1]
        return 200, {
            "subject": subject,
            "version": int(version),
            "id": schema_id,
            "schema": self._schemas[schema_id],
        }

    def _look_up(self, subject: str, schema: str) -> Answer:
        if subject not in self._subjects:
            return _no_subject(subject)
        known = [each for each in self._subjects[subject] if _same(self._schemas[each], schema)]
        return (
            (200, {"subject": subject, "id": known[0]})
            if known
            else (404, {"error_code": 40403, "message": "Schema not found"})
        )

    def _register(self, subject: str, schema: str) -> Answer:
        ids = self._subjects.get(subject, [])
        try:
            parse_schema(json.loads(schema))
        except (SchemaParseException, UnknownType, KeyError) as error:
            return 422, {"error_code": 42201, "message": f"Invalid schema: {error}"}
        if self._compatibility.get(subject) == "FULL_TRANSITIVE":
            problems = [each for old in ids for each in breaks(self._schemas[old], schema)]
            if problems:
                return 409, {
                    "error_code": 409,
                    "message": f"Schema being registered is incompatible: {problems}",
                }
        schema_id = next(
            (each for each, text in self._schemas.items() if _same(text, schema)), len(self._schemas) + 1
        )
        self._schemas.setdefault(schema_id, schema)
        self._subjects[subject] = ids if schema_id in ids else [*ids, schema_id]
        return 200, {"id": schema_id}

    def _configure(self, subject: str, compatibility: str) -> Answer:
        self._compatibility[subject] = compatibility
        return 200, {"compatibility": compatibility}


def _same(one: str, other: str) -> bool:
    return bool(json.loads(one) == json.loads(other))


def _no_subject(subject: str) -> Answer:
    return 404, {"error_code": 40401, "message": f"Subject '{subject}' not found."}
