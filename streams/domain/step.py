"""`step`: one event of the tenant's log folded into its rows. The whole machine hangs on this one table.

Pure and deterministic: the same rows, event and configuration give the same writes and outputs, in every
replay. Time is the event's; nothing here reads a clock.
"""

from collections.abc import Callable
from typing import Any

from schemas.records import (
    Change,
    Continue,
    Decision,
    Event,
    Nudge,
    Position,
    Question,
    Restore,
    Result,
    RoundBegun,
    RoundPassed,
    Unreadable,
)
from streams.domain import (
    answers,
    attempts,
    catching_up,
    decisions,
    gates,
    identity,
    keys,
    queue,
    results,
    rounds,
    work,
)
from streams.domain.config import Config
from streams.domain.fold import Fold
from streams.domain.tenant_row import Tenant, decode_tenant
from streams.domain.view import Effects, View


def _continue(fold: Fold, body: Continue) -> None:
    """The queue is worked behind every event; this one only brings the log on."""


def _result(fold: Fold, body: Result) -> None:
    attempts.note(fold, body)
    results.result(fold, body)
    attempts.aged(fold, body.link_id, body.system)


def _nudge(fold: Fold, body: Nudge) -> None:
    work.nudge(fold, body.link_id)


HANDLERS: dict[type, Callable[[Fold, Any], None]] = {
    Change: identity.change,
    Result: _result,
    RoundBegun: rounds.begun,
    RoundPassed: rounds.passed,
    Position: rounds.position,
    Decision: decisions.decision,
    Nudge: _nudge,
    Question: answers.question,
    Continue: _continue,
    Restore: catching_up.restore,
    Unreadable: identity.unreadable,
}
TICKS = (RoundBegun, RoundPassed, Nudge, Continue)


def step(view: View, event: Event, config: Config) -> Effects:
    """Folds one event. No event does more than `config.work` records' work: the rest is queued."""
    fold = Fold(view, config, event)
    idle = not fold.tenant.queue
    if fold.tenant.catching_up is None:
        gates.ensure(fold)
    HANDLERS[type(event.body)](fold, event.body)
    if fold.tenant.catching_up is not None:
        catching_up.lift(fold)
        idle = True
    if fold.tenant.catching_up is None:
        _work(fold, idle=idle)
    return fold.finish()


def _work(fold: Fold, *, idle: bool) -> None:
    """`idle`: no `continue` is under way."""
    event = fold.event
    if isinstance(event.body, TICKS):
        work.due(fold)
    left = work.unbound(fold)
    if not idle or fold.tenant.queue:
        work.run(fold)
        work.unbound(fold, left)
    if fold.tenant.queue and (idle or isinstance(event.body, Continue)):
        queue.ask_on(fold)


def progress(view: View, config: Config, next_offset: int) -> dict[str, Any]:
    """What the host publishes behind a chunk: how far the log is folded, and intake's positions."""
    data = view.get(keys.control_key(config.tenant, "tenant"))
    tenant = decode_tenant(data) if data is not None else Tenant()
    positions = {name: value for name, value in tenant.positions.items() if "." in name}
    return {
        "sync_in": next_offset,
        "positions": positions,
        "catching_up": tenant.catching_up is not None,
    }
