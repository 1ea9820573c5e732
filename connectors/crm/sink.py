"""Writing to a CRM as its profile describes: tied to a version where it can be, our cross-reference beside it."""

import msgspec

from connectors import lines
from connectors.crm.records import at, body_of, our_name
from connectors.crm.source import CrmSource
from connectors.crm.stamps import from_ms
from connectors.errors import Unreadable
from connectors.exchange import Answer, Request
from connectors.look import Look
from connectors.sink import Writing, matches
from connectors.standing import Abilities, SearchBy
from schemas.profile import Profile
from schemas.records import Command, Found, Image, Json

XREF, STATE = "ExternalId", "IsDeleted"
READ_ONLY = frozenset({"Id", "Version", "CreatedAt", "UpdatedAt"})


class CrmSink:
    """Requests that change a CRM's records."""

    system = "crm"

    def __init__(self, profile: Profile, source: CrmSource) -> None:
        self._profile = profile
        self._source = source

    def prepare(self, command: Command) -> Command:
        """Return the command as this system writes it: a cross-reference is one more property of an update."""
        if command.xref is None or command.verb != "update" or self._profile.external_id.field is None:
            return command
        values = {**command.values, XREF: command.xref}
        return msgspec.structs.replace(command, changed=(*command.changed, XREF), values=values)

    def unsupported(self, command: Command) -> str | None:
        """Return why a command cannot be carried out at all."""
        fixed = sorted(READ_ONLY & set(command.changed))
        return f"the CRM sets {', '.join(fixed)} itself" if fixed else None

    def abilities(self, command: Command) -> Abilities:
        """Return what the CRM offers for a command."""
        versioned = bool(self._profile.version.field and self._profile.version.header)
        kept = self._profile.external_id
        by_xref = command.xref is not None and kept.field is not None and kept.parameter is not None
        below = command.parent is not None and self._profile.entities[command.entity].parent is not None
        searches: tuple[SearchBy, ...] = (
            ("key",)
            if self._key(command)
            else ("parent",)
            if below
            else ("xref",)
            if by_xref
            else ("recent",)
        )
        whole = self._profile.writes.update_body == "whole"
        return Abilities(
            versioned=versioned,
            needs_present=command.verb == "update"
            and (whole or not versioned or lines.touches(self.listed(command), command)),
            searches=searches,
            xref_search=by_xref,
        )

    def read(self, command: Command, ref: str) -> Request:
        """Return the request of one record."""
        del command
        return self._source.one_request(ref)

    def look(self, command: Command, ref: str, answer: Answer, how: lines.Whose = "known") -> Look:
        """Return what an answer shows of a record."""
        seen, listed = self._source.one(ref, answer), self.listed(command)
        if seen is None:
            return Look(None, read_at=answer.got_at)
        look = Look(seen.image, seen.updated_at, self.version(seen.image), answer.got_at)
        return look if listed is None else lines.seen(listed, command, look, how)

    def version(self, image: Image | None) -> str | None:
        """Return the version a write can be tied to."""
        value = (image or {}).get("Version")
        return None if value is None or not self._profile.version.field else str(value)

    def write(
        self, command: Command, names: frozenset[str], look: Look | None, version: str | None, key: str
    ) -> Writing:
        """Return the request that changes these names, or as many of them as one request can."""
        path = self._source.one_request(str(command.ref)).path
        if command.values.get(STATE) is True and STATE in names and self._profile.archive.by == "delete":
            others = names - {STATE}
            if not others:
                return Writing(Request("DELETE", path, headers=self._tied(version)), names)
            names = others
        values = {name: command.values.get(name) for name in names}
        values = lines.written(
            self.listed(command), command, values, look.image if look is not None else None
        )
        if self._profile.writes.update_body == "whole" and look is not None:
            values = {n: v for n, v in (look.image or {}).items() if n not in READ_ONLY | {STATE}} | values
        body = body_of(self._profile, command.entity, values)
        headers = self._tied(version) | self._key_header(key) | self._content_type()
        return Writing(Request(self._profile.writes.update, path, body=body, headers=headers), names)

    def create(self, command: Command, names: frozenset[str], key: str) -> Request:
        """Return the request that creates the record with our cross-reference."""
        given = {n: v for n in names if (v := command.values.get(n)) is not None}
        values: dict[str, Json] = lines.written(self.listed(command), command, given, None)
        if self._profile.external_id.field is not None and command.xref is not None:
            values[XREF] = command.xref
        path = self._profile.base_path + self._profile.entities[command.entity].path
        body = body_of(self._profile, command.entity, values)
        return Request(self._profile.writes.create, path, body=body, headers=self._key_header(key))

    def created(self, command: Command, answer: Answer) -> tuple[str, Look]:
        """Return the new record."""
        record = at(answer.json(), self._profile.envelope.record)
        number = at(record, self._profile.id_field)
        if number is None:
            raise Unreadable(
                f"a new {command.entity} was answered without {self._profile.id_field}", answer.status
            )
        ref = f"crm:{command.entity}:{number}"
        return ref, self.look(command, ref, answer, "answer")

    def remove(self, command: Command, version: str | None) -> Request:
        """Return the request that deletes the record, as this CRM does it."""
        path, tied = self._source.one_request(str(command.ref)).path, self._tied(version)
        if self._profile.archive.by == "delete":
            return Request("DELETE", path, headers=tied)
        body = body_of(self._profile, command.entity, {STATE: True})
        return Request(self._profile.writes.update, path, body=body, headers=tied | self._content_type())

    def search(self, command: Command, by: SearchBy, since: int) -> Request:
        """Return the request that may find what is to be created."""
        entity, profile = self._profile.entities[command.entity], self._profile
        query = {**profile.archive.include, profile.paging.per_page_parameter: str(profile.paging.per_page)}
        if by == "key":
            query |= {entity.filters[name]: str(value) for name, value in self._key(command).items()}
        elif by == "parent":
            query[str(entity.parent)] = str(command.parent).split(":", 2)[2]
        elif by == "xref":
            query[str(profile.external_id.parameter)] = str(command.xref)
        else:
            query[profile.cursor.parameter] = from_ms(since, profile.cursor.format)
        return Request("GET", profile.base_path + entity.path, query)

    def found(self, command: Command, by: SearchBy, answer: Answer) -> tuple[Found, ...]:
        """Return the records that show what was asked for."""
        page = self._source.page(command.entity, self._source.start(), answer)
        if by == "parent":
            return tuple(Found(seen.ref, seen.image, seen.updated_at) for seen in page.records)
        wanted = (
            {XREF: command.xref}
            if by == "xref"
            else self._key(command)
            if by == "key"
            else dict(command.keys)
        )
        hits = (seen for seen in page.records if wanted and matches(seen.image, wanted))
        return tuple(Found(seen.ref, seen.image, seen.updated_at) for seen in hits)

    def existing(self, command: Command, answer: Answer) -> str | None:
        """Return the record a refused duplicate is of, if the CRM names it."""
        path = self._profile.errors.existing_id
        number = at(answer.json(), path) if path else None
        return None if number is None else f"crm:{command.entity}:{number}"

    def named(self, command: Command, field: str | None) -> str | None:
        """Return which of the command's names an error means."""
        return our_name(self._profile, command.entity, field)

    def listed(self, command: Command) -> lines.Listed | None:
        """Return where a command's record keeps its lines."""
        kept = self._profile.entities[command.entity].lines
        return None if kept is None else lines.Listed(kept.name, kept.id)

    def _key(self, command: Command) -> dict[str, Json]:
        filters = self._profile.entities[command.entity].filters
        usable = [(name, value) for name, value in command.keys.items() if name in filters and value]
        return dict(usable[:1])

    def _tied(self, version: str | None) -> dict[str, str]:
        header = self._profile.version.header
        if header is None or version is None:
            return {}
        return {header: f'"{version}"' if self._profile.version.quoted else version}

    def _key_header(self, key: str) -> dict[str, str]:
        name = self._profile.writes.idempotency_header
        return {name: key} if name else {}

    def _content_type(self) -> dict[str, str]:
        return {"content-type": self._profile.writes.content_type}
