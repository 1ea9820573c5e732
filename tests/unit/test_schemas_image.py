"""Images in their typed records: nothing lost, nothing rounded, unknown is not empty."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.schemas_values import JSON, NUMBERS, PATIENT
from tests.unit.typed_record import TypedRecord

RECORDS = (
    "tandem.invoiced.Customer",
    "tandem.crm.Customer",
    "tandem.invoiced.Contact",
    "tandem.invoiced.Item",
    "tandem.crm.Contact",
    "tandem.crm.Product",
    "tandem.invoiced.Invoice",
    "tandem.crm.Order",
)


FORMS = {name: TypedRecord(name) for name in RECORDS}
INVOICED, CRM = (FORMS[name] for name in RECORDS[:2])


def images(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Any image: modelled names with values of any kind, likely and unlikely ones, and names of the user's own."""
    likely = (
        st.text()
        | st.integers()
        | st.booleans()
        | NUMBERS
        | st.datetimes().map(lambda at: at.isoformat() + "Z")
    )
    return st.dictionaries(st.sampled_from(FORMS[name].names) | st.text(), likely | JSON, max_size=12)


@given(st.data())
@pytest.mark.parametrize("name", RECORDS)
@PATIENT
def test_every_image_comes_back(name: str, data: st.DataObject) -> None:
    """Whatever a system shows under whatever name is read back as it was shown."""
    image = data.draw(images(name))

    back = FORMS[name].read(FORMS[name].write(image))

    assert back == image
    assert {key: isinstance(value, bool) for key, value in back.items()} == {
        key: isinstance(value, bool) for key, value in image.items()
    }


def test_unknown_is_not_empty() -> None:
    """A name the source did not show stays unknown; one it showed as null is empty."""
    back = INVOICED.read(INVOICED.write({"name": "Acme", "phone": None}))

    assert back == {"name": "Acme", "phone": None}
    assert "email" not in back


def test_too_many_decimals_are_never_rounded() -> None:
    """Eleven places do not fit the field: it stays null, and the exact number stands in extra."""
    image = {"credit_limit": Decimal("0.12345678901")}

    row = INVOICED.row(image)

    assert (row["credit_limit"], row["extra"]) == (None, {"credit_limit": "0.12345678901"})


def test_ten_decimals_fit() -> None:
    """Ten places stand in the field, readable by everybody, and nowhere else."""
    row = INVOICED.row({"credit_limit": Decimal("-1.0123456789")})

    assert int.from_bytes(row["credit_limit"], "big", signed=True) == -10123456789
    assert row["extra"] == {}


def test_other_forms_stay_readable_and_exact() -> None:
    """A time in another form is in its field for all to read, and in extra exactly as it was shown."""
    image = {"UpdatedAt": "2026-01-02T03:04:05+01:00", "CreatedAt": "2026-01-02T03:04:05.678Z"}

    row = CRM.row(image)

    assert row["UpdatedAt"] == 1767319445000
    assert row["extra"] == {"UpdatedAt": '"2026-01-02T03:04:05+01:00"'}
    assert CRM.read(CRM.write(image)) == image


def test_a_price_stands_in_its_field_and_comes_back_as_it_was_written() -> None:
    """A price is a number for every reader; a needless zero, which the number cannot tell, stands in extra."""
    row = FORMS["tandem.crm.Product"].row({"UnitPrice": "12.50"})
    plain_row = FORMS["tandem.crm.Product"].row({"UnitPrice": "12.5"})
    number = FORMS["tandem.invoiced.Item"].row({"unit_cost": Decimal("12.5")})

    assert row["UnitPrice"] == plain_row["UnitPrice"] == number["unit_cost"]
    assert int.from_bytes(row["UnitPrice"], "big", signed=True) == 125_000_000_000
    assert [row["extra"], plain_row["extra"], number["extra"]] == [{"UnitPrice": '"12.50"'}, {}, {}]


def test_seconds_travel_as_instants() -> None:
    """Invoiced's whole seconds are milliseconds on the wire and seconds again in the image."""
    row = INVOICED.row({"updated_at": 1700000000})

    assert row["updated_at"] == 1700000000000
    assert INVOICED.read(INVOICED.write({"updated_at": 1700000000})) == {"updated_at": 1700000000}


def test_a_value_of_another_type_does_not_stop_the_change() -> None:
    """A text where a number is due, a truth where a text is: kept in extra, the field null."""
    image: dict[str, Any] = {"id": "4711", "name": True, "active": 1, "owner": Decimal(3)}

    row = INVOICED.row(image)

    assert {name: row[name] for name in image} == dict.fromkeys(image)
    assert INVOICED.read(INVOICED.write(image)) == image


def test_extra_is_sorted() -> None:
    """The same image makes the same record, in whatever order its source showed it."""
    one = INVOICED.row({"metadata.fax": "1", "metadata.a": 2, "x": None})

    assert list(one["extra"]) == ["metadata.a", "metadata.fax", "x"]


def test_names_of_our_own_fields_do_no_harm() -> None:
    """A custom property called `extra` or `absent` is one like any other."""
    image: dict[str, Any] = {"extra": {"a": 1}, "absent": [1]}

    assert INVOICED.read(INVOICED.write(image)) == image
