"""`GET /events` and `GET /events/:id`."""

from collections.abc import Callable, Mapping

from starlette.datastructures import QueryParams

from sandbox.control import Clock
from sandbox.invoiced.call import Answer, Call
from sandbox.invoiced.conditions import Condition, timestamp
from sandbox.invoiced.database import Database
from sandbox.invoiced.endpoint import Handler
from sandbox.invoiced.errors import InvalidError, NotFoundError
from sandbox.invoiced.pages import asked_page

from .view import COLUMNS, event_text

FROM = ("api", "team", "customer", "invoiced")


class EventRoutes:
    """Reads the event log: reverse chronological, one page at a time."""

    def __init__(self, database: Database, clock: Clock, switches: Mapping[str, bool]) -> None:
        self._db = database
        self._clock = clock
        self._switches = switches

    def table(self) -> list[tuple[str, str, Handler]]:
        """Method, path and handler of each."""
        return [("GET", "/events", self.list_page), ("GET", "/events/{id}", self.retrieve)]

    def text(self, seq: int) -> str | None:
        """The event at a place of the log, as a webhook carries it."""
        row = self._db.execute(f"SELECT {COLUMNS} FROM events WHERE seq = ?", (seq,)).fetchone()  # noqa: S608 - columns from view.py
        return None if row is None else event_text(row, self._switches)

    def retrieve(self, call: Call) -> Answer:
        """One event."""
        id_ = call.integer("id")
        row = self._db.execute(
            f"SELECT {COLUMNS} FROM events WHERE id = ? AND visible_ms <= ?",  # noqa: S608 - columns from view.py
            (id_, self._now_ms()),
        ).fetchone()
        if row is None:
            raise NotFoundError(f"No such event: {id_}")
        return Answer(event_text(row, self._switches))

    def list_page(self, call: Call) -> Answer:
        """A page of events, newest first."""
        params = call.request.query_params
        page = asked_page(params, self._switches)
        every = [Condition("visible_ms <= ?", (self._now_ms(),)), *event_conditions(params, self._switches)]
        where = " AND ".join(each.sql for each in every)
        values = tuple(value for each in every for value in each.values)
        total = self._db.execute(f"SELECT count(*) FROM events WHERE {where}", values).fetchone()[0]  # noqa: S608 - conditions from below
        rows = self._db.execute(
            f"SELECT {COLUMNS} FROM events WHERE {where} ORDER BY at DESC, id DESC LIMIT ? OFFSET ?",  # noqa: S608 - conditions from below
            (*values, page.size, page.offset),
        )
        text = ",".join(event_text(row, self._switches) for row in rows)
        return Answer(f"[{text}]", headers=page.headers(call.request.url, total))

    def _now_ms(self) -> int:
        return int(self._clock.now().timestamp() * 1000)


def event_conditions(params: QueryParams, switches: Mapping[str, bool]) -> list[Condition]:
    """What an event must meet to be listed."""
    found: list[Condition] = []
    if "related_to" in params:
        found.append(_related(params["related_to"]))
    if not switches["invoiced.event_filters_known"]:
        return found
    for name, read in _READERS.items():
        if name in params:
            found.append(read(params[name]))
    return found


def _related(text: str) -> Condition:
    kind, comma, id_ = text.partition(",")
    if not comma or not kind or not id_:
        raise InvalidError(
            f"related_to {text!r} must be an object and its id, such as customer,1234", "related_to"
        )
    return Condition(
        "object = ? AND object_id = ?", (kind, int(id_) if id_.isdigit() and len(id_) <= 18 else id_)
    )


def _from(text: str) -> Condition:
    if text not in FROM:
        raise InvalidError(f"from {text!r} is not one of {', '.join(FROM)}", "from")
    return Condition("origin = ?", (text,))


_READERS: dict[str, Callable[[str], Condition]] = {
    "from": _from,
    "type": lambda text: Condition("object = ?", (text,)),
    "filter[type]": lambda text: Condition("type = ?", (text,)),
    "start_date": lambda text: Condition("at >= ?", (timestamp("start_date", text),)),
    "end_date": lambda text: Condition("at <= ?", (timestamp("end_date", text),)),
}
