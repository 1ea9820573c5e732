"""Images in their typed records: nothing lost, nothing rounded, unknown is not empty."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.catalogue import schema_text
from schemas.image import ImageForm
from tests.unit.schemas_values import JSON, NUMBERS

RECORDS = ("tandem.invoiced.Customer", "tandem.crm.Customer")
SCHEMAS = {name: json.loads(schema_text(name)) for name in RECORDS}
FORMS = {name: ImageForm(schema) for name, schema in SCHEMAS.items()}
NAMES = {name: [field["name"] for field in schema["fields"]] for name, schema in SCHEMAS.items()}
INVOICED = FORMS["tandem.invoiced.Customer"]
CRM = FORMS["tandem.crm.Customer"]


def decoded(form: ImageForm, row: dict[str, Any]) -> dict[str, Any]:
    """The row as a reader has it: every field there, null where the writer left it out."""
    names = next(names for name, names in NAMES.items() if FORMS[name] is form)
    return {**dict.fromkeys(names), **row}


def images(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Any image: modelled names with values of any kind, likely and unlikely ones, and names of the user's own."""
    likely = (
        st.text()
        | st.integers()
        | st.booleans()
        | NUMBERS
        | st.datetimes().map(lambda at: at.isoformat() + "Z")
    )
    return st.dictionaries(st.sampled_from(NAMES[name]) | st.text(), likely | JSON, max_size=12)


@given(st.data())
@pytest.mark.parametrize("name", RECORDS)
def test_every_image_comes_back(name: str, data: st.DataObject) -> None:
    """Whatever a system shows under whatever name is read back as it was shown."""
    image = data.draw(images(name))

    back = FORMS[name].unpack(decoded(FORMS[name], FORMS[name].pack(image)))

    assert back == image
    assert {key: isinstance(value, bool) for key, value in back.items()} == {
        key: isinstance(value, bool) for key, value in image.items()
    }


def test_unknown_is_not_empty() -> None:
    """A name the source did not show stays unknown; one it showed as null is empty."""
    back = INVOICED.unpack(decoded(INVOICED, INVOICED.pack({"name": "Acme", "phone": None})))

    assert back == {"name": "Acme", "phone": None}
    assert "email" not in back


def test_too_many_decimals_are_never_rounded() -> None:
    """Eleven places do not fit the field: it stays null, and the exact number stands in extra."""
    image = {"credit_limit": Decimal("0.12345678901")}

    row = INVOICED.pack(image)

    assert (row["credit_limit"], row["extra"]) == (None, {"credit_limit": "0.12345678901"})


def test_ten_decimals_fit() -> None:
    """Ten places stand in the field, readable by everybody, and nowhere else."""
    row = INVOICED.pack({"credit_limit": Decimal("-1.0123456789")})

    assert int.from_bytes(row["credit_limit"], "big", signed=True) == -10123456789
    assert row["extra"] == {}


def test_other_forms_stay_readable_and_exact() -> None:
    """A time in another form is in its field for all to read, and in extra exactly as it was shown."""
    image = {"UpdatedAt": "2026-01-02T03:04:05+01:00", "CreatedAt": "2026-01-02T03:04:05.678Z"}

    row = CRM.pack(image)

    assert row["UpdatedAt"] == 1767319445000
    assert row["extra"] == {"UpdatedAt": '"2026-01-02T03:04:05+01:00"'}
    assert CRM.unpack(decoded(CRM, row)) == image


def test_seconds_travel_as_instants() -> None:
    """Invoiced's whole seconds are milliseconds on the wire and seconds again in the image."""
    row = INVOICED.pack({"updated_at": 1700000000})

    assert row["updated_at"] == 1700000000000
    assert INVOICED.unpack(decoded(INVOICED, row)) == {"updated_at": 1700000000}


def test_a_value_of_another_type_does_not_stop_the_change() -> None:
    """A text where a number is due, a truth where a text is: kept in extra, the field null."""
    image: dict[str, Any] = {"id": "4711", "name": True, "active": 1, "owner": Decimal(3)}

    row = INVOICED.pack(image)

    assert {name: row[name] for name in image} == dict.fromkeys(image)
    assert INVOICED.unpack(decoded(INVOICED, row)) == image


def test_extra_is_sorted() -> None:
    """The same image makes the same record, in whatever order its source showed it."""
    one = INVOICED.pack({"metadata.fax": "1", "metadata.a": 2, "x": None})

    assert list(one["extra"]) == ["metadata.a", "metadata.fax", "x"]


def test_names_of_our_own_fields_do_no_harm() -> None:
    """A custom property called `extra` or `absent` is one like any other."""
    image: dict[str, Any] = {"extra": {"a": 1}, "absent": [1]}

    assert INVOICED.unpack(decoded(INVOICED, INVOICED.pack(image))) == image
