"""The first run over two systems that know many of the same organisations."""

from tests.flow.first_records import ALONE, DIFFERING, SAME_NUMBER, STOCK, TWICE
from tests.flow.installation import Installation, Pair

FirstRun = tuple[Installation, list[Pair]]


def test_one_backfill_was_far_ahead(first_run: FirstRun) -> None:
    """Invoiced was read whole, and several rounds passed there, before the CRM had shown its first record."""
    installation = first_run[0]
    late = [one for one in installation.crm.requests(0, writes=False) if one["fault"]]
    early = [
        one
        for one in installation.invoiced.requests(0, writes=False)
        if one["path"] == "/customers" and one["at"] < late[0]["at"]
    ]

    assert len(late) == 2
    assert len(early) >= 4


def test_known_on_both_sides_is_joined(installation: Installation, first_run: FirstRun) -> None:
    """Records of the same organisation are joined, not doubled: nothing is created, and both sides stay as they were."""
    installation.settle()

    created = [one for api in (installation.invoiced, installation.crm) for one in api.requests(0)]
    names = {one["body"].get("name") or one["body"].get("Name") for one in created if one["method"] == "POST"}
    joined = [installation.link("invoiced", pair.invoiced) for pair in first_run[1][:3]]
    assert names == {*ALONE.values()}
    assert [(one["crm"], one["state"], one["matched_by"]) for one in joined] == [
        (f"crm:customer:{pair.crm}", "linked", "number-and-name") for pair in first_run[1][:3]
    ]
