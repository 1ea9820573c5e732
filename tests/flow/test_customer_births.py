"""Records are made once: through lost answers, twins, and users who edit while the other side is being made."""

from collections.abc import Callable

import pytest

from tests.flow.customer_api import SYSTEMS, Name, Record, other
from tests.flow.installation import Installation

Fresh = Callable[[], Record]
both_sides = pytest.mark.parametrize("here", SYSTEMS)


def posts(installation: Installation, system: Name, after: int, name: str) -> list[Record]:
    """Tandem's attempts to create a record of this name."""
    return [
        one
        for one in installation.api(system).requests(after)
        if one["method"] == "POST" and name in (one["body"] or {}).values()
    ]


@both_sides
def test_the_answer_to_a_create_is_lost(installation: Installation, organisation: Fresh, here: Name) -> None:
    """The record was made, only the answer is lost: it is found and linked, not made again."""
    values, there = organisation(), other(here)
    after = installation.api(there).mark()
    with installation.api(there).fault("lose_response", "^/customers$", method="POST", times=1) as lost:
        installation.api(here).create(**values)
        installation.until(1, lost.hits)

        pair = installation.born(values["name"], here)

    installation.until_both(pair, **values)
    installation.quiet()
    assert len(posts(installation, there, after, values["name"])) == 1
    assert installation.link(here, pair.on(here))["state"] == "linked"


@both_sides
def test_the_answer_is_lost_and_the_record_edited(
    installation: Installation, organisation: Fresh, here: Name
) -> None:
    """A record whose create was never answered is edited by a user, number included: still one pair, the edit stands."""
    values, there = organisation(), other(here)
    with (
        installation.api(there).fault("lose_response", "^/customers$", method="POST", times=1) as lost,
        installation.api(there).fault("delay", "^/customers$", method="GET", delay_ms=1000, times=2),
    ):
        installation.api(here).create(**values)
        installation.until(1, lost.hits)
        made = installation.api(there).named(values["name"])[0][installation.api(there).id_field]
        installation.api(there).edit(made, city="Edited", number=f"{values['number']}-2")

        pair = installation.born(values["name"], here)

    installation.until_both(pair, **{**values, "city": "Edited", "number": f"{values['number']}-2"})
    installation.quiet()
    assert pair.on(there) == made


@both_sides
def test_edited_while_its_counterpart_is_made(
    installation: Installation, organisation: Fresh, here: Name
) -> None:
    """An edit of the new record while its counterpart is still being made reaches the counterpart afterwards."""
    values, there = organisation(), other(here)
    with installation.api(there).fault(
        "delay", "^/customers$", method="POST", delay_ms=1200, times=1
    ) as late:
        made = installation.api(here).create(**values)
        installation.until(1, late.hits)
        installation.api(here).edit(made, city="Later", notes=None)

        pair = installation.born(values["name"], here)

    installation.until_both(pair, **{**values, "city": "Later", "notes": None})
    installation.quiet()


def test_twins_born_in_one_round(installation: Installation, organisation: Fresh) -> None:
    """The same organisations typed in on both sides at once become one pair each, and nothing is made."""
    families, since = [organisation() for _ in range(5)], installation.marks()
    for number, values in enumerate(families):
        for system in SYSTEMS if number % 2 else reversed(SYSTEMS):
            installation.api(system).create(**values)

    pairs = [installation.born(values["name"], "invoiced") for values in families]

    installation.settle()
    assert [one for one in installation.writes(since) if one[0] == "POST"] == []
    for pair, values in zip(pairs, families, strict=True):
        installation.until_both(pair, **values)
    installation.quiet()


def test_twins_that_know_different_things(installation: Installation, organisation: Fresh) -> None:
    """Twins joined at birth: what only one side knows reaches the other; where both know better, Invoiced's stands."""
    values = organisation()
    known = {name: values[name] for name in ("name", "number")}
    installation.crm.create(**known, city="Only in the CRM", phone="+46 1")
    installation.invoiced.create(
        **known, notes="Only in Invoiced", phone="+46 2", country="SE", currency="sek"
    )

    pair = installation.born(values["name"], "invoiced")

    installation.until_both(pair, city="Only in the CRM", notes="Only in Invoiced", phone="+46 2")
    installation.quiet()
    found = [(one["property"], one["policy"]) for one in installation.conflicts(pair)]
    assert found == [("phone", "first_match")]
