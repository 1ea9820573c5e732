"""Free-form values as JSON text."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.jsontext import dumps, loads
from schemas.records import Json
from tests.unit.schemas_values import JSON, PATIENT


@given(JSON)
@PATIENT
def test_every_value_comes_back(value: Json) -> None:
    """What is written is read back, numbers by value."""
    assert loads(dumps(value)) == value


def test_fractions_are_exact() -> None:
    """A fraction never becomes a float, however many places it has."""
    text = "[0.1,12345678901234567890.123456789012,1E+2]"

    assert loads(text) == [Decimal("0.1"), Decimal("12345678901234567890.123456789012"), Decimal(100)]
    assert dumps(loads(text)) == text


def test_the_same_value_is_always_the_same_text() -> None:
    """Keys are sorted at every depth."""
    assert dumps({"b": 1, "a": [{"d": None, "c": "é"}]}) == '{"a":[{"c":"é","d":null}],"b":1}'


@pytest.mark.parametrize("value", [0.1, [0.1], {"a": {"b": [0.1]}}, Decimal("NaN"), Decimal("-Infinity")])
def test_an_inexact_number_is_refused(value: Json) -> None:
    """A float anywhere in a value has already lost what was sent."""
    with pytest.raises(TypeError, match="no exact number"):
        dumps(value)


@given(st.integers())
@PATIENT
def test_whole_numbers_of_any_size_stay_whole(value: int) -> None:
    """No whole number is cut to 64 bits."""
    assert loads(dumps(value)) == value
    assert type(loads(dumps(value))) is int
