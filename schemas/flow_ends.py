"""Where a property ends on either side: how many names its type needs there, each mistake with its line and cure."""

from schemas.document import Document
from schemas.flow import Flow
from schemas.flow_property import Property
from schemas.wording import Place

# Types whose value is several of the CRM's.
SEVERAL = ("archive", "name")
# Pairs whose order tells which is which.
_ORDERED = (("IsActive", "IsDeleted"), ("FirstName", "LastName"))


def check_ends(document: Document, flow: Flow) -> None:
    """Notes every property whose names do not fit its type."""
    for index, each in enumerate(flow.properties):
        place = ("properties", index)
        _check_invoiced(document, place, each)
        _check_crm(document, place, each)
        _check_order(document, place, each)
        _check_fixed(document, place, each)


def _check_invoiced(document: Document, place: Place, each: Property) -> None:
    if not each.invoiced and each.type != "archive":
        message = f"{each.name!r} has no name in Invoiced; add `invoiced: <name>` (only an archive may leave it out)"
        document.wrong(place, message)


def _check_crm(document: Document, place: Place, each: Property) -> None:
    count = len(each.crm) if isinstance(each.crm, tuple) else 1
    if each.type == "archive":
        if count != 2 and (each.invoiced not in {"", "status"} or count != 1):
            message = (
                f"crm is {document.value((*place, 'crm'))!r}; an archive names two: the active and the deleted flag, "
                "[IsActive, IsDeleted]; or the latter alone, where Invoiced has no archive"
            )
            document.wrong((*place, "crm"), message)
    elif each.type == "name":
        if count != 2:
            message = f"crm is {document.value((*place, 'crm'))!r}; a name has two: [FirstName, LastName]"
            document.wrong((*place, "crm"), message)
    elif isinstance(each.crm, tuple) and each.type != "reference":
        message = (
            f"crm is {list(each.crm)!r}, but {each.name!r} is {each.type}; name one, or make it `type: name`"
        )
        document.wrong((*place, "crm"), message)


def _check_order(document: Document, place: Place, each: Property) -> None:
    for one, two in _ORDERED:
        if each.crm == (two, one):
            message = f"crm is {list(each.crm)!r}, the wrong way round: write [{one}, {two}]"
            document.wrong((*place, "crm"), message)


def _check_fixed(document: Document, place: Place, each: Property) -> None:
    if each.fixed and (each.type in {*SEVERAL, "reference"} or each.direction != "both"):
        what = each.type if each.direction == "both" else f"going {each.direction}"
        message = f"{each.name!r} is fixed, but {what}; only a plain value that goes both ways is set once: remove fixed"
        document.wrong((*place, "fixed"), message)
