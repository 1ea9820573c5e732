"""Reading by keyset while records move: whatever is edited, added or deleted between pages, nothing is skipped."""

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.crm import keyset as crm_keyset
from connectors.invoiced import keyset as invoiced_keyset
from connectors.source import Place
from schemas.profile_file import load_profile

PER_PAGE = 3
Edit = tuple[str, int]
EDITS = st.lists(
    st.tuples(st.sampled_from(["edit", "add", "delete", "wait"]), st.integers(0, 11)), max_size=25
)
STAMPS = st.lists(st.integers(1, 4), min_size=0, max_size=12)


class Records:
    """Ids and stamps, with a clock that moves on between edits or stands still."""

    def __init__(self, stamps: list[int]) -> None:
        self.stamps = dict(enumerate(stamps))
        self.now = max(stamps, default=1)

    def happen(self, edit: Edit) -> None:
        what, number = edit
        if what == "wait":
            self.now += 1
        elif what == "add":
            self.stamps[100 + len(self.stamps) + number] = self.now
        elif what == "delete":
            self.stamps.pop(number, None)
        elif number in self.stamps:
            self.stamps[number] = self.now


def read_invoiced(records: Records, edits: list[Edit], *, inclusive: bool) -> set[int]:
    met: set[int] = set()
    place: Place | None = Place(0)
    for _ in range(500):
        assert place is not None
        query = invoiced_keyset.params_at(place, PER_PAGE)
        after, before = int(query["updated_after"]), int(query.get("updated_before", 10**9))
        hits = [
            (number, stamp)
            for number, stamp in records.stamps.items()
            if (stamp >= after if inclusive else stamp > after) and stamp < before
        ]
        hits.sort(key=lambda hit: hit[0] if query["sort"] == "id asc" else (hit[1], hit[0]))
        start = (int(query["page"]) - 1) * PER_PAGE
        page = hits[start : start + PER_PAGE]
        met |= {number for number, _ in page}
        more = start + PER_PAGE < len(hits)
        place = invoiced_keyset.next_place(place, [(stamp, str(number)) for number, stamp in page], more)
        if place is None:
            return met
        if edits:
            records.happen(edits.pop())
    raise AssertionError("reading does not end")


def read_crm(records: Records, edits: list[Edit]) -> set[int]:
    met: set[int] = set()
    place: Place | None = Place(0)
    for _ in range(500):
        assert place is not None
        hits = sorted((stamp, number) for number, stamp in records.stamps.items() if stamp >= place.since)
        start = (place.page - 1) * PER_PAGE
        page = hits[start : start + PER_PAGE]
        met |= {number for _, number in page}
        more = start + PER_PAGE < len(hits)
        place = crm_keyset.next_place(place, [(stamp, str(number)) for stamp, number in page], more=more)
        if place is None:
            return met
        if edits:
            records.happen(edits.pop())
    raise AssertionError("reading does not end")


@settings(max_examples=300, deadline=None)
@given(stamps=STAMPS, edits=EDITS, inclusive=st.booleans())
def test_invoiced_reading_is_complete(stamps: list[int], edits: list[Edit], inclusive: bool) -> None:
    """Every record that exists at the end was met, whether `updated_after` is strict or not."""
    records = Records(stamps)
    met = read_invoiced(records, list(edits), inclusive=inclusive)

    old = {number for number, stamp in records.stamps.items() if stamp < records.now}
    assert old <= met


@settings(max_examples=300, deadline=None)
@given(stamps=STAMPS, edits=EDITS)
def test_crm_reading_is_complete(stamps: list[int], edits: list[Edit]) -> None:
    """The same by (stamp, id) with an inclusive cursor."""
    records = Records(stamps)
    met = read_crm(records, list(edits))

    old = {number for number, stamp in records.stamps.items() if stamp < records.now}
    assert old <= met


def test_the_query_of_a_page() -> None:
    """Invoiced asks in whole seconds; a CRM in its profile's format, archived records included."""
    assert invoiced_keyset.params_at(Place(5_999), 100) == {
        "updated_after": "5", "sort": "updated_at asc", "per_page": "100", "page": "1",
    }  # fmt: skip
    assert crm_keyset.params_at(load_profile(), Place(1_500, page=2)) == {
        "include_deleted": "true", "per_page": "200", "updated_since": "1970-01-01T00:00:01.500Z", "page": "2",
    }  # fmt: skip
