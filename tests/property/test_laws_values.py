"""Laws of values and lenses: canonical means one spelling, and what is written is what is read back."""

from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.flow_file import OWN_FLOWS, load_flows
from schemas.flow_property import FieldType, Property
from streams.domain.index import SYSTEMS
from streams.domain.lenses import UNKNOWN, get, names, put
from streams.domain.values import READERS, same

FLOWS = OWN_FLOWS


def _properties() -> dict[str, Property]:
    """All of the customer flow, and of the others what has other ends."""
    found: dict[str, Property] = {}
    known: set[tuple[str, bool, int]] = set()
    for flow in sorted(load_flows(FLOWS), key=lambda flow: flow.name != "customer"):
        for prop in flow.properties:
            kind = (prop.type, bool(prop.invoiced), len(names(prop, "crm")))
            if flow.name == "customer" or kind not in known:
                found[f"{flow.name}-{prop.name}"] = prop
            known.add(kind)
    return found


PROPERTIES = [pytest.param(prop, id=name) for name, prop in _properties().items()]
# A system without an archive is not written: there, out of use is deleted. What is voided says nothing any more.
WRITTEN = [
    pytest.param(prop, id=name)
    for name, prop in _properties().items()
    if prop.invoiced and (prop.type, prop.invoiced) != ("archive", "status")
]
TEXT = st.one_of(
    st.text(max_size=12), st.sampled_from((" a ", "A\r\nb", "+47 22 33", "(47) 2233", "a@B.c", ""))
)
AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9)
SHARE = settings(max_examples=max(5, settings().max_examples // 8))  # of each property on each system
RAW: st.SearchStrategy[Any] = st.one_of(
    st.none(), TEXT, st.booleans(), st.integers(-9999, 9999), AMOUNTS, AMOUNTS.map(str)
)


def _raw(prop: Property, system: str, name: str) -> st.SearchStrategy[Any]:
    if prop.type == "archive":
        return st.sampled_from((True, False, None))
    if prop.type == "reference":
        return st.one_of(st.none(), st.integers(1, 99) if system == "invoiced" else st.uuids().map(str))
    return RAW


def _image(prop: Property, system: str) -> st.SearchStrategy[dict[str, Any]]:
    """Images that show the property, in part or not at all."""
    fields = {name: _raw(prop, system, name) for name in names(prop, system)}
    return st.fixed_dictionaries({}, optional=fields)


def test_every_type_a_flow_file_may_name_can_be_read() -> None:
    """A reference and an archive have readers of their own; any other type without one would park every change."""
    assert set(get_args(FieldType)) - {"reference", "archive"} == set(READERS)


@pytest.mark.parametrize("kind", sorted(READERS))
@given(RAW)
@example("\u0390")
@example("1E+999999999")
@example("NaN")
def test_a_canonical_value_is_read_as_itself(kind: str, raw: Any) -> None:
    """Reading is idempotent: there is one spelling, and none beyond it."""
    once = READERS[kind](raw)

    assert READERS[kind](once) == once
    assert type(READERS[kind](once)) is type(once)


@pytest.mark.parametrize("kind", sorted(READERS))
@given(RAW, RAW, RAW)
def test_sameness_is_an_equivalence(kind: str, one: Any, two: Any, three: Any) -> None:
    """A value is the same as itself, whichever stands first, and over a third one."""
    a, b, c = (READERS[kind](raw) for raw in (one, two, three))

    assert same(kind, a, a)
    assert same(kind, a, b) == same(kind, b, a)
    if same(kind, a, b) and same(kind, b, c):
        assert same(kind, a, c)


@given(st.sampled_from(("email", "phone")), st.data())
def test_sameness_goes_over_a_third_spelling(kind: str, data: st.DataObject) -> None:
    """The same where values do have several spellings."""
    spelling = st.text(alphabet="+aB1 -ß.", max_size=4)
    a, b, c = (READERS[kind](data.draw(spelling)) for _ in range(3))

    if same(kind, a, b) and same(kind, b, c):
        assert same(kind, a, c)


@given(AMOUNTS)
@example(Decimal("1234567890123456789012345678901234567890.0123456789"))
def test_an_amount_is_the_same_however_it_is_written(amount: Decimal) -> None:
    """Number, text and trailing zeros are one value, to the last digit."""
    spelled = (
        amount,
        str(amount),
        f"{amount:f}{'' if amount == int(amount) else 0}",
        int(amount) if amount == int(amount) else amount,
    )

    assert len({READERS["decimal"](one) for one in spelled}) == 1
    assert Decimal(str(READERS["decimal"](amount))) == amount


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("prop", PROPERTIES)
@SHARE
@given(st.data())
def test_writing_what_is_there_changes_nothing(prop: Property, system: str, data: st.DataObject) -> None:
    """GetPut: what an image shows, put into it, is no write at all."""
    image = data.draw(_image(prop, system))
    value = get(prop, system, image)

    if value is not UNKNOWN:
        assert put(prop, system, value, image) == {}


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("prop", WRITTEN)
@SHARE
@given(st.data())
def test_what_is_written_is_read_back(prop: Property, system: str, data: st.DataObject) -> None:
    """PutGet: whatever the other side shows, put into any image, is what this side then shows."""
    image = data.draw(_image(prop, system))
    other = "crm" if system == "invoiced" else "invoiced"
    # An id is translated on its way, so a reference is written as that system names it itself.
    source = system if prop.type == "reference" else other
    value = get(prop, source, {name: data.draw(_raw(prop, source, name)) for name in names(prop, source)})

    after = {**image, **put(prop, system, value, image)}

    assert same(prop.type, get(prop, system, after), value)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("prop", PROPERTIES)
@SHARE
@given(st.data())
def test_writing_touches_nothing_else(prop: Property, system: str, data: st.DataObject) -> None:
    """A property is written by its own names alone."""
    image = data.draw(_image(prop, system))
    other = "crm" if system == "invoiced" else "invoiced"
    value = get(prop, other, {name: data.draw(_raw(prop, other, name)) for name in names(prop, other)})

    assert put(prop, system, value, image).keys() <= set(names(prop, system))


LISTS: list[tuple[Any, str | None]] = [
    ([{"amount": Decimal("0.1")}, {"amount": "0.2"}], "0.3"),
    ([{"amount": "1234567890123456789012345678901234567890.01"}, {"amount": "0.001"}], "1234567890123456789012345678901234567890.011"),
    ([{"amount": None}, {"rate": "5"}], "0"),
    ([{"amount": "1E+999999999"}, {"amount": 2}], "1E+999999999; 2"),
    ([{"amount": "some"}], "some"),
    ([], None),
    ("7.50", "7.5"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "value"), LISTS)
def test_a_list_of_amounts_is_their_exact_sum(raw: Any, value: str | None) -> None:
    """No digit is lost; what is no number is shown as it is, and what would fill the memory is not written out."""
    assert READERS["amount"](raw) == value


NUMBERS: tuple[tuple[str, ...], ...] = (
    ("+47 22 33 44 55", "004722334455", "+47 (0)22 33 44 55", "(+47) 22334455", "+47-22.33.44.55"),
    ("22 33 44 55", "22334455", "(22) 33-44-55"),
    ("+47 22 33 44 55 x12", "0047 22334455 ext. 12", "+4722334455;ext=12", "+47 22334455 #12", "+4722334455 Extension 12"),
)  # fmt: skip


def test_phone_numbers_are_the_same_as_people_dial_them() -> None:
    """However it is typed, a number is itself, and no other; another extension is another number."""
    for numbers in NUMBERS:
        assert all(same("phone", numbers[0], one) for one in numbers)
    for numbers, others in zip(NUMBERS, (*NUMBERS[1:], NUMBERS[0]), strict=True):
        assert not any(same("phone", one, other) for one in numbers for other in others)
    assert not same("phone", "+47 22 33 44 55 x12", "+47 22 33 44 55 x13")
    assert same("email", "Anna@B.c", "anna@b.C")
