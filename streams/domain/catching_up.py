"""When the tables are lost: nothing is written unseen, and rows of the public `links` come back.

What is there already is never replaced.
"""

from msgspec.structs import replace

from schemas.records import Event, Nudge, Restore
from streams.domain import gates
from streams.domain.config import Config
from streams.domain.fold import GATES, Fold
from streams.domain.index import SYSTEMS
from streams.domain.rows import LinkRow, RefRow, RefState, side_of, with_side
from streams.domain.view import Effects, View
from streams.domain.views import from_public


def close(view: View, config: Config, gap: str, at: int) -> Effects:
    """The state has not seen all that the log once held: nothing is written until a person has looked."""
    event = Event(id=f"gap/{gap}", tenant=config.tenant, at=at, offset=0, body=Nudge(reason=gap))
    fold = Fold(view, config, event)
    cause = f"{gap}: look at `tandem plan`, then `tandem gate approve`"
    for flow in config.flows:
        for direction in GATES:
            gates.turn(fold, flow.name, direction, "held", cause)
    return fold.finish()


def restore(fold: Fold, body: Restore) -> None:
    """One row comes back: as it was published, with nothing in flight."""
    if fold.link(body.link_id) is not None:
        return
    row: LinkRow = from_public(str(body.row["row"]))
    for system in SYSTEMS:
        side = side_of(row, system)
        row = with_side(row, system, replace(side, flight=None, retry_at=0))
        for ref in (*side.former, side.ref):
            if ref is not None and fold.ref(ref) is None:
                state: RefState = "linked" if ref == side.ref else "former"
                fold.put_ref(RefRow(ref=ref, state=state, link_id=row.id, flow=row.flow))
    fold.put_link(row)
