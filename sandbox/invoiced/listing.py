"""Lists of records: conditions and order in, one page of JSON out."""

from collections.abc import Mapping, Sequence

from starlette.datastructures import QueryParams

from .conditions import Condition
from .database import Database
from .entity import Entity
from .errors import InvalidError
from .pages import Page


def list_order(entity: Entity, params: QueryParams, switches: Mapping[str, bool]) -> str:
    """The SQL order a query asks for; always ends with the id, so that an order is one."""
    sort = params.get("sort", "")
    if not sort.strip():
        return "id" if switches["invoiced.default_order_is_id"] else "id DESC"
    terms = [_term(entity, part) for part in sort.split(",")]
    return ", ".join([*terms, "id" if switches["invoiced.ties_by_id"] else "id DESC"])


def runs_by_id(order: str) -> bool:
    """Whether a list is sorted by nothing but the id."""
    return order.partition(",")[0].partition(" ")[0] == "id"


def _term(entity: Entity, part: str) -> str:
    name, _, direction = part.strip().partition(" ")
    column = entity.column(name)
    if column is None:
        raise InvalidError(f"sort: {entity.name} has no column {name!r} to sort by", "sort")
    if direction.strip().lower() not in {"", "asc", "desc"}:
        raise InvalidError(f"sort: {direction.strip()!r} is no direction; use asc or desc", "sort")
    return f"{column} {direction.strip()}".strip()


class Listing:
    """Counts and reads records of one entity under conditions."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def count(self, entity: Entity, conditions: Sequence[Condition]) -> int:
        """How many records meet the conditions."""
        where, values = _where(entity, conditions)
        row = self._db.execute(f"SELECT count(*) FROM records WHERE {where}", values).fetchone()  # noqa: S608 - built above from known columns
        return int(row[0])

    def page(self, entity: Entity, conditions: Sequence[Condition], order: str, page: Page) -> list[str]:
        """The documents of one page, as JSON texts."""
        where, values = _where(entity, conditions)
        # the index finds the ids, only the page's documents are read
        ids = f"SELECT rowid FROM records WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608 - built above from known columns
        rows = self._db.execute(
            f"SELECT document FROM records WHERE rowid IN ({ids}) ORDER BY {order}",  # noqa: S608 - built above from known columns
            (*values, page.size, page.offset),
        )
        return [text for (text,) in rows]


def _where(entity: Entity, conditions: Sequence[Condition]) -> tuple[str, tuple[object, ...]]:
    every = [Condition("entity = ?", (entity.name,)), *conditions]
    values = tuple(value for each in every for value in each.values)
    return " AND ".join(each.sql for each in every), values
