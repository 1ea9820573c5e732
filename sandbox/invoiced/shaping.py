"""What a read may ask of a record's form: `expand`, `include`, `exclude`."""

from collections.abc import Mapping, Sequence

from starlette.datastructures import QueryParams

from .entity import Entity
from .errors import InvalidError
from .exact_json import dumps, loads
from .records import Document, Records


class Shape:
    """The form one request asks for, without what is hidden; a plain one leaves the stored text as it is."""

    def __init__(
        self,
        entity: Entity,
        params: QueryParams,
        switches: Mapping[str, bool],
        hidden: Sequence[str] = (),
    ) -> None:
        self._entity = entity
        self._expand = _names(params.get("expand"))
        known = switches["invoiced.include_exclude_known"]
        self._exclude = [*(_names(params.get("exclude")) if known else []), *hidden]
        for name in self._expand:
            if name not in entity.expandable:
                raise InvalidError(f"expand: {name!r} of {entity.name} cannot be expanded", "expand")

    @property
    def plain(self) -> bool:
        """Whether nothing is asked for. `include` adds nothing: no field is left out to begin with."""
        return not self._expand and not self._exclude

    def list_text(self, texts: Sequence[str], records: Records) -> str:
        """A page's body."""
        shaped = texts if self.plain else [self.text(text, records) for text in texts]
        return f"[{','.join(shaped)}]"

    def text(self, text: str, records: Records) -> str:
        """A record's body."""
        if self.plain:
            return text
        document: Document = loads(text)
        for name in self._expand:
            document[name] = (
                records.get(self._entity.expandable[name], document[name]) if document[name] else None
            )
        for name in self._exclude:
            document.pop(name, None)
        return dumps(document)


def _names(value: str | None) -> list[str]:
    return [name.strip() for name in (value or "").split(",") if name.strip()]
