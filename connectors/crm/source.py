"""Reading a CRM: which request brings a page or a record, and what its answer shows."""

from collections.abc import Mapping

from connectors.crm import keyset
from connectors.crm.records import at, parse
from connectors.crm.stamps import UNITS
from connectors.errors import Unreadable
from connectors.exchange import Answer, Request
from connectors.source import EntityTraits, Page, Place, Seen, Unread
from schemas.profile import Profile


class CrmSource:
    """A CRM's lists and records. `entities`: those that are polled, by the profile's names.

    `modelled`: per entity, our dotted names that a flow uses.
    """

    system = "crm"

    def __init__(
        self,
        profile: Profile,
        entities: tuple[str, ...] = ("customer",),
        modelled: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        unknown = sorted(set(entities) - profile.entities.keys())
        if unknown:
            known = ", ".join(sorted(profile.entities))
            raise LookupError(f"profile {profile.name} has no entity {', '.join(unknown)}; it knows {known}")
        self._profile = profile
        self._entities = entities
        self._modelled = modelled or {}

    def entities(self) -> tuple[str, ...]:
        """Return the entities that are polled."""
        return self._entities

    def traits(self, entity: str) -> EntityTraits:
        """Return what may be relied on for an entity."""
        versioned = bool(self._profile.version.field and self._profile.version.header)
        return EntityTraits(entity=entity, has_version=versioned)

    @staticmethod
    def start() -> Place:
        """Return the place where a list begins."""
        return Place(0)

    def list_request(self, entity: str, place: Place) -> Request:
        """Return the request of the page at a place."""
        path = self._profile.base_path + self._profile.entities[entity].path
        return Request("GET", path, keyset.params_at(self._profile, place))

    def page(self, entity: str, place: Place, answer: Answer) -> Page:
        """Return what a page shows and where to read on."""
        whole = answer.json()
        body = at(whole, self._profile.envelope.list)
        if not isinstance(body, list):
            raise Unreadable(f"a list of {entity} answered {type(body).__name__}, expected an array")
        names = self._modelled.get(entity, ())
        parts = [parse(self._profile, entity, one, answer.asked_at, names) for one in body]
        records = tuple(part for part in parts if isinstance(part, Seen))
        token = at(whole, self._profile.paging.next) if self._profile.paging.next else None
        more = self._more(len(body), answer, token)
        if more and not records:
            raise Unreadable(f"no record of a whole page of {entity} can be read")
        unit = UNITS[self._profile.cursor.format]
        rows = [((seen.updated_at or 0) // unit * unit, seen.ref) for seen in records]
        following = keyset.next_place(place, rows, more=more, token=None if token is None else str(token))
        unread = tuple(part for part in parts if isinstance(part, Unread))
        return Page(records, unread, following, answer.date, answer.asked_at, answer.skew_ms)

    def one_request(self, ref: str) -> Request:
        """Return the request of one record."""
        _, entity, number = ref.split(":", 2)
        return Request("GET", f"{self._profile.base_path}{self._profile.entities[entity].path}/{number}")

    def one(self, ref: str, answer: Answer) -> Seen | None:
        """Return the record, or None if it does not exist."""
        if answer.meaning == "gone":
            return None
        entity, record = ref.split(":", 2)[1], at(answer.json(), self._profile.envelope.record)
        part = parse(self._profile, entity, record, answer.asked_at, self._modelled.get(entity, ()))
        if isinstance(part, Unread):
            raise Unreadable(f"{ref}: {part.cause}", answer.status)
        return part

    def _more(self, count: int, answer: Answer, token: object) -> bool:
        style = self._profile.paging.style
        if style == "token":
            return token not in (None, "")
        linked = answer.has_next() if style == "link" else None
        return count >= self._profile.paging.per_page if linked is None else linked
