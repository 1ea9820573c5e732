"""Persons, contacts and products are made once: through lost answers, and when both sides enter them in one round."""

import uuid
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.flow.customer_api import SYSTEMS
from tests.flow.family_api import Family
from tests.flow.family_records import CASES, ENTITIES, values_of
from tests.flow.installation import Installation, Pair
from tests.oracle.entities import CONTACT, PERSON, PRODUCT

FreshPair = Callable[[], Pair]
MATCHED = {PERSON.name: "number-and-name", CONTACT.name: "email", PRODUCT.name: "code"}


@pytest.fixture
def family(installation: Installation) -> Family:
    """What users do with persons, contacts and products."""
    return Family(installation)


def test_the_answer_to_a_create_is_lost(family: Family, pair: FreshPair) -> None:
    """Each was made, only the answer is lost: it is found and linked, not made again."""
    parent, since = pair(), family.installation.marks()
    told = {case: values_of(case[0], uuid.uuid4().hex[:8]) for case in CASES}
    paths = {
        "invoiced": {"^/customers$": 1, f"^/customers/{parent.invoiced}/contacts$": 1, "^/items$": 1},
        "crm": {"^/contacts$": 2, "^/products$": 1},
    }
    with ExitStack() as stack:
        faults = [
            (times, stack.enter_context(api.fault("lose_response", path, method="POST", times=times)))
            for api in (family.installation.invoiced, family.installation.crm)
            for path, times in paths[api.name].items()
        ]
        entered = {
            (entity, here): family.create(entity, here, told[entity, here], parent.on(here))
            for entity, here in CASES
        }
        for times, fault in faults:
            family.installation.until(times, fault.hits)
        found = {case: family.both(case[0], place) for case, place in entered.items()}

    family.installation.quiet()
    for (entity, here), one in found.items():
        values = told[entity, here]
        family.until_equal(one, **values)
        key = "email" if "email" in values else "code"
        assert len(family.posts(since, str(values[key]))) == 1
        assert family.count(one, key, values[key]) == dict.fromkeys(SYSTEMS, 1)


def test_twins(family: Family, pair: FreshPair) -> None:
    """Entered on both sides at once they are joined by what tells who they are, and nothing is made."""
    parent, elsewhere, since = pair(), pair(), family.installation.marks()
    told = {entity.name: values_of(entity, uuid.uuid4().hex[:8]) for entity in ENTITIES}
    # The same e-mail at another organisation is somebody else's.
    same_mail = values_of(CONTACT, uuid.uuid4().hex[:8]) | {"email": told[CONTACT.name]["email"]}
    stranger = family.create(CONTACT, "crm", same_mail, elsewhere.crm)
    for entity in ENTITIES:
        here = family.create(entity, "invoiced", told[entity.name], parent.invoiced)
        # A contact is known by its e-mail: half its name is spelled differently.
        other_name = {"name": f"O. {uuid.uuid4().hex[:8]}"} if entity is CONTACT else {}
        there = family.create(entity, "crm", told[entity.name] | other_name, parent.crm)
        told[f"{entity.name} here"], told[f"{entity.name} there"] = {"place": here}, {"place": there}

    for entity in ENTITIES:
        one = family.both(entity, told[f"{entity.name} here"]["place"])
        family.until_equal(one, **told[entity.name])
        assert one.crm == told[f"{entity.name} there"]["place"]
        assert family.link(one.crm)["matched_by"] == MATCHED[entity.name]
    family.until_equal(family.both(CONTACT, stranger), **same_mail)
    family.installation.quiet()
    assert family.posts(since, *(str(told[PERSON.name]["number"]), str(told[PRODUCT.name]["code"]))) == []
    assert family.posts(since, str(same_mail["email"])) == ["invoiced"], "the stranger's, and no other"
