"""What a look at our own create says whose answer was lost: the API's normalising, or somebody's edit."""

from connectors.look import unanswered
from schemas.records import Command, Found

SENT = {"Name": "Acme AB ", "City": "Lund", "State": "Skåne"}
CREATE = Command(
    id="c1", tenant="default", link_id="l1", system="crm", flow="customer", entity="customer", verb="create",
    revision=1, ref=None, changed=("City", "Name", "State"), values=SENT,
)  # fmt: skip


def found(**image: str | None) -> Found:
    """The record as the search shows it."""
    return Found("crm:customer:1", {**SENT, "Id": "1", **image}, 5_000)


def test_what_the_api_normalised_is_taken_as_it_is() -> None:
    """Trimmed and dropped values are what the create gave: they become what is agreed."""
    look = unanswered(found(Name="Acme AB", State=None), CREATE, 1_000)

    assert (look.image or {}) == {**SENT, "Id": "1", "Name": "Acme AB", "State": None}
    assert look.updated_at == 5_000


def test_what_somebody_edited_is_not_taken_for_our_own() -> None:
    """A value that cannot come from ours is shown as it was sent, read no later than it was tried: the edit comes after."""
    look = unanswered(found(City="Malmö"), CREATE, 1_000)

    assert (look.image or {})["City"] == "Lund"
    assert (look.updated_at, look.read_at) == (None, 1_000)
