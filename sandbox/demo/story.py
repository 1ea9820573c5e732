"""The story: each step does what a user does and says what both systems must then show."""

from collections.abc import Callable, Iterator
from typing import Any

from sandbox.demo import orders, people, products
from sandbox.demo.report import Step
from sandbox.demo.stage import Stage
from sandbox.demo.systems import Record
from sandbox.seed.organisations import AMBIGUOUS, BOTH, CRM_ONLY, INVOICED_ONLY

NORDWIND, FJALL, BERGEN, HARPER = (one.name for one in BOTH)
SHARED = {
    "name": "Name",
    "number": "CustomerNumber",
    "email": "Email",
    "phone": "Phone",
    "attention_to": "AttentionTo",
    "address1": "StreetAddress1",
    "city": "City",
    "postal_code": "ZipCode",
    "country": "Country",
    "tax_id": "OrganizationNumber",
    "payment_terms": "PaymentTerms",
    "notes": "Description",
}


def pair(stage: Stage, name: str) -> tuple[Record, Record]:
    """One organisation on both sides."""
    return stage.invoiced.named(name)[0], stage.crm.named(name)[0]


def differences(stage: Stage, name: str) -> dict[str, Any]:
    """What the two sides of an organisation do not agree on; how often it stands on each, if not once."""
    here, there = stage.invoiced.named(name), stage.crm.named(name)
    if (len(here), len(there)) != (1, 1):
        return {"invoiced": len(here), "crm": len(there)}
    return {a: [here[0][a], there[0][b]] for a, b in SHARED.items() if here[0][a] != there[0][b]}


def joined(stage: Stage) -> Step:
    """Organisations that stood on both sides are joined, not doubled."""
    names = [one.name for one in BOTH]
    return stage.until(
        "On both sides before: joined, not doubled",
        {},
        lambda: {n: d for n in names if (d := differences(stage, n))},
    )


def created(stage: Stage) -> Step:
    """Organisations of one side get their counterpart, once."""
    names = [one.name for one in (*INVOICED_ONLY, *CRM_ONLY)]
    return stage.until(
        "On one side before: created on the other",
        {},
        lambda: {n: d for n in names if (d := differences(stage, n))},
    )


def reviewed(stage: Stage) -> Step:
    """What cannot be told apart waits for a person, on both sides as it was."""
    names = [one.name for one in AMBIGUOUS]

    def look() -> list[list[int]]:
        waiting = stage.tandem("review", "list").get("review", [])
        return [
            [len(stage.invoiced.named(n)), len(stage.crm.named(n)), int(len(waiting) >= 2)] for n in names
        ]

    return stage.until("Ambiguous: in review, untouched", [[1, 0, 1], [0, 1, 1]], look)


def edit_in_crm(stage: Stage) -> Step:
    """An edit in the CRM reaches Invoiced."""
    here, there = pair(stage, NORDWIND)
    stage.crm.patch(there["Id"], Phone="+49 40 5550199")
    return stage.until("Edited in the CRM", "+49 40 5550199", lambda: stage.invoiced.get(here["id"])["phone"])


def edit_in_invoiced(stage: Stage) -> Step:
    """An edit in Invoiced reaches the CRM."""
    here, there = pair(stage, FJALL)
    stage.invoiced.patch(here["id"], city="Uppsala")
    return stage.until("Edited in Invoiced", "Uppsala", lambda: stage.crm.get(there["Id"])["City"])


def disjoint(stage: Stage) -> Step:
    """Different properties of one record, edited on both sides at once: both survive."""
    here, there = pair(stage, BERGEN)
    stage.invoiced.patch(here["id"], attention_to="Ingrid Dahl")
    stage.crm.patch(there["Id"], PaymentTerms="NET 20")

    def look() -> list[Any]:
        one, two = stage.invoiced.get(here["id"]), stage.crm.get(there["Id"])
        return [one["attention_to"], two["AttentionTo"], one["payment_terms"], two["PaymentTerms"]]

    return stage.until(
        "Different properties on both sides", ["Ingrid Dahl", "Ingrid Dahl", "NET 20", "NET 20"], look
    )


def conflict(stage: Stage) -> Step:
    """The same property on both sides at once: the policy decides, both are equal, and it is listed."""
    here, there = pair(stage, HARPER)
    stage.crm.patch(there["Id"], City="Dallas")
    stage.invoiced.patch(here["id"], city="Houston")

    def look() -> list[Any]:
        one, two = stage.invoiced.get(here["id"])["city"], stage.crm.get(there["Id"])["City"]
        listed = stage.tandem("conflicts", "list").get("conflicts", [])
        named = [
            c
            for c in listed
            if c["property"] == "city" and {c["invoiced"], c["crm"]} == {"Dallas", "Houston"}
        ]
        return [one == two, one in {"Dallas", "Houston"}, len(named)]

    return stage.until("The same property on both sides: decided and listed", [True, True, 1], look)


def cleared(stage: Stage) -> Step:
    """An emptied property is emptied on the other side."""
    here, there = pair(stage, NORDWIND)
    stage.crm.patch(there["Id"], Website=None)

    def look() -> object:
        return (stage.invoiced.get(here["id"])["metadata"] or {}).get("website")

    return stage.until("Cleared in the CRM", None, look)


def archived(stage: Stage) -> Step:
    """A deleted CRM Customer is deactivated in Invoiced, never deleted."""
    here, there = pair(stage, FJALL)
    stage.crm.delete(there["Id"])
    return stage.until("Archived in the CRM", False, lambda: stage.invoiced.get(here["id"])["active"])


def returned(stage: Stage) -> Step:
    """Its return brings both back."""
    here, there = pair(stage, FJALL)
    stage.crm.patch(there["Id"], IsDeleted=False)

    def look() -> list[Any]:
        two = stage.crm.get(there["Id"])
        return [stage.invoiced.get(here["id"])["active"], two["IsActive"], two["IsDeleted"]]

    return stage.until("And back again", [True, True, False], look)


def quiet(stage: Stage) -> Step:
    """Three rounds of both systems without one write by Tandem."""
    stage.tandem("settle", "--timeout", "60")
    before, rounds = stage.writes(), stage.tandem("settle", "--timeout", "60", "--rounds", "3")
    return stage.until(
        "Quiet: three rounds, not one write",
        [True, 0],
        lambda: [bool(rounds.get("settled")), stage.writes() - before],
    )


STORY: tuple[Callable[[Stage], Step], ...] = (
    joined,
    created,
    reviewed,
    people.joined,
    people.below,
    products.joined,
    edit_in_crm,
    edit_in_invoiced,
    disjoint,
    conflict,
    cleared,
    archived,
    returned,
    people.renamed,
    people.entered,
    people.moved,
    people.incorporated,
    products.priced,
    products.withdrawn,
    orders.made,
    orders.edited,
    orders.issued,
    orders.paid,
    quiet,
)


def tell(stage: Stage) -> Iterator[Step]:
    """Step by step; raises `Untrue` at the first that does not come true."""
    for step in STORY:
        yield step(stage)
