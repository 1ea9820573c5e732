"""What came of a command: one function an outcome, one table of them.

Law: an answer counts only for the command in flight; after it both bases are set, the source's to what was
sent, the destination's to what the API returned.
"""

from collections.abc import Callable

from msgspec.structs import replace

from schemas.flow import Flow
from schemas.records import Result
from streams.domain import doubt, entering, leaving, lines, met, overwriting, settling, slots
from streams.domain.endings import UNDELETABLE
from streams.domain.fold import Fold
from streams.domain.links import converge
from streams.domain.observe import in_use, show, unforce, vanish
from streams.domain.rows import Flight, LinkRow, Side, Stuck, other, side_of, with_side

UNDECIDED = {"retry_at", "held", "superseded"}
UNSENT = {"absent", "unreachable"}  # causes of a `retry_at` that say: nothing was written


def _answered(side: Side, result: Result) -> Side:
    return replace(
        doubt.cleared(side),
        flight=None,
        stuck=None,
        retry_at=0,
        answer_at=result.read_at,
        answer_updated=result.updated_at,
    )


def done(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow | None:
    """Applied: the slot is filled by a create, the bases are set, the returned record is what the side shows."""
    system = result.system
    if flight.verb == "create":
        if met.was_here(fold, flow, row, system, result.ref):
            return met.asked_anew(row, system)
        filled = slots.fill(fold, row, system, result.ref, result.image)
        if filled is None:
            return _claimed(row, system, result)
        row, flight = filled, entering.left_out(flight, side_of(filled, system))
    before = side_of(row, system)
    row = with_side(row, system, doubt.carried_over(before, _answered(before, result), flight))
    row = settling.release(settling.settle(flow, row, system, flight, result), flight, system)
    row = settling.sent_along(flow, row, system, flight, result)
    # Gone; or its API does not show it, then its poller will tell.
    if flight.verb == "delete" and (result.image is None or in_use(flow, system, result.image)):
        return vanish(flow, row, system, 0, fold.now)
    return settling.take_image(flow, row, system, flight, result)


def _claimed(row: LinkRow, system: str, result: Result) -> LinkRow:
    side = replace(side_of(row, system), flight=None)
    return replace(
        with_side(row, system, side), review=f"{result.ref} answers for this link and stands in another"
    )


def refused(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow:
    """The API will not take it: flagged by property where it names them, else the whole wish is parked."""
    side = side_of(row, result.system)
    if flight.verb == "delete":  # it may not be deleted there, so it is archived, and that is listed
        mark = [side_of(row, other(result.system)).version, result.message or "no reason given"]
        side = replace(side, flight=None, refused={**side.refused, UNDELETABLE: mark})
        return with_side(row, result.system, side)
    named = {settling.property_of(flow, result.system, name): text for name, text in result.refused.items()}
    if named and result.cause != "whole" and flight.verb != "create":
        refusals = {
            name: [flight.source[name], text] for name, text in named.items() if name in flight.source
        }
        known = settling.reference(side.refused, flight, result.system, result)
        # As definite as any answer: else what an earlier attempt has left open would be sent again for ever.
        row = settling.sent_along(flow, row, result.system, flight, result)
        side = side_of(row, result.system)
        side = replace(doubt.cleared(side), flight=None, refused={**known, **refusals})
        if refusals or known != side_of(row, result.system).refused:
            return with_side(row, result.system, side)
    message = result.message or "; ".join(f"{name}: {text}" for name, text in result.refused.items())
    return _park(fold, row, result, flight, result.cause or "refused", message or "no reason given")


def _park(fold: Fold, row: LinkRow, result: Result, flight: Flight, cause: str, message: str) -> LinkRow:
    side = side_of(row, result.system)
    # Tried again it is another command: this one's answer is final. Of a create an earlier attempt may stand there.
    side = replace(side, unanswered=None) if flight.verb == "create" else doubt.cleared(side)
    first = side.stuck.first_at if side.stuck is not None else fold.now
    tries = side.stuck.attempts if side.stuck is not None else 0
    stuck = Stuck(cause, message, tries + result.attempts, first, dict(flight.source), fold.origin())
    return with_side(row, result.system, replace(side, flight=None, retry_at=0, stuck=stuck))


def found(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow | None:
    """A create met records. Those it is answered with again and again, though they are not to be had, park it."""
    after = met.found(fold, flow, row, flight, result)
    known, left = side_of(row, result.system).taken, side_of(after or row, result.system)
    if (
        after is None
        or after.review
        or left.ref not in {None, flight.ref}
        or not known
        or left.taken != known
    ):
        return after
    message = (
        f"{', '.join(known)} hold what it would take and stand in other links: clear the cross-reference there (or a "
        f"number that must be unique), then `tandem parked replay {row.id}:to-{result.system}`"
    )
    return _park(fold, after, result, flight, "taken", message)


def unsupported(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow:
    """The sink cannot carry it out."""
    return _park(fold, row, result, flight, result.cause or "unsupported", result.message or "")


def stale(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow:
    """Somebody changed the destination first: what it holds is an observation, and the policy decides."""
    side = replace(side_of(row, result.system), flight=None, retry_at=0)
    if result.wrote:  # an attempt of this very command had no answer: what stands there may be ours
        side = doubt.raised(side, flight, met.their_time(fold, result))
    side = replace(side, unanswered=None)
    if result.image is None:
        return with_side(row, result.system, replace(side, retry_at=fold.now + 1_000))
    stamp = result.updated_at if result.updated_at is not None else result.read_at
    if not settling.overtaken(side, flight, result):  # else a look that a replica answered which lags behind
        before, side = side, show(flow, result.system, side, result.image, stamp)
        row = unforce(flow, row, before, side)
    side = replace(side, answer_at=result.read_at, answer_updated=result.updated_at)
    row = with_side(row, result.system, side)
    return entering.edited_since(flow, row, result.system, flight, ours=result.wrote)


def gone(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow | None:
    """One 404 is a suspicion; a second one a while later is a delete."""
    side = side_of(row, result.system)
    if flight.verb == "delete":
        return done(fold, flow, row, flight, result)
    if flight.verb == "create":
        return _park(fold, row, result, flight, "gone", result.message or "404 to a create")
    if side.missing and fold.now - side.missing >= fold.config.missing_ms:
        return vanish(flow, row, result.system, 0, fold.now)
    again = fold.now + fold.config.missing_ms
    side = replace(side, flight=None, missing=side.missing or fold.now, retry_at=again)
    return with_side(row, result.system, side)


def later(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow:
    """Tries ended without an answer: the wish is computed anew at `retry_at`, and looks before it writes."""
    side = side_of(row, result.system)
    wait = min(fold.config.retry_cap_ms, 1_000 * 2 ** min(side.tries, 12))
    tried = 0 if result.cause in UNSENT else max(met.their_time(fold, result), flight.sent_at)
    side = doubt.raised(side, flight, tried)
    retry_at = max(result.retry_at or 0, fold.now + wait)
    side = replace(side, flight=None, retry_at=retry_at, tries=side.tries + 1)
    return with_side(row, result.system, side)


def _attempted(fold: Fold, result: Result) -> int:
    """By when an attempt whose answer nobody had was over; 0 where there was none."""
    return met.their_time(fold, result) if result.wrote else 0


def soon(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow:
    """Not carried out now (closed, or overtaken by a later revision): the wish is computed anew in a second."""
    side = doubt.raised(side_of(row, result.system), flight, _attempted(fold, result))
    return with_side(row, result.system, replace(side, flight=None, retry_at=fold.now + 1_000))


def _late(fold: Fold, flow: Flow, row: LinkRow, answer: Result) -> None:
    """A command nobody waits for any more was carried out all the same: what it wrote there is nobody's edit."""
    side = side_of(row, answer.system)
    wrote = answer.outcome == "done" and answer.verb == "update" and answer.wrote
    if not wrote or answer.revision != side.revision or answer.read_at <= side.answer_at:
        return
    side = doubt.late(flow, side, answer, met.their_time(fold, answer))
    side = replace(side, answer_at=answer.read_at, answer_updated=answer.updated_at)
    converge(fold, with_side(row, answer.system, side))


Handler = Callable[[Fold, Flow, LinkRow, Flight, Result], LinkRow | None]
OUTCOMES: dict[str, Handler] = {
    "done": done,
    "found": found,
    "stale": stale,
    "refused": refused,
    "gone": gone,
    "held": soon,
    "superseded": soon,
    "retry_at": later,
    "unsupported": unsupported,
}


def _of_an_earlier_sending(flight: Flight, answer: Result) -> bool:
    """Whether an attempt without a definite answer was one before the last: the command is under way again."""
    return answer.outcome in UNDECIDED and 0 < answer.sent < flight.sent_at


def result(fold: Fold, answer: Result) -> None:
    """Takes one answer into its link's row."""
    row = fold.link(answer.link_id)
    if row is None:
        return
    if fold.tenant.catching_up is not None and answer.outcome != "overwritten":
        return  # its command is sent again, and answered again, when that is over
    flow = fold.flow(row)
    if answer.outcome == "overwritten":
        overwriting.told(fold, flow, row, answer)
        return
    side = side_of(row, answer.system)
    flight = side.flight or side.unanswered
    if flight is None or flight.id != answer.command_id:
        _late(fold, flow, row, answer)
        return
    if _of_an_earlier_sending(flight, answer):
        return
    if flight.ref is not None and flight.verb != "create":
        converge(fold, leaving.answered(fold, row, flight, answer))
        return
    row, answer = lines.answered(fold.config.flow(row.flow), row, answer)
    after = OUTCOMES[answer.outcome](fold, fold.flow(row), row, flight, answer)
    if after is not None:
        converge(fold, after)
