"""Images, errors, answers and the budget: the small pure parts of the connector."""

from decimal import Decimal

import httpx
import pytest

from connectors.bucket import Bucket
from connectors.crm.source import CrmSource
from connectors.errors import (
    Lost,
    Park,
    Stop,
    Throttled,
    Unreachable,
    Unreadable,
    action_for,
    for_exception,
    meaning_of,
)
from connectors.exchange import Answer, Request, retry_after
from connectors.image import changed_names, fill_vanished, flatten, same, same_number, unflatten
from connectors.invoiced.events import parse_event
from connectors.invoiced.source import InvoicedSource
from connectors.look import plausible
from connectors.offsets import Offsets
from connectors.shares import FairQueue
from connectors.source import Place
from schemas.profile_file import load_profile
from schemas.records import Json


def answer(text: str, **headers: str) -> Answer:
    return Answer(
        200, {name.replace("_", "-"): value for name, value in headers.items()}, text.encode(), 1_000, 1_500
    )


def test_an_image_is_flat_and_exact() -> None:
    """Nested objects get dotted names, numbers stay exact, an unset custom field is empty."""
    record = answer('{"id":1,"credit_limit":45.10,"metadata":{"own":"x"},"taxes":[{"rate":0.1}]}').json()

    image = flatten(record, {"metadata.fax"})

    assert image == {
        "id": 1, "credit_limit": Decimal("45.10"), "metadata.own": "x", "taxes": [{"rate": Decimal("0.1")}],
        "metadata.fax": None,
    }  # fmt: skip
    assert unflatten({"a.b": 1, "a.c": 2, "d": 3}) == {"a": {"b": 1, "c": 2}, "d": 3}


def test_a_float_is_refused() -> None:
    """A number that has lost its digits never becomes part of an image."""
    with pytest.raises(Unreadable, match="float"):
        flatten({"price": 0.1})


def test_changed_names() -> None:
    """Noise and unknown names do not count; a vanished key of a map does."""
    before = _image(name="A", updated_at=1, gone="x") | {"metadata.fax": "1"}
    after = fill_vanished(_image(name="B", updated_at=2), before)

    assert after["metadata.fax"] is None
    assert changed_names(before, after, frozenset({"updated_at"})) == ("metadata.fax", "name")
    assert changed_names(None, {"a": None, "b": ""}, frozenset()) == ()


def _image(**values: Json) -> dict[str, Json]:
    return values


def test_sameness() -> None:
    """Numbers by value, empty text is empty, a truth is no number; decimal strings equal their number."""
    assert same(Decimal("1.50"), Decimal("1.5"))
    assert same("", None)
    assert not same(value := 1, right := True), (value, right)
    assert same_number("12.50", Decimal("12.5"))
    assert not same_number("x", 1)
    assert same_number("2026-12-01T07:46:06Z", "2026-12-01T08:46:06.000+01:00")
    assert not same_number("2026-12-01T07:46:06Z", "2026-12-01T07:46:06.001Z")
    assert not same_number(
        "2026-12-01T07:46:06", "2026-12-01T07:46:06Z"
    )  # of a time without a zone nobody knows


@pytest.mark.parametrize(
    ("status", "kind"),
    [(200, None), (404, None), (409, None), (412, None), (400, Park), (422, Park), (401, Stop), (403, Stop),
     (429, Throttled), (500, Lost), (503, Lost), (408, Lost), (302, Park)],
)  # fmt: skip
def test_what_a_status_makes_its_caller_do(status: int, kind: type | None) -> None:
    """The table of statuses; a profile's own meaning goes before it."""
    action = action_for(meaning_of(status), status, "why")

    assert (None if action is None else type(action)) is kind
    assert isinstance(action_for(meaning_of(status, "throttled"), status, "why"), Throttled)


def test_what_an_exception_makes_its_caller_do() -> None:
    """Without a connection nothing can have happened; without an answer it may have."""
    assert isinstance(for_exception(httpx.ConnectError("no")), Unreachable)
    assert isinstance(for_exception(httpx.ReadTimeout("no")), Lost)
    assert not Unreachable("x").doubtful
    assert Lost("x").doubtful


def test_an_answer_knows_its_time() -> None:
    """The server's `Date` is taken no later than the read; without one there is no time."""
    known = answer("[]", date="Sun, 06 Nov 1994 08:49:37 GMT", link='<x>; rel="next"')

    assert known.date == 784_111_777_000 - 500
    assert known.has_next() is True
    assert (answer("[]").date, answer("[]").has_next()) == (None, None)
    assert retry_after("3", 0) == 3.0
    assert retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_775_000) == 2.0
    with pytest.raises(Unreadable):
        answer("{").json()


