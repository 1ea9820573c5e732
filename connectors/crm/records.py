"""A CRM's JSON as images under our property names, by its profile."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from connectors.crm.stamps import rfc3339, to_ms
from connectors.errors import ConnectorError
from connectors.exchange import Answer
from connectors.image import Flat, flatten, same, unflatten
from connectors.shape import FLAG, NUMBER, TEXT, Shape, fields
from connectors.source import Seen, Unread
from schemas.profile import Profile
from schemas.records import Json


def at(body: Any, path: str | None) -> Any:
    """Return what stands at a dotted path; the body itself without one, None where nothing stands."""
    for step in path.split(".") if path else ():
        if not isinstance(body, Mapping):
            return None
        body = body.get(step)
    return body


def parse(
    profile: Profile, entity: str, record: object, asked_at: int, modelled: Iterable[str] = ()
) -> Seen | Unread:
    """Return what a record shows, or why nobody can read it. `modelled`: our dotted names that a flow uses."""
    if not isinstance(record, dict):
        return Unread(f"a {type(record).__name__} stands where a record should")
    number = record.get(profile.id_field)
    if isinstance(number, bool) or not isinstance(number, str | int) or number == "":
        return Unread(f"{profile.id_field} is {number!r:.40}, expected an id")
    ref = f"crm:{entity}:{number}"
    stamp = to_ms(at(record, profile.cursor.field), profile.cursor.format)
    if stamp is None:
        return Unread(
            f"{profile.cursor.field} is {at(record, profile.cursor.field)!r:.60}, expected {profile.cursor.format}",
            ref,
        )
    try:
        image = image_of(profile, entity, record, stamp, modelled)
    except ConnectorError as error:
        return Unread(str(error), ref)
    wrong = _SHAPES.get(entity, _ANY).wrong(image)
    return Seen(ref, image, asked_at, stamp) if wrong is None else Unread(wrong, ref)


def image_of(
    profile: Profile, entity: str, record: Mapping[str, Any], stamp: int, modelled: Iterable[str] = ()
) -> Flat:
    """Return the record flattened and renamed; its state shows as `IsDeleted`, its version as `Version`."""
    own = profile.entities[entity].properties
    flat = flatten(record, {own.get(name, name) for name in modelled})
    names = {theirs: ours for ours, theirs in own.items()}
    names |= {profile.id_field: "Id", profile.cursor.field: "UpdatedAt"}
    if profile.version.field:
        names[profile.version.field] = "Version"
    if profile.external_id.field:
        names[profile.external_id.field] = "ExternalId"
    image: Flat = {names.get(name, name): value for name, value in flat.items()}
    image["Id"] = str(record[profile.id_field])
    if profile.cursor.format != "rfc3339":
        image["UpdatedAt"] = rfc3339(stamp)
    if profile.archive.flag:
        image["IsDeleted"] = is_archived(profile, flat)
    return image


def is_archived(profile: Profile, flat: Mapping[str, Json]) -> bool:
    """Tell whether a record's own fields show it as archived."""
    archived = profile.archive.archived
    return bool(archived) and all(same(flat.get(name), value) for name, value in archived.items())


def body_of(profile: Profile, entity: str, values: Mapping[str, Json]) -> dict[str, Any]:
    """Return our values under the CRM's own names, nested. `IsDeleted` is written as the profile archives."""
    own = dict(profile.entities[entity].properties)
    if profile.external_id.field:
        own["ExternalId"] = profile.external_id.field
    flat = {own.get(name, name): value for name, value in values.items() if name != "IsDeleted"}
    if "IsDeleted" in values:
        flat |= profile.archive.archived if values["IsDeleted"] else profile.archive.restore
    return unflatten({name: _written(value) for name, value in flat.items()})


def _written(value: Json) -> Json:
    """Money goes as a decimal's text: a JSON number would lose digits in whatever reads it as a float."""
    return format(value, "f") if isinstance(value, Decimal) else value


def our_name(profile: Profile, entity: str, theirs: str | None) -> str | None:
    """Return our name of a property the CRM names in an error."""
    names = {own: ours for ours, own in profile.entities[entity].properties.items()}
    return names.get(theirs, theirs) if theirs else None


def read_error(profile: Profile, answer: Answer) -> tuple[str, str | None]:
    """Return message and named property of an error body."""
    try:
        body = answer.json()
    except ConnectorError:
        return answer.content[:120].decode(errors="replace"), None
    message = at(body, profile.errors.message) if profile.errors.message else body
    named = at(body, profile.errors.field) if profile.errors.field else None
    return str(message)[:300], named if isinstance(named, str) and named else None


_ANY = Shape(
    types={
        **fields(TEXT, (
            "Name", "CustomerNumber", "Email", "Phone", "Fax", "Website", "StreetAddress1", "StreetAddress2", "City", "State",
            "ZipCode", "Country", "Language", "Currency", "PaymentTerms", "OrganizationNumber", "Description", "AttentionTo",
            "ExternalId", "FirstName", "LastName", "ContactNumber", "Title", "Department", "CustomerId", "ProductCode",
            "Category", "LedgerAccount",
        )),
        **fields(FLAG, ("IsDeleted", "IsActive", "IsPrimary", "IsTaxable", "IsDiscountable")),
    },
)  # fmt: skip
_LINE = Shape(
    required=("LineId",),
    types={
        **fields(TEXT, ("LineId", "ProductId", "Name", "Description")),
        **fields(FLAG, ("IsTaxable", "IsDiscountable")),
        **fields((str, *NUMBER), ("Quantity", "UnitPrice", "DiscountAmount", "LineTotal")),
    },
)
_ADDRESS = (
    "Name", "AttentionTo", "StreetAddress1", "StreetAddress2", "ZipCode", "City", "State", "Country",
)  # fmt: skip
# What only orders have may be anything in another record, as a property of the user's own.
_SHAPES = {
    "order": Shape(
        types={
            **_ANY.types,
            **fields(
                TEXT, ("OrderNumber", "ContactId", "CustomerReference", "Notes", "Status", "InvoiceUrl")
            ),
            **fields(TEXT, (f"ShippingAddress.{name}" for name in _ADDRESS)),
            **fields(FLAG, ("IsDraft", "IsPaid")),
        },
        lines={"Lines": _LINE},
    ),
}
