"""How mistakes in a file are worded: a place as people write it, and the known word nearest to an unknown one."""

import difflib
from collections.abc import Sequence

Place = tuple[int | str, ...]

# What people write for a word of ours that is spelled otherwise.
_OTHER_WORDS = {
    "money": "decimal",
    "amount": "decimal",
    "price": "decimal",
    "number": "decimal",
    "integer": "decimal",
    "float": "decimal",
    "string": "text",
    "str": "text",
    "bool": "boolean",
    "flag": "boolean",
    "lens": "type",
    "kind": "type",
}


def dotted(place: Place) -> str:
    """A place as people write it: `properties[3].type`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return text.removeprefix(".") or "the file"


def did_you_mean(value: object, choices: Sequence[str]) -> str:
    """The cure for a word that is none of the choices."""
    near = nearest(value, choices)
    asked = f"did you mean {near!r}? " if near else ""
    return f"{asked}known: {', '.join(choices) or 'nothing'}"


def nearest(value: object, choices: Sequence[str]) -> str | None:
    """The choice that was most likely meant: the same word spelled otherwise, or another word for it."""
    if (meant := _OTHER_WORDS.get(str(value))) in choices:
        return meant
    spelled = {each.casefold(): each for each in choices}
    near = difflib.get_close_matches(str(value).casefold(), spelled, n=1, cutoff=0.6)
    return spelled[near[0]] if near else None


def nearest_first(value: str, choices: Sequence[str]) -> list[str]:
    """The choices, those that look most like the value before the others."""
    return difflib.get_close_matches(value, choices, n=max(1, len(choices)), cutoff=0.0)
