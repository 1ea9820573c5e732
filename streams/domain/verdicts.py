"""What a property's two values call for, and who wins where both sides want their own.

Pure functions of a row and two values: the tables of the merge, without its bookkeeping.
"""

from typing import Any, Literal

from schemas.flow import Flow
from schemas.flow_property import Property
from streams.domain.lenses import UNKNOWN
from streams.domain.rows import LinkRow, Side, other, side_of
from streams.domain.values import same

Verdict = Literal["keep", "to-crm", "to-invoiced", "agree", "conflict", "first"]

# (edited in Invoiced, edited in the CRM) → what follows, where both sides have a base and differ.
VERDICTS: dict[tuple[bool, bool], Verdict] = {
    (False, False): "keep",
    (True, False): "to-crm",
    (False, True): "to-invoiced",
    (True, True): "conflict",
}


def edited(side: Side, prop: Property, value: Any) -> bool:
    """Whether this side shows something else than its own base."""
    if value is UNKNOWN or prop.name not in side.base:
        return False
    return not same(prop.type, value, side.base[prop.name])


def judge(prop: Property, row: LinkRow, i: Any, c: Any) -> Verdict:
    """What a property's two values call for."""
    if i is UNKNOWN or c is UNKNOWN:
        return "keep"
    based = prop.name in row.invoiced.base and prop.name in row.crm.base
    if not based:
        return "agree" if same(prop.type, i, c) else "first"
    verdict = VERDICTS[edited(row.invoiced, prop, i), edited(row.crm, prop, c)]
    return "agree" if verdict != "keep" and same(prop.type, i, c) else verdict


def first_match(prop: Property, wins: str, i: Any, c: Any) -> tuple[str, bool]:
    """The winner where nothing was agreed before, and whether it overwrites something. Empty never wins."""
    if prop.direction != "both":
        winner = "invoiced" if prop.direction == "to-crm" else "crm"
    elif i is None or c is None:
        winner = "crm" if i is None else "invoiced"
    else:
        winner = wins
    return winner, i is not None and c is not None


def newer_record(flow: Flow, row: LinkRow, tie_ms: int) -> str:
    """Whose record was updated later; what time cannot tell apart is a tie."""
    here, there = row.invoiced.updated_at, row.crm.updated_at
    if here is None or there is None or abs(here - there) <= tie_ms:
        return flow.policy.tie
    return "invoiced" if here > there else "crm"


def decide(flow: Flow, prop: Property, row: LinkRow, tie_ms: int) -> tuple[str, str, bool]:
    """The winner of a conflict: (policy, system or `open`, whether time could not tell)."""
    policy = prop.conflict or flow.policy.conflict
    if policy in {"invoiced", "crm"}:
        return policy, policy, False
    if policy == "manual":
        return policy, "open", False
    (i0, i1), (c0, c1) = _when(row.invoiced, prop.name), _when(row.crm, prop.name)
    if i0 > c1 + tie_ms:
        return policy, "invoiced", False
    if c0 > i1 + tie_ms:
        return policy, "crm", False
    return policy, flow.policy.tie, True


def _when(side: Side, name: str) -> tuple[int, int]:
    """Between which times the pending edit was made."""
    last = side.edited_at.get(name, 0)
    return side.edited_from.get(name, last), last


def lossy(prop: Property, row: LinkRow) -> bool:
    """Whether Invoiced's list holds more than one fixed amount: a sum cannot be written back into it."""
    held = (row.invoiced.image or {}).get(prop.invoiced)
    if prop.type != "amount" or not isinstance(held, list):
        return False
    return len(held) > 1 or any(
        one.get("coupon") or one.get("tax_rate") for one in held if isinstance(one, dict)
    )


def one_way(prop: Property, verdict: Verdict, row: LinkRow) -> Verdict:
    """An edit on the far side of a one-way property is restored from the near side, or ignored."""
    both = prop.direction == "both" and not lossy(prop, row)
    if both or verdict in {"keep", "agree", "first"}:
        return verdict
    onward: Verdict = "to-invoiced" if prop.direction == "to-invoiced" else "to-crm"
    if verdict in {onward, "conflict"}:
        return onward
    return onward if prop.on_far_edit == "restored" else "keep"


def agreed_before(prop: Property, row: LinkRow, source: str, there: Any) -> Any:
    """What a side is set back to, in the form in which it once took it; `UNKNOWN` where nothing was agreed."""
    side, far = side_of(row, source), side_of(row, other(source))
    if prop.type == "archive" or prop.direction != "both" or prop.name not in side.base:
        return UNKNOWN
    if edited(far, prop, there):
        return there
    sent, shown = side.normalised.get(prop.name, [UNKNOWN, UNKNOWN])
    base = side.base[prop.name]
    return sent if sent is not UNKNOWN and same(prop.type, shown, base) else base
