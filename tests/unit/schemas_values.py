"""What images and messages may hold, for hypothesis."""

from collections.abc import Mapping
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from schemas.records import Json

# A busy machine is no reason to fail.
PATIENT = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
INT64 = st.integers(-(2**63), 2**63 - 1)
NUMBERS = st.integers() | st.decimals(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | st.text() | NUMBERS
JSON: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Every value a field of this annotation may hold."""
    if hint == Json:
        return JSON
    branches = get_args(hint)
    if NoneType in branches:
        return st.none() | values_of(next(each for each in branches if each is not NoneType))
    origins = {Literal: _literal, Mapping: _mapping, tuple: _several}
    if get_origin(hint) in origins:
        return origins[get_origin(hint)](*branches)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return records_of(hint)
    return {str: st.text(), int: INT64, bool: st.booleans()}[hint]


def _literal(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def _mapping(_key: Any, value: Any) -> st.SearchStrategy[Any]:
    return st.dictionaries(st.text(), values_of(value), max_size=3)


def _several(item: Any, *_: Any) -> st.SearchStrategy[Any]:
    return st.lists(values_of(item), max_size=3).map(tuple)


def records_of(cls: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Every record of a class."""
    return st.builds(cls, **{name: values_of(hint) for name, hint in cls.__annotations__.items()})
