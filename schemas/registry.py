"""The schema registry: ids for our schemas, schemas for other writers' ids, one request each."""

import asyncio
import threading
from typing import Any

import httpx
from fastavro.schema import SchemaParseException, UnknownType

from schemas.evolution import breaks
from schemas.framing import UnknownSchema

COMPATIBILITY = "FULL_TRANSITIVE"
_JSON = "application/vnd.schemaregistry.v1+json"


class RegistryError(RuntimeError):
    """The registry refused: the message names the subject or id, the difference and the cure."""


class RegistryUnreachable(RegistryError):  # noqa: N818 - named for what happened
    """The registry gave no answer; the same call may succeed later."""


class SchemaMissing(RegistryError):  # noqa: N818 - named for what is so
    """The registry knows no schema of this id: whoever wrote the value used another registry."""


class Registry:
    """A Confluent-style registry (Confluent's own, Apicurio's `ccompat/v7`). Safe to use from several threads."""

    def __init__(
        self,
        url: str,
        auth: httpx.Auth | tuple[str, str] | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
        timeout_s: float = 10.0,
    ) -> None:
        self.url = url.rstrip("/")
        headers = {"Content-Type": _JSON, "Accept": f"{_JSON}, application/json"}
        self._http = httpx.Client(auth=auth, transport=transport, timeout=timeout_s, headers=headers)
        self._lock = threading.Lock()
        self._ids: dict[tuple[str, str], int] = {}
        self._schemas: dict[int, str] = {}

    def close(self) -> None:
        """Give back the connections."""
        self._http.close()

    def register(self, subject: str, schema: str) -> int:
        """The id of a schema under a subject; registered if it is new there and compatible with all before."""
        with self._lock:
            known = self._ids.get((subject, schema))
            if known is None:
                known = self._look_up(subject, schema)
                if known is None:
                    known = self._add(subject, schema)
                self._ids[subject, schema] = known
                self._schemas[known] = schema
            return known

    def schema(self, schema_id: int) -> str:
        """A cached schema; never a request."""
        found = self._schemas.get(schema_id)
        if found is None:
            raise UnknownSchema(schema_id)
        return found

    def fetch(self, schema_id: int) -> str:
        """The schema of an id, asked for once. Blocks: for threads and start-up."""
        with self._lock:
            if schema_id not in self._schemas:
                answer = self._call("GET", f"/schemas/ids/{schema_id}")
                if answer.status_code != httpx.codes.OK:
                    raise SchemaMissing(
                        f"schema {schema_id} is not in the registry {self.url} ({_reason(answer)}); "
                        "the topic was written with another registry: set TANDEM_REGISTRY__URL to that one",
                    )
                self._schemas[schema_id] = answer.json()["schema"]
            return self._schemas[schema_id]

    async def load(self, schema_id: int) -> str:
        """`fetch` off the event loop."""
        return await asyncio.to_thread(self.fetch, schema_id)

    def versions(self, subject: str) -> list[str]:
        """Every schema of a subject, oldest first; none when the subject is new."""
        answer = self._call("GET", f"/subjects/{subject}/versions")
        if answer.status_code != httpx.codes.OK:
            return []
        paths = [f"/subjects/{subject}/versions/{number}" for number in answer.json()]
        return [self._call("GET", path).json()["schema"] for path in paths]

    def _look_up(self, subject: str, schema: str) -> int | None:
        answer = self._call("POST", f"/subjects/{subject}", {"schema": schema})
        return int(answer.json()["id"]) if answer.status_code == httpx.codes.OK else None

    def _add(self, subject: str, schema: str) -> int:
        """Checked here first: not every registry looks at decimals, and none says as plainly what differs."""
        found = [each for old in self.versions(subject) for each in _breaks(subject, old, schema)]
        if found:
            raise RegistryError(
                f"{subject}: the schema is not {COMPATIBILITY} with an earlier version: "
                f"{'; '.join(dict.fromkeys(found))}. Give every new or removed field a default, and never change a "
                "field's type or name: add a new field instead",
            )
        guarded = self._guard(subject)
        answer = self._call("POST", f"/subjects/{subject}/versions", {"schema": schema})
        if answer.status_code != httpx.codes.OK:
            raise RegistryError(
                f"{subject}: the registry refused the schema: {_reason(answer)}; correct it and apply again"
            )
        if not guarded and not self._guard(subject):
            raise RegistryError(
                f"{subject}: the registry keeps no compatibility; set it to {COMPATIBILITY} by hand"
            )
        return int(answer.json()["id"])

    def _guard(self, subject: str) -> bool:
        """Some registries only take the setting once the subject exists: false then."""
        return self._call("PUT", f"/config/{subject}", {"compatibility": COMPATIBILITY}).is_success

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        try:
            answer = self._http.request(method, self.url + path, json=body)
        except httpx.TransportError as error:
            raise RegistryUnreachable(
                f"the schema registry {self.url} cannot be reached ({error}); is it running, is TANDEM_REGISTRY__URL right?",
            ) from error
        if answer.status_code in {401, 403}:
            raise RegistryError(
                f"the schema registry {self.url} refused our login ({answer.status_code}); check its user and password"
            )
        if answer.is_server_error:
            raise RegistryUnreachable(
                f"the schema registry {self.url} failed: {_reason(answer)}; try again when it is well"
            )
        return answer


def _breaks(subject: str, old: str, new: str) -> list[str]:
    try:
        return breaks(old, new)
    except (SchemaParseException, UnknownType, KeyError) as error:
        raise RegistryError(f"{subject}: the schema is no Avro: {error}") from error


def _reason(answer: httpx.Response) -> str:
    try:
        return f"{answer.status_code} {answer.json()['message']}"
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code} {answer.text[:200]}"
