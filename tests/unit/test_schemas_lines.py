"""Lines in their typed records: each line whole, a list that is none of lines whole beside them."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import jsontext
from schemas.catalogue import schema_text
from tests.unit.schemas_values import JSON, NUMBERS, PATIENT
from tests.unit.typed_record import TypedRecord

INVOICE, ORDER = TypedRecord("tandem.invoiced.Invoice"), TypedRecord("tandem.crm.Order")
LISTS = ((INVOICE, "items", "tandem.invoiced.LineItem"), (ORDER, "Lines", "tandem.crm.OrderLine"))
LIKELY = (
    st.none()
    | st.booleans()
    | st.sampled_from(["0.1", "0.10", "1e1", "1.00000000001", "-0", "2026-01-02T03:04:05.678Z", ""])
    | NUMBERS
)


def lines(record: str) -> st.SearchStrategy[dict[str, Any]]:
    """Any line: modelled names with values of any kind, and names of the user's own."""
    names = [field["name"] for field in json.loads(schema_text(record))["fields"]]
    return st.dictionaries(st.sampled_from(names) | st.text(), LIKELY | JSON, max_size=8)


def exactly(value: Any) -> Any:
    """A value with its types, as `True == 1`."""
    if isinstance(value, dict):
        return {name: exactly(each) for name, each in value.items()}
    if isinstance(value, list):
        return [exactly(each) for each in value]
    return isinstance(value, bool), isinstance(value, str), value


@pytest.mark.parametrize(("form", "name", "record"), LISTS, ids=[record for _, _, record in LISTS])
@given(st.data())
@PATIENT
def test_every_list_comes_back(form: TypedRecord, name: str, record: str, data: st.DataObject) -> None:
    """Whatever stands where lines should, with whatever in them, is read back as it was shown, in its order."""
    shown: Any = data.draw(
        st.lists(lines(record), max_size=4) | st.lists(lines(record) | JSON, max_size=4) | JSON
    )

    back = form.read(form.write({name: shown}))

    assert exactly(back) == exactly({name: shown})


@pytest.mark.parametrize(("form", "name", "record"), LISTS, ids=[record for _, _, record in LISTS])
@given(st.data())
@PATIENT
def test_objects_stand_typed(form: TypedRecord, name: str, record: str, data: st.DataObject) -> None:
    """A list of objects is a list of records of the same length, in the same order, and nowhere else."""
    shown: Any = data.draw(st.lists(lines(record), max_size=4))

    row = form.row({name: shown})

    assert len(row[name]) == len(shown)
    assert row["extra"] == {}
    for line, held in zip(shown, row[name], strict=True):
        assert set(held["absent"]) == held.keys() - {"absent", "extra"} - line.keys()
        assert held["extra"].keys() <= line.keys()


@pytest.mark.parametrize("shown", [[None], [{"id": 1}, None], [[]], ["x"], [{"id": 1}, 7], {}, "x", 0, False])
def test_what_is_no_list_of_objects_stands_in_extra_whole(shown: Any) -> None:
    """One element that is no object: no line is typed, so nobody takes a part for the whole."""
    row = INVOICE.row({"items": shown})

    assert (row["items"], row["extra"]) == (None, {"items": jsontext.dumps(shown)})


def test_no_lines_and_unknown_lines_and_none_are_three_things() -> None:
    """An empty list is shown empty, null is empty, a missing list is unknown."""
    empty, null, unknown = INVOICE.row({"items": []}), INVOICE.row({"items": None}), INVOICE.row({})

    assert [row["items"] for row in (empty, null, unknown)] == [[], None, None]
    assert ["items" in row["absent"] for row in (empty, null, unknown)] == [False, False, True]


def test_a_line_is_typed_and_what_does_not_fit_stands_beside_it() -> None:
    """Numbers are decimals, times instants; eleven decimals and a text for a number stand in the line's extra."""
    line: dict[str, Any] = {
        "id": 7, "quantity": Decimal("2.50"), "unit_cost": Decimal("0.12345678901"), "amount": "5",
        "created_at": 1_700_000_000, "name": None, "metadata": {"tandem_line": "a"}, "taxes": [{"amount": Decimal("0.1")}],
    }  # fmt: skip

    (row,) = INVOICE.row({"items": [line]})["items"]

    assert (row["id"], row["created_at"], row["name"]) == (7, 1_700_000_000_000, None)
    assert int.from_bytes(row["quantity"], "big", signed=True) == 25_000_000_000
    assert (row["unit_cost"], row["amount"]) == (None, None)
    assert row["taxes"] == '[{"amount":0.1}]'
    assert row["extra"] == {
        "amount": '"5"', "metadata": '{"tandem_line":"a"}', "unit_cost": "0.12345678901",
    }  # fmt: skip
    assert "name" not in row["absent"]
    assert "catalog_item" in row["absent"]


def test_a_needless_zero_of_a_line_is_kept() -> None:
    """A text of money is a number for every reader, and given back as it was written."""
    shown: list[Any] = [{"LineId": "a", "Quantity": "0.1"}, {"LineId": "b", "Quantity": "0.10"}]

    first, second = ORDER.row({"Lines": shown})["Lines"]

    assert first["Quantity"] == second["Quantity"]
    assert (first["extra"], second["extra"]) == ({}, {"Quantity": '"0.10"'})
    assert ORDER.read(ORDER.write({"Lines": shown})) == {"Lines": shown}


def test_the_same_list_is_always_the_same_bytes() -> None:
    """The order in which a line shows its names does not matter; that of the lines does."""
    one: Any = {"id": 1, "b": 1, "a": 2}
    other: Any = {"a": 2, "id": 1, "b": 1}

    assert INVOICE.write({"items": [one]}) == INVOICE.write({"items": [other]})
    assert INVOICE.write({"items": [one, {}]}) != INVOICE.write({"items": [{}, one]})