def test_a_body_keeps_its_digits() -> None:
    """A Decimal goes out as the JSON number it is."""
    assert Request("POST", "/x", body={"price": Decimal("12.50")}).content() == b'{"price": 12.50}'


def test_the_rate_halves_once_and_creeps_back() -> None:
    """Five complaints at once halve the rate once; answers bring it back, never above its limit."""
    bucket = Bucket(10.0, 5.0, now=0.0)
    for _ in range(5):
        bucket.throttled(5.0, after=2.0)
    assert bucket.rate == 5.0
    assert bucket.wait(5.0) == 2.0
    for _ in range(1_000):
        bucket.succeeded()
    assert bucket.rate == 10.0


def test_shares_are_kept_and_lent() -> None:
    """Under pressure each kind gets its weight; what an idle kind leaves is used."""
    queue: FairQueue[str] = FairQueue()
    for _ in range(100):
        queue.push("live", "live")
        queue.push("backfill", "backfill")
    first = [queue.pop() for _ in range(40)]
    assert (first.count("live"), first.count("backfill")) == (30, 10)
    lent: FairQueue[str] = FairQueue()
    for _ in range(10):
        lent.push("reconcile", "reconcile")
    assert [lent.pop() for _ in range(10)] == ["reconcile"] * 10


def test_offsets_wait_for_the_slowest() -> None:
    """What ended after an open command is not committed before it."""
    offsets = Offsets()
    for number in range(3):
        offsets.begin(("t", 0), number)
    offsets.end(("t", 0), 1)
    assert offsets.due() == {("t", 0): 0}
    offsets.end(("t", 0), 0)
    assert offsets.due() == {("t", 0): 2}
    offsets.committed({("t", 0): 2})
    assert offsets.due() == {}


@pytest.mark.parametrize(
    ("target", "present", "is_plausible"),
    [("abcdefgh", "abcde", True), (" Acme ", "ACME", True), ("+47 12 34", "4712", True), ("12.345", "12.35", True),
     ("x", None, True), ("Acme", "Zebra", False), ("10", "25", False), (True, False, False)],
)  # fmt: skip
def test_what_an_api_may_have_made_of_a_value(target: object, present: object, is_plausible: bool) -> None:
    """Trimmed, cut, re-cased, rounded or dropped: perhaps ours. Anything else is somebody's."""
    assert plausible(target, present) is is_plausible  # type: ignore[arg-type]  # JSON values


@pytest.mark.parametrize(
    ("record", "cause"),
    [("7", "a int stands"), ('{"name":"x","updated_at":1}', "id is missing"), ('{"id":1}', "updated_at is missing"),
     ('{"id":1,"updated_at":1,"name":7}', "name is int 7"), ('{"id":1,"updated_at":true}', "updated_at is bool")],
)  # fmt: skip
def test_an_unreadable_record_harms_no_other(record: str, cause: str) -> None:
    """One record of a wrong type is set aside; the rest of the page is read."""
    page = InvoicedSource().page("customer", Place(0), answer(f'[{record},{{"id":2,"updated_at":5}}]'))

    assert [one.ref for one in page.records] == ["invoiced:customer:2"]
    assert cause in page.unread[0].cause


def test_an_unreadable_crm_record_harms_no_other() -> None:
    """The same for a CRM, whose types are known for the properties of the contract only."""
    page = CrmSource(load_profile()).page(
        "customer",
        Place(0),
        answer('[{"Id":"a","UpdatedAt":"2026-01-01T00:00:00Z","Name":7},{"Id":"b","UpdatedAt":"x"}]'),
    )

    assert [one.ref for one in page.unread] == ["crm:customer:a", "crm:customer:b"]
    with pytest.raises(Unreadable, match="array"):
        CrmSource(load_profile()).page("customer", Place(0), answer("{}"))


@pytest.mark.parametrize("inside", [True, False])
def test_an_event_shows_previous_in_either_place(inside: bool) -> None:
    """The samples print `previous` beside `data`, the server inside it."""
    data = {"object": {"id": 4, "name": "B", "metadata": {"fax": "1"}}}
    event = {"id": 1, "type": "customer.updated", "timestamp": 9, "data": data, "user": {"id": -2}}
    (data if inside else event)["previous"] = {"name": "A"}

    parsed = parse_event(event)

    assert parsed is not None
    assert (parsed.ref, parsed.kind, parsed.at, parsed.previous) == (
        "invoiced:customer:4",
        "updated",
        9_000,
        {"name": "A"},
    )
    assert (parsed.image["metadata.fax"], parsed.by_api) == ("1", True)
    assert parse_event({"id": 1}) is None
