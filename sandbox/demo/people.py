"""What the story tells of people: customers in their own name, and contacts below an organisation."""

from typing import Any

from sandbox.demo.report import Step
from sandbox.demo.stage import Stage
from sandbox.demo.systems import Record, name_of
from sandbox.seed.organisations import BOTH
from sandbox.seed.people import (
    CONTACTS_BOTH,
    CONTACTS_CRM_ONLY,
    CONTACTS_INVOICED_ONLY,
    PERSONS_BOTH,
    PERSONS_CRM_ONLY,
    PERSONS_INVOICED_ONLY,
    Contact,
)

CONTACTS = "contacts"
NORDWIND, FJALL = BOTH[0].name, BOTH[1].name
MARIA, YUKI = PERSONS_BOTH[0], PERSONS_INVOICED_ONLY[1]


def contacts(stage: Stage, organisation: str) -> dict[str, Record]:
    """The contacts of an organisation in Invoiced, by name."""
    parent = stage.invoiced.named(organisation)[0]["id"]
    return {name_of(one): one for one in stage.invoiced.every(f"customers/{parent}/{CONTACTS}")}


def joined(stage: Stage) -> Step:
    """A person is a customer here and a Contact of nobody there; how the CRM splits a name stays."""
    known = [one.name for one in (*PERSONS_BOTH, *PERSONS_INVOICED_ONLY, *PERSONS_CRM_ONLY)]

    def look() -> list[Any]:
        there = {name_of(one): one for one in stage.crm.every(CONTACTS) if one["CustomerId"] is None}
        here = [len(stage.invoiced.named(name)) for name in known]
        return [here, [name in there for name in known], there.get(MARIA.name, {}).get("FirstName")]

    return stage.until(
        "Persons: joined or created, a split name stays", [[1] * 6, [True] * 6, MARIA.given], look
    )


def below(stage: Stage) -> Step:
    """A contact stands below its organisation, on both sides, also where that had to be made first."""
    people: tuple[Contact, ...] = (*CONTACTS_BOTH, *CONTACTS_INVOICED_ONLY, *CONTACTS_CRM_ONLY)

    def look() -> list[str]:
        names = {one["Id"]: one["Name"] for one in stage.crm.every()}
        there = {(names.get(one["CustomerId"]), name_of(one)) for one in stage.crm.every(CONTACTS)}
        return [
            one.name
            for one in people
            if (one.organisation, one.name) not in there or one.name not in contacts(stage, one.organisation)
        ]

    return stage.until("Contacts: below their organisation on both sides", [], look)


def renamed(stage: Stage) -> Step:
    """A name given whole is split where it arrives; one given in two parts arrives whole."""
    here = stage.invoiced.named(YUKI.name)[0]["id"]
    there = stage.crm.named(YUKI.name, CONTACTS)[0]["Id"]
    stage.invoiced.patch(here, name="Yuki Hana Tanaka")
    wanted = ["Yuki Hana", "Tanaka"]

    def look() -> list[Any]:
        found = stage.crm.get(there, CONTACTS)
        return [found["FirstName"], found["LastName"]]

    return stage.until("A person renamed in Invoiced: split in the CRM", wanted, look)


def entered(stage: Stage) -> Step:
    """An organisation and its contact, entered in the CRM at once: the contact waits for its parent, and follows."""
    organisation = stage.crm.add(
        "customers", Name="Kaskade Wasserbau GmbH", CustomerNumber="2001", Country="DE"
    )
    stage.crm.add(CONTACTS, FirstName="Lena", LastName="Vogt", CustomerId=organisation)

    def look() -> list[str]:
        if not stage.invoiced.named("Kaskade Wasserbau GmbH"):
            return []
        return list(contacts(stage, "Kaskade Wasserbau GmbH"))

    return stage.until("A new organisation and its contact, from the CRM", ["Lena Vogt"], look)


def moved(stage: Stage) -> Step:
    """A Contact that changes its Customer is made anew below the other one in Invoiced, and is gone below the first."""
    there = stage.crm.named("Ayşe Demir", CONTACTS)[0]["Id"]
    stage.crm.patch(there, CONTACTS, CustomerId=stage.crm.named(FJALL)[0]["Id"])

    def look() -> list[bool]:
        return ["Ayşe Demir" in contacts(stage, name) for name in (NORDWIND, FJALL)]

    return stage.until("A contact moves to another organisation", [False, True], look)


def incorporated(stage: Stage) -> Step:
    """A person becomes a company: a Customer in the CRM takes the Contact's place, which is archived."""
    here = stage.invoiced.named("Tom Whitaker")[0]["id"]
    stage.invoiced.patch(here, type="company")

    def look() -> list[Any]:
        customers = [one["IsDeleted"] for one in stage.crm.named("Tom Whitaker")]
        return [customers, [one["IsDeleted"] for one in stage.crm.named("Tom Whitaker", CONTACTS)]]

    return stage.until("A person becomes a company", [[False], [True]], look)
