"""Work that is more than one event may do: it stands in the tenant's row, and `continue` brings it on."""

from typing import Any

from msgspec.structs import replace

from schemas.records import Continue
from streams.domain import keys
from streams.domain.fold import Fold
from streams.domain.keys import last_part

Task = tuple[Any, ...]


def push(fold: Fold, task: Task) -> None:
    """Queues a task; the same one twice is one."""
    if task not in fold.tenant.queue:
        fold.tenant = replace(fold.tenant, queue=(*fold.tenant.queue, task))


def follow(fold: Fold, task: Task, follows: Task | None) -> None:
    """Puts what is left of a worked task in its place; None: it is done."""
    rest = tuple(one for one in fold.tenant.queue if one != task)
    fold.tenant = replace(fold.tenant, queue=rest if follows is None else (follows, *rest))


def children_of(fold: Fold, ref: str, after: str, limit: int) -> list[str]:
    """Link ids, and refs of unlinked records, that name this ref as a parent: a page of them."""
    start = keys.index_key(fold.config.tenant, "child", ref, after) if after else None
    return [last_part(key) for key in fold.entries("child", ref, limit=limit, after=start)][:limit]


def wake_children(fold: Fold, ref: str, *, itself: bool = False) -> None:
    """Links that name this ref as a parent are computed anew. Most records have none: nothing is queued for them.

    `itself`: the record is its own parent, in a row that is not kept yet.
    """
    if itself or fold.entries("child", ref, limit=1):
        push(fold, ("children", ref, ""))


def reweigh(fold: Fold, ref: str) -> None:
    """Records in review that named this one as a candidate are weighed anew."""
    if fold.entries("cand", ref, limit=1):
        push(fold, ("candidates", ref))


def weigh_anew(fold: Fold, ref: str, limit: int) -> int:
    """A page of them: who is taken up names no candidate any more, so the next page begins where this one did."""
    found = fold.entries("cand", ref, limit=limit)
    for key in found:
        row = fold.ref(last_part(key))
        if row is not None:
            fold.put_ref(replace(row, state="waiting", since=fold.offset, candidates=()))
    return len(found)


def ask_on(fold: Fold) -> None:
    """Appends `continue` while something is queued."""
    if fold.tenant.queue:
        name = f"{fold.event.id}/+"
        fold.send("sync.in", fold.config.tenant, Continue(id=name))
