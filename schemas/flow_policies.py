"""Policies that cannot be kept to by the flow they stand in: each named with its line, its value and its cure."""

from schemas.document import Document
from schemas.flow import Flow
from schemas.flow_property import Property


def check_policies(document: Document, flow: Flow) -> None:
    """Notes every policy that would be accepted and do nothing."""
    _check_delete(document, flow)
    _check_create(document, flow)
    plain = [each for each in flow.properties if each.type != "archive"]
    if flow.policy.rejected == "revert" and not any(each.direction == "both" for each in plain):
        message = "policy.rejected is 'revert', but no property goes both ways: nothing may be set back; write 'flag'"
        document.wrong(("policy", "rejected"), message)
    for index, rule in enumerate(flow.rules):
        if rule.verdict == "join" and not rule.unique:
            message = (
                f"rule {rule.name!r} joins what is not unique, and nothing is ever joined by a guess: "
                "write `unique: true`, or `verdict: review`"
            )
            document.wrong(("rules", index), message)
    for index, each in enumerate(flow.properties):
        _check_property(document, ("properties", index), each)


def _check_delete(document: Document, flow: Flow) -> None:
    """Deletes are told by the property of type archive, in the direction it goes."""
    wanted = flow.policy.delete
    archive = next((each for each in flow.properties if each.type == "archive"), None)
    if archive is None and wanted != "ignore":
        message = (
            f"policy.delete is {wanted!r}, but no property says that a record is deleted; "
            "add one of `type: archive`, or write `delete: ignore`"
        )
        document.wrong(("policy", "delete"), message)


def _check_create(document: Document, flow: Flow) -> None:
    """Records are only made on a side whose own names may be written."""
    ways = (
        ("to_crm", flow.policy.create.to_crm, "to-invoiced"),
        ("to_invoiced", flow.policy.create.to_invoiced, "to-crm"),
    )
    for name, wanted, away in ways:
        if wanted and flow.properties and all(each.direction == away for each in flow.properties):
            message = f"policy.create.{name} is on, but every property goes {away}: nothing could be written; write `{name}: off`"
            document.wrong(("policy", "create", name), message)


def _check_property(document: Document, place: tuple[int | str, ...], each: Property) -> None:
    if each.direction == "both" and each.on_far_edit == "ignored":
        message = (
            f"on_far_edit of {each.name!r} is 'ignored', but it goes both ways: it has no far side; "
            "write `direction: to-crm` or `to-invoiced`, or leave it out"
        )
        document.wrong((*place, "on_far_edit"), message)
    if each.direction != "both" and each.conflict is not None:
        message = (
            f"conflict of {each.name!r} is {each.conflict!r}, but it only goes {each.direction}: "
            "one side always wins; remove it, or use on_far_edit"
        )
        document.wrong((*place, "conflict"), message)
    if each.type == "archive" and each.conflict == "manual":
        message = (
            f"conflict of {each.name!r} is 'manual', but in use or not is one of two: "
            "both sides cannot differ from what was agreed and from each other; remove it"
        )
        document.wrong((*place, "conflict"), message)
