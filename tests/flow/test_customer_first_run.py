"""The first run over two systems that know many of the same organisations, one of them read long after the other."""

from tests.flow.customer_api import SYSTEMS, Record
from tests.flow.first_records import ALONE, DIFFERING, SAME_NUMBER, TWICE
from tests.flow.installation import Installation, Marks, Pair

FirstRun = tuple[Installation, list[Pair]]
START = Marks(0, 0)


def one(installation: Installation, name: str) -> Pair:
    """The pair of this name, which stands once on either side."""
    found = [installation.api(system).named(name) for system in SYSTEMS]
    assert [len(records) for records in found] == [1, 1]
    return Pair(found[0][0]["id"], found[1][0]["Id"])


def waiting(installation: Installation, ref: str) -> Record:
    """What the review lists about a record."""
    return next((entry for entry in installation.every("review") if entry.get("ref") == ref), {})


def test_one_backfill_was_far_ahead(first_run: FirstRun) -> None:
    """Invoiced was read whole, and several rounds passed there, before the CRM had shown its first record."""
    installation = first_run[0]
    late = [
        request
        for request in installation.crm.requests(0, writes=False)
        if request["path"] == "/customers" and request["fault"] == "delay-1"
    ]
    early = [
        request
        for request in installation.invoiced.requests(0, writes=False)
        if request["path"] == "/customers" and request["at"] < late[0]["at"]
    ]

    assert len(late) == 2
    assert len(early) >= 4


def test_known_on_both_sides_is_joined(installation: Installation, first_run: FirstRun) -> None:
    """Records of the same organisation are joined, not doubled: the CRM's is told its reference, nothing else changes."""
    installation.settle()
    pair = first_run[1][0]

    link = installation.link("invoiced", pair.invoiced)
    told = installation.writes_about(START, "crm", pair.crm)
    assert (link["crm"], link["state"]) == (f"crm:customer:{pair.crm}", "linked")
    assert link["matched_by"] == "number-and-name"
    assert [write["body"].keys() for write in told[:1]] == [{"ExternalId"}]
    assert installation.crm.get(pair.crm)["ExternalId"].endswith(f":invoiced:customer:{pair.invoiced}")


def test_nothing_was_made_that_was_there(first_made: set[str]) -> None:
    """What Tandem created in its first run is exactly what stood on one side only."""
    assert first_made == {*ALONE.values()}


def test_known_on_one_side_is_made_on_the_other(installation: Installation) -> None:
    """What only one system knew stands on both, and is equal."""
    for name in ALONE.values():
        assert installation.differences(one(installation, name)) == {}


def test_two_records_of_one_organisation_differ(installation: Installation) -> None:
    """At a first match empty takes what is filled; where both are, Invoiced's stands and the CRM's is listed."""
    pair = one(installation, DIFFERING["name"])

    shown = installation.shown(pair, "city", "attention_to", "payment_terms")
    assert installation.differences(pair) == {}
    assert shown["crm"] == {
        "city": "from Invoiced",
        "attention_to": "The CRM's",
        "payment_terms": "Invoiced's",
    }
    assert [(entry["property"], entry["crm"], entry["policy"]) for entry in installation.conflicts(pair)] == [
        ("city", "from the CRM", "first_match")
    ]


def test_two_claimants_stand_in_review(installation: Installation) -> None:
    """Of two records with the same number and name nobody can tell which is meant: all three wait, untouched."""
    mine, theirs = installation.invoiced.named(TWICE["name"]), installation.crm.named(TWICE["name"])

    refs = [installation.invoiced.ref(mine[0]["id"]), *(installation.crm.ref(each["Id"]) for each in theirs)]
    states = [installation.link(ref.split(":")[0], ref.split(":")[2])["state"] for ref in refs]  # type: ignore[arg-type]  # a ref begins with a system's name
    assert (len(mine), len(theirs)) == (1, 2)
    assert states == ["review", "review", "review"]
    assert [each["Version"] for each in theirs] == [1, 1]
    assert set(waiting(installation, refs[0])["candidates"]) == set(refs[1:])


def test_a_number_alone_proves_nothing(installation: Installation) -> None:
    """The same number under two names is for a person; who says they are two gets a counterpart for each."""
    mine = installation.invoiced.named(SAME_NUMBER["invoiced"])[0]
    theirs = installation.crm.named(SAME_NUMBER["crm"])[0]
    refs = {installation.invoiced.ref(mine["id"]), installation.crm.ref(theirs["Id"])}
    listed = {ref: waiting(installation, ref).get("candidates") for ref in refs}

    assert listed == {ref: [*(refs - {ref})] for ref in refs}
    assert [len(installation.invoiced.named(name)) for name in SAME_NUMBER.values()] == [1, 0]
    assert [len(installation.crm.named(name)) for name in SAME_NUMBER.values()] == [0, 1]


def test_a_person_joins_what_stands_in_review(installation: Installation) -> None:
    """`review join` names the counterpart; the other claimant then stands for itself, its taken number listed as refused."""
    mine = installation.invoiced.named(TWICE["name"])[0]
    theirs = installation.crm.named(TWICE["name"])

    installation.ask(
        "review", "join", installation.invoiced.ref(mine["id"]), installation.crm.ref(theirs[0]["Id"])
    )

    pair = Pair(mine["id"], theirs[0]["Id"])
    installation.until("linked", lambda: installation.link("crm", theirs[1]["Id"])["state"])
    refused = installation.link("crm", theirs[1]["Id"])["refused"]["invoiced"]
    installation.invoiced.edit(pair.invoiced, city="Joined")
    installation.until_both(pair, city="Joined")
    assert installation.link("crm", pair.crm)["matched_by"] == "a person"
    assert [*refused] == ["number"]
