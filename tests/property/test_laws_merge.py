"""Laws of the merge: the order in which the sides were seen is nothing to it, repeating it is nothing, and it ends."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.flow import Flow
from schemas.records import Change, Result, Source
from streams.domain.lenses import names, put
from streams.domain.merge import Merged, merge
from streams.domain.observe import observe
from streams.domain.rows import Flight, LinkRow, Side, side_of, with_side
from streams.domain.settling import release, settle, take_image
from tests.property.apis import HOW
from tests.property.world import SYSTEMS, policy

TEXTS = ("city", "phone", "notes", "email", "number", "fax")
VALUES = st.sampled_from((None, "a", "b", "B", "a b", "abcdef", "12-3", "123"))
KEPT = st.sampled_from(("", "upper", "drop", "truncate"))
TIMES = st.integers(0, 9)
Seen = dict[str, Any]

flows = st.sampled_from(("newest", "invoiced", "crm", "manual")).map(lambda name: policy(conflict=name)[0])
seen = st.fixed_dictionaries(dict.fromkeys(TEXTS, VALUES) | {"active": st.booleans()})
based = st.fixed_dictionaries({}, optional=dict.fromkeys(TEXTS, VALUES) | {"active": st.booleans()})
forced = st.dictionaries(st.sampled_from(TEXTS), VALUES, max_size=2)


def _image(flow: Flow, system: str, values: Seen) -> Seen:
    image: Seen = {"IsActive": True, "IsDeleted": False} if system == "crm" else {"active": True}
    for prop in flow.properties:
        if prop.type not in {"reference", "archive"}:
            image[names(prop, system)[0]] = None
    for prop in flow.properties:
        if prop.name in values:
            image |= put(prop, system, values[prop.name], image)
    return image


@st.composite
def linked_rows(draw: st.DrawFn, flow: Flow) -> LinkRow:
    """A pair whose bases agree, differ as an API made them differ, or are not there yet."""
    one = draw(based)
    sides = {}
    for system, base in zip(
        SYSTEMS, (one, {**one, **(draw(based) if draw(st.booleans()) else {})}), strict=True
    ):
        side = Side(ref=f"{system}:customer:1", version=1)
        row = with_side(LinkRow("L", flow.name, flow.version), system, side)
        row = observe(flow, row, system, _change(flow, system, base, at=0))
        sides[system] = replace(side_of(row, system), base=dict(base), edited_at={}, edited_from={})
    pending = {name: [value, list(SYSTEMS)] for name, value in draw(forced).items()}
    return LinkRow("L", flow.name, flow.version, sides["invoiced"], sides["crm"], forced=pending)


def _change(flow: Flow, system: str, values: Seen, at: int) -> Change:
    source = Source(system, "customer", "1", 10 + at, 1, at * 1_000)
    return Change("u", f"{system}:customer:1", 10 + at, source, 0, None, _image(flow, system, values))


def _merge(flow: Flow, row: LinkRow) -> Merged:
    return merge(flow, row, row.invoiced.seen, row.crm.seen, 2_000)


def _applied(flow: Flow, row: LinkRow, system: str, wish: Seen, kept: str) -> LinkRow:
    """One side takes what is wished, as its API keeps it, and answers."""
    image = dict(side_of(row, system).image or {})
    values = {
        k: v
        for p in flow.properties
        if p.name in wish
        for k, v in put(p, system, wish[p.name], image).items()
    }
    taken = {name: _kept(value, kept) for name, value in values.items()}
    flight = Flight("c", 1, "update", values, {}, dict(wish), 20_000, 1, version=side_of(row, system).version)
    answer = Result(
        "c",
        "default",
        "L",
        system,
        1,
        "done",
        30_000,
        image={**image, **taken},
        updated_at=30_000,
        wrote=True,
    )
    row = release(settle(flow, row, system, flight, answer), flight, system)
    return take_image(flow, row, system, flight, answer)


def _kept(value: Any, how: str) -> Any:
    return HOW[how](value, "3") if how and isinstance(value, str) else value


@given(flows, st.data(), seen, seen, TIMES, TIMES)
def test_the_order_of_two_sights_is_nothing_to_it(
    flow: Flow, data: st.DataObject, here: Seen, there: Seen, one: int, two: int
) -> None:
    """Commutative: whichever side was read first, the row is the same, and so is what follows."""
    row = data.draw(linked_rows(flow))
    changes = [_change(flow, "invoiced", here, one), _change(flow, "crm", there, two)]
    rows = []
    for order in (changes, changes[::-1]):
        after = row
        for change in order:
            after = observe(flow, after, change.source.system, change)
        rows.append(after)

    assert rows[0] == rows[1]
    assert _merge(flow, rows[0]) == _merge(flow, rows[1])


@given(flows, st.data(), seen, seen, TIMES, TIMES)
def test_merging_again_adds_nothing(
    flow: Flow, data: st.DataObject, here: Seen, there: Seen, one: int, two: int
) -> None:
    """Idempotent: the same wishes, no other base, and no conflict is listed twice."""
    row = observe(flow, data.draw(linked_rows(flow)), "invoiced", _change(flow, "invoiced", here, one))
    first = _merge(flow, observe(flow, row, "crm", _change(flow, "crm", there, two)))

    again = _merge(flow, first.row)

    assert again == Merged(first.row, first.wishes, ())


@given(flows, st.data(), seen, seen, TIMES, TIMES, KEPT, KEPT)
def test_what_is_merged_and_applied_is_quiet(
    flow: Flow, data: st.DataObject, here: Seen, there: Seen, one: int, two: int, inv: str, crm: str
) -> None:
    """Convergent: once both sides have taken what was wished, however they keep it, nothing more is wished."""
    row = observe(flow, data.draw(linked_rows(flow)), "invoiced", _change(flow, "invoiced", here, one))
    merged = _merge(flow, observe(flow, row, "crm", _change(flow, "crm", there, two)))
    row = merged.row
    for system, kept in (("invoiced", inv), ("crm", crm)):
        if merged.wishes[system]:
            row = _applied(flow, row, system, merged.wishes[system], kept)

    after = _merge(flow, row)

    assert after.wishes == {"invoiced": {}, "crm": {}}
    assert after.conflicts == ()


@given(flows, st.data(), seen)
def test_who_has_not_changed_is_not_wished_anything_for_itself(
    flow: Flow, data: st.DataObject, here: Seen
) -> None:
    """A side that shows its own base is never the source of a wish, whatever the other one shows."""
    row = replace(data.draw(linked_rows(flow)), forced={})
    edited = observe(flow, row, "invoiced", _change(flow, "invoiced", here, 5))
    full = {name for name in row.crm.base if name in row.invoiced.base}

    merged = _merge(flow, edited)

    assert not merged.wishes["invoiced"].keys() & full
