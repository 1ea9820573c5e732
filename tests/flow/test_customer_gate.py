"""A first run behind a held gate: everything is read and matched, nothing is written before a person approves."""

from tests.flow.customer_api import SYSTEMS, Record, other
from tests.flow.first_records import ALONE, DIFFERING
from tests.flow.installation import Installation, Marks, Pair

Held = tuple[Installation, list[Pair]]
START = Marks(0, 0)


def written(planned: list[Record], name: str) -> list[tuple[str, str | None, str]]:
    """What updates would make of one property: way, present value, new value."""
    updates = [row for row in planned if row["verb"] == "update" and name in row["values"]]
    return sorted(
        (row["direction"], row["values"][name]["from"], row["values"][name]["to"]) for row in updates
    )


def test_nothing_is_written_before_approval(held: Held) -> None:
    """Both backfills are done, rounds pass and users edit, yet Tandem writes nothing; what waits is listed."""
    installation, pairs = held
    installation.crm.edit(pairs[0].crm, city="Edited Before Approval")
    installation.settle(rounds=2)

    alone = [
        installation.link(system, installation.api(system).named(name)[0][installation.api(system).id_field])
        for system, name in ALONE.items()
    ]
    planned = installation.ask("plan", "--limit", "1000")["plan"]

    assert installation.writes(START) == []
    assert [link["state"] for link in alone] == ["held", "held"]
    assert {row["link_id"] for row in planned if row["verb"] == "create"} == {
        link["link_id"] for link in alone
    }
    assert written(planned, "city") == [
        ("to-crm", "from the CRM", "from Invoiced"),
        ("to-invoiced", "Lund", "Edited Before Approval"),
    ]
    assert written(planned, "attention_to") == [("to-invoiced", None, "The CRM's")]
    assert {row["state"] for row in installation.ask("gate", "show")["gate"]} == {"held"}


def test_everything_is_written_after_approval(held: Held) -> None:
    """`gate approve` lets it all go: creates, references, first matches and edits; then all is quiet."""
    installation, pairs = held

    installation.ask("gate", "approve", "--flow", "customer")

    for system, name in ALONE.items():
        pair = installation.born(name, system)
        installation.until({}, lambda pair=pair: installation.differences(pair))  # type: ignore[misc]  # bound at once
    installation.until_both(pairs[0], city="Edited Before Approval")
    found = [installation.api(system).named(DIFFERING["name"])[0] for system in SYSTEMS]
    installation.until_both(Pair(found[0]["id"], found[1]["Id"]), city="from Invoiced")
    installation.settle()
    assert all(installation.crm.get(pair.crm)["ExternalId"] for pair in pairs)
    assert sorted(one for one in installation.writes(START) if one[0] == "POST") == sorted(
        ("POST", f"{other(system)}/customers") for system in SYSTEMS
    )
    installation.quiet()
