"""Both sides are edited at once: what the policy decides, what survives, and that a conflict is listed."""

from collections.abc import Callable

import pytest

from tests.flow.customer_api import SYSTEMS, Name, Record, other
from tests.flow.installation import Installation, Pair

FreshPair = Callable[[], Pair]
both_sides = pytest.mark.parametrize("here", SYSTEMS)
TIE_MS = 2_000  # edits closer than this cannot be told apart by time


def decisions(conflicts: list[Record]) -> list[tuple[str, str, str, str]]:
    """What each conflict was about, both values and who won."""
    return [(one["property"], one["invoiced"], one["crm"], one["winner"]) for one in conflicts]


def test_the_same_property_at_once(installation: Installation, pair: FreshPair) -> None:
    """Edits of one property at the same moment: whichever is read first, Invoiced's stands, and it is listed once."""
    one = pair()
    before = installation.rest(one, "city")
    installation.crm.edit(one.crm, city="Göteborg")
    installation.invoiced.edit(one.invoiced, city="Kiruna")

    installation.until_both(one, city="Kiruna")

    installation.quiet()
    assert decisions(installation.conflicts(one)) == [("city", "Kiruna", "Göteborg", "invoiced")]
    assert installation.rest(one, "city") == before


def test_what_one_round_shows_of_both_sides(installation: Installation, pair: FreshPair) -> None:
    """Within a tie the fixed side wins and the conflict says why; other properties survive, equal edits are agreed."""
    one, since = pair(), installation.marks()
    with installation.paused(one):
        installation.crm.edit(one.crm, city="Göteborg", website="https://crm.example", state="Equal")
        installation.invoiced.edit(
            one.invoiced, city="Kiruna", phone="+46 31 1", fax="+46 31 2", state="Equal"
        )

    wanted = {"website": "https://crm.example", "phone": "+46 31 1", "fax": "+46 31 2", "state": "Equal"}
    installation.until_both(one, city="Kiruna", **wanted)

    installation.quiet()
    found = installation.conflicts(one)
    assert decisions(found) == [("city", "Kiruna", "Göteborg", "invoiced")]
    assert (found[0]["policy"], found[0]["base"], found[0]["undecidable"]) == ("newest", "Lund", True)
    assert [sorted(write["body"]) for write in installation.writes_about(since, "crm", one.crm)] == [
        ["City", "Fax", "Phone"]
    ]


@both_sides
def test_the_later_edit_wins(installation: Installation, pair: FreshPair, here: Name) -> None:
    """Edits of one property further apart than a tie: the later one stands on both sides, the earlier one is listed."""
    one, there = pair(), other(here)
    with installation.paused(one):
        installation.api(there).edit(one.on(there), city="Earlier")
        installation.settle(rounds=6)  # longer than a tie: rounds begin half a second apart
        installation.api(here).edit(one.on(here), city="Later")

    installation.until_both(one, city="Later")

    found = decisions(installation.conflicts(one))
    values = ("Later", "Earlier") if here == "invoiced" else ("Earlier", "Later")
    assert found == [("city", *values, here)]


@both_sides
def test_edited_while_our_write_is_in_flight(installation: Installation, pair: FreshPair, here: Name) -> None:
    """A user's edits that arrive while our write is under way survive: another property, and the same one if later."""
    one, two, there = pair(), pair(), other(here)
    before = installation.rest(one, "city"), installation.rest(two, "city", "state")
    with (
        installation.writing(there, one.on(there), TIE_MS + 1000) as under_way,
        installation.writing(there, two.on(there), TIE_MS + 500) as under_way_too,
    ):
        for pair_ in (one, two):
            installation.api(here).edit(pair_.on(here), city="Ours")
        under_way()
        under_way_too()
        installation.api(there).edit(two.on(there), state="Theirs")
        installation.until_both(two, city="Ours", state="Theirs")
        installation.api(there).edit(one.on(there), city="Theirs")

        installation.until_both(one, city="Theirs")
    installation.quiet()
    assert (installation.rest(one, "city"), installation.rest(two, "city", "state")) == before
    assert installation.conflicts(two) == []


@both_sides
def test_edited_between_a_write_and_its_repetition(
    installation: Installation, pair: FreshPair, here: Name
) -> None:
    """Our write's answer is lost; what a user edits before we look again survives, and is not overwritten."""
    one, there = pair(), other(here)
    before = installation.rest(one, "city", "state", "phone")
    path, api = f"^/customers/{one.on(there)}$", installation.api(there)
    with (
        installation.writing(there, one.on(there), TIE_MS + 500),
        api.fault("lose_response", path, method="PATCH", times=1) as lost,
        api.fault("delay", path, method="GET", delay_ms=1500, times=1) as looking,
    ):
        installation.api(here).edit(one.on(here), city="Ours", state="Ours")
        installation.until(1, lost.hits)
        installation.until(1, looking.hits)
        api.edit(one.on(there), city="Theirs", phone="+46 99")

        installation.until_both(one, city="Theirs", state="Ours", phone="+46 99")
    installation.quiet()
    assert installation.rest(one, "city", "state", "phone") == before
