"""How many digits after the point an amount of a currency has, and how it is rounded to them; pure."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from .exact_json import plain_number

USUAL = 2
NONE = "bif clp djf gnf isk jpy kmf krw pyg rwf ugx uyi vnd vuv xaf xof xpf"
THREE = "bhd iqd jod kwd lyd omr tnd"
FOUR = "clf uyw"
MINOR_UNITS = {code: digits for digits, codes in ((0, NONE), (3, THREE), (4, FOUR)) for code in codes.split()}
EXACT = Context(prec=1_000, rounding=ROUND_HALF_UP)  # no sum or product of ours has more digits

Number = int | Decimal


def rounded(value: Number, currency: str) -> Number:
    """An amount in this currency, half a minor unit away from zero."""
    unit = Decimal(1).scaleb(-MINOR_UNITS.get(currency, USUAL))
    with localcontext(EXACT):
        return plain_number(Decimal(value).quantize(unit))


def product(quantity: Number, unit_cost: Number, currency: str) -> Number:
    """What so many of something cost."""
    with localcontext(EXACT):
        return rounded(Decimal(quantity) * Decimal(unit_cost), currency)


def total_of(values: Iterable[Number]) -> Number:
    """An exact sum."""
    with localcontext(EXACT):
        return plain_number(sum((Decimal(value) for value in values), Decimal(0)))
