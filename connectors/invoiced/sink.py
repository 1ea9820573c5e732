"""Writing to Invoiced: PATCH without versions, metadata merged whole, the cross-reference inside our own POST."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from connectors import lines, replacing
from connectors.errors import Unreadable
from connectors.exchange import Answer, Request
from connectors.image import unflatten
from connectors.invoiced.entities import Entity, entity_of
from connectors.invoiced.records import ref_of
from connectors.invoiced.source import InvoicedSource, path_of
from connectors.look import Look
from connectors.sink import Writing, matches
from connectors.source import Place
from connectors.standing import Abilities, SearchBy
from schemas.records import Command, Found, Image, Json

READ_ONLY: Final = frozenset({
    "id", "object", "created_at", "updated_at", "statement_pdf_url", "statement_url",
})  # fmt: skip
METADATA = "metadata."
VOIDED = "voided"
MOST_KEYS = 10  # per object; more answers 400


class InvoicedSink:
    """Requests that change Invoiced's records."""

    system = "invoiced"

    def __init__(self, source: InvoicedSource) -> None:
        self._source = source

    def prepare(self, command: Command) -> Command:
        """Return the command as this system writes it: a cross-reference never goes into a PATCH."""
        return command if command.verb == "create" else msgspec.structs.replace(command, xref=None)

    def listed(self, command: Command) -> lines.Listed | None:
        """Return where a command's record keeps its lines."""
        return entity_of(command.entity).lines

    def unsupported(self, command: Command) -> str | None:
        """Return why a command cannot be carried out at all."""
        entity = entity_of(command.entity)
        chosen = {"id"} if entity.chosen_id and command.verb == "create" else set()
        fixed = sorted(READ_ONLY & set(command.changed) - chosen)
        if fixed:
            return f"Invoiced sets {', '.join(fixed)} itself, or once in a create"
        parent = entity.traits.parent
        if parent is not None and command.verb == "update" and parent in command.changed:
            return f"Invoiced never moves a {entity.name} to another {parent}; it is created there anew"
        if parent is not None and command.verb == "create" and _parent(command) is None:
            return f"a {entity.name} is created below a {parent}; the command names none"
        return None

    def abilities(self, command: Command) -> Abilities:
        """Return what Invoiced offers for a command."""
        entity = entity_of(command.entity)
        traits = entity.traits
        maps = any(name.partition(".")[0] in traits.maps for name in command.changed if "." in name)
        by_xref = entity.xref is not None and command.xref is not None
        below = entity.traits.parent is not None
        searches: tuple[SearchBy, ...] = (
            ("parent",)
            if below
            else ("key",)
            if self._key(entity, command)
            else ("xref",)
            if by_xref
            else ("recent",)
        )
        return Abilities(
            replaces=entity.replaced if command.verb == "update" else frozenset(),
            perhaps=entity.undocumented if command.verb == "update" else frozenset(),
            fixed=frozenset({"id"}) if entity.chosen_id else frozenset(),
            has_events=traits.has_events,
            needs_present=command.verb == "update"
            and (
                maps
                or not traits.has_events
                or lines.touches(entity.lines, command)
                or _voids(entity, command)
            ),
            searches=searches,
            xref_search=by_xref,
        )

    def read(self, command: Command, ref: str) -> Request:
        """Return the request of one record."""
        return self._source.one_request(ref, _parent(command))

    def look(self, command: Command, ref: str, answer: Answer, how: lines.Whose = "known") -> Look:
        """Return what an answer shows of a record; whole, where a new value may mean making it anew."""
        seen = self._source.one(ref, answer, _parent(command))
        if seen is None:
            return Look(None, read_at=answer.got_at)
        entity = entity_of(command.entity)
        whole = answer.content.decode() if entity.replaced else None
        look = Look(seen.image, seen.updated_at, None, answer.got_at, whole)
        return look if entity.lines is None else lines.seen(entity.lines, command, look, how)

    def version(self, image: Image | None) -> str | None:
        """Return the version a write can be tied to: Invoiced has none."""
        del image
        return None

    def write(
        self, command: Command, names: frozenset[str], look: Look | None, version: str | None, key: str
    ) -> Writing:
        """Return the PATCH of these names."""
        del version
        entity = entity_of(command.entity)
        if _voids(entity, command):
            return Writing(self._end(command, look), names)
        values = {name: command.values.get(name) for name in names}
        values = lines.written(entity.lines, command, values, look.image if look is not None else None)
        body = unflatten({name: value for name, value in values.items() if not name.startswith(METADATA)})
        ours = {name.removeprefix(METADATA): v for name, v in values.items() if name.startswith(METADATA)}
        if ours:
            body["metadata"] = {**_metadata(look.image if look is not None else None), **ours}
        path = self.read(command, str(command.ref)).path
        return Writing(Request("PATCH", path, body=body, headers=_headers(key)), names)

    def _end(self, command: Command, look: Look | None) -> Request:
        """Return the request that takes a document out of use: a draft is deleted, what was issued is voided for good."""
        path = self.read(command, str(command.ref)).path
        draft = look is not None and (look.image or {}).get("draft") is True
        return Request("DELETE", path) if draft else Request("POST", f"{path}/void", body={})

    def create(self, command: Command, names: frozenset[str], key: str) -> Request:
        """Return the POST; it carries our cross-reference, the only time Invoiced is given one."""
        entity = entity_of(command.entity)
        above = entity.traits.parent  # it stands in the address
        given = {n: v for n in names if n != above and (v := command.values.get(n)) is not None}
        flat: dict[str, Json] = lines.written(entity.lines, command, given, None)
        if entity.xref is not None and command.xref is not None:
            flat[entity.xref] = command.xref
        path = path_of(entity, _parent(command))
        return Request("POST", path, body=unflatten(flat), headers=_headers(key))

    def recreate(self, ref: str, whole: str, values: Mapping[str, Json], key: str) -> Request:
        """Return the POST that makes a noted record anew under its id."""
        path = entity_of(ref.split(":", 2)[1]).path
        return Request("POST", path, body=replacing.body_of(whole, values), headers=_headers(key))

    def created(self, command: Command, answer: Answer) -> tuple[str, Look]:
        """Return the new record."""
        body = answer.json()
        ref = ref_of(entity_of(command.entity), body) if isinstance(body, dict) else None
        if ref is None:
            raise Unreadable(f"a POST of a {command.entity} was answered without a usable id", answer.status)
        return ref, self.look(command, ref, answer, "answer")

    def remove(self, command: Command, version: str | None) -> Request:
        """Return the DELETE; a header for idempotency is refused there."""
        del version
        return Request("DELETE", self.read(command, str(command.ref)).path)

    def search(self, command: Command, by: SearchBy, since: int) -> Request:
        """Return the request that may find what is to be created."""
        entity = entity_of(command.entity)
        params = {"per_page": "100", "page": "1"}
        if by == "parent":
            return self._source.list_request(entity.name, Place(0, token=_parent(command)))
        chosen = _chosen(entity, command)
        if chosen is not None:
            return self._source.one_request(chosen)
        if by == "recent":
            return self._source.list_request(entity.name, Place(since))
        if by == "key":
            return Request(
                "GET",
                entity.path,
                {**params, **{f"filter[{n}]": str(v) for n, v in self._key(entity, command).items()}},
            )
        name = str(entity.xref).removeprefix(METADATA)
        return Request("GET", entity.path, {**params, f"metadata[{name}]": str(command.xref)})

    def found(self, command: Command, by: SearchBy, answer: Answer) -> tuple[Found, ...]:
        """Return the records that show what was asked for."""
        entity = entity_of(command.entity)
        chosen = _chosen(entity, command)
        if chosen is not None:
            seen = self._source.one(chosen, answer)
            ours = seen is not None and (by != "xref" or seen.image.get(str(entity.xref)) == command.xref)
            return (Found(seen.ref, seen.image, seen.updated_at),) if seen is not None and ours else ()
        page = self._source.page(entity.name, Place(0, token=_parent(command)), answer)
        if by == "parent":
            return tuple(Found(seen.ref, seen.image, seen.updated_at) for seen in page.records)
        wanted = {str(entity.xref): command.xref} if by == "xref" else self._key(entity, command)
        if by == "recent":
            wanted = dict(command.keys)
        hits = (seen for seen in page.records if wanted and matches(seen.image, wanted))
        return tuple(Found(seen.ref, seen.image, seen.updated_at) for seen in hits)

    def existing(self, command: Command, answer: Answer) -> str | None:
        """Return the record a duplicate is of: Invoiced does not say, but a chosen id does."""
        del answer
        return _chosen(entity_of(command.entity), command)

    def named(self, command: Command, field: str | None) -> str | None:
        """Return which of the command's names an error's `param` means."""
        if field is None or field in command.changed:
            return field
        inside = [name for name in command.changed if name.startswith(f"{field}.")]
        return inside[0] if len(inside) == 1 else None

    @staticmethod
    def _key(entity: Entity, command: Command) -> dict[str, Json]:
        """Return the first natural key that can be asked by."""
        if entity.chosen_id:
            number = command.values.get("id")
            return {"id": number} if number else {}
        usable = {name: value for name, value in command.keys.items() if name in entity.filters and value}
        first = next((name for name in ("number", *usable) if name in usable), None)
        return {} if first is None else {first: usable[first]}


def _voids(entity: Entity, command: Command) -> bool:
    return entity.voids and command.verb == "update" and command.values.get("status") == VOIDED


def _parent(command: Command) -> str | None:
    """Return the id of the record below which the command's lives."""
    return None if command.parent is None else command.parent.split(":", 2)[2]


def _chosen(entity: Entity, command: Command) -> str | None:
    """Return the ref a create will make, where its id is chosen by us."""
    number = command.values.get("id")
    return f"invoiced:{entity.name}:{number}" if entity.chosen_id and number else None


def _metadata(image: Image | None) -> dict[str, Any]:
    found = image or {}
    return {
        name.removeprefix(METADATA): v
        for name, v in found.items()
        if name.startswith(METADATA) and v is not None
    }


def _headers(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}
