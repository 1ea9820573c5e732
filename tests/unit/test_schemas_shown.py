"""Decimals on the wire: exact or refused, never rounded."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from schemas.shown import read_decimal, write_decimal
from tests.unit.schemas_values import NUMBERS, PATIENT


@given(NUMBERS)
@PATIENT
def test_a_decimal_is_exact_or_refused(number: Decimal | int) -> None:
    """What fits ten places and 38 digits is given back; anything else is refused, never rounded."""
    exact = Fraction(number)
    held = write_decimal(number)

    assert (held is not None) == (abs(exact) < 10**28 and (exact * 10**10).denominator == 1)
    assert held is None or read_decimal(held) == number


@pytest.mark.parametrize(
    ("text", "shown"),
    [("12.50", "12.5"), ("1000", "1000"), ("0.0000000001", "1E-10"), ("-0.10", "-0.1"), ("0", "0")],
)
def test_a_decimal_is_shown_without_needless_zeros(text: str, shown: str) -> None:
    """The ten places of the wire do not show."""
    held = write_decimal(Decimal(text))

    assert held is not None
    assert str(read_decimal(held)) == shown


@pytest.mark.parametrize(
    "text", ["1E28", "1E+999999", "1E-999999", "0.00000000001", "NaN", "Infinity", "9" * 39]
)
def test_a_decimal_that_does_not_fit_is_refused_at_once(text: str) -> None:
    """Numbers of any size are refused without computing them."""
    assert write_decimal(Decimal(text)) is None
