"""The poller as the simulator has it: the real judgement of pages against the shadow, one call a step.

A page is read in one move and published in another, so that anything may happen between. `taken_over`: a
connector publishes it that knows nothing of the writes its predecessor made meanwhile.
"""

from msgspec.structs import replace

from connectors.observation import Reader, deletion, judge
from connectors.past import Stamps
from connectors.source import Seen
from schemas.records import Change, Unreadable
from tests.property.apis import Api

READER = Reader(epoch=1)


class Poller:
    """One system's poller: its topic, its shadow (the topic's latest versions) and what it suspects."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.topic: list[Change | None] = []
        self.shadow: dict[str, Change] = {}
        self.wrote: dict[str, int] = {}
        self.stamped: dict[
            str, int
        ] = {}  # stamps our own writes were answered with: what is older is a stale page
        self.latest = Stamps()
        self.missed: set[str] = set()
        self.whole = False
        self.read_whole: set[str | None] = set()
        self.judges = True
        self.remembers = True

    def __repr__(self) -> str:
        return f"<poller of {self.api.system}, {len(self.topic)} published>"

    def restart(self) -> None:
        """Another process goes on with the topic alone: what was written and met before is not known to it."""
        self.wrote, self.stamped, self.latest = {}, {}, Stamps()

    def page(
        self, now: int, stale: str | None = None, limit: int | None = None, only: str | None = None
    ) -> list[Seen]:
        """What a list shows now, oldest change first; one record may be shown as it was before."""
        chosen = [name for name in self.api.records if only in {None, self.api.kind(name)}]
        names = sorted(chosen, key=lambda name: (self.api.stamps[name], name))
        self.whole = self.whole or (limit is None and only is None)
        self.read_whole |= {only} if limit is None else set()
        return [self._shown(name, now, stale) for name in names[:limit]]

    def _shown(self, name: str, now: int, stale: str | None) -> Seen:
        past = self.api.past.get(name)
        if name == stale and past is not None:
            return replace(past, asked_at=now)
        return self.api.seen(name, now)

    def publish(self, page: list[Seen], now: int, *, taken_over: bool = False) -> int:
        """Publishes what is new in a page; what may be too old is read again by its id."""
        count = len(self.topic)
        for seen in page:
            held = self.shadow.get(seen.ref)
            clouded = not taken_over and self.wrote.get(seen.ref, -1) >= seen.asked_at
            clouded = clouded or (seen.updated_at or 0) < self.stamped.get(seen.ref, 0)
            wrote = self.wrote.get(seen.ref, -1)
            written = self.remembers and held is not None and wrote >= held.source.read_at
            verdict = judge(
                seen, held, READER, by_id=not self.judges, clouded=clouded, now=now, written=written,
                newest=self.latest.of(seen.ref), certain=not self.judges,
            )  # fmt: skip
            if verdict.reread and (name := self.api.name(seen.ref)) in self.api.records:
                fresh = self.api.seen(name, now)  # what a later round would show still
                verdict = judge(fresh, held, READER, by_id=True, clouded=False, now=now, certain=True)
            elif verdict.change is None:
                self.latest.unchanged(seen, held)
            if verdict.change is not None:
                self.latest.changed(seen.ref)
                self._put(verdict.change)
        return len(self.topic) - count

    def confirm(self, now: int) -> int:
        """A record that is missing twice, a round apart, is gone: a delete and its tombstone."""
        missing = {
            ref
            for ref, held in self.shadow.items()
            if held.op != "d" and self.api.name(ref) not in self.api.records
        }
        gone = sorted(missing & self.missed)
        self.missed = missing - self.missed
        for ref in gone:
            self._put(deletion(ref, self.shadow[ref], READER, now, now))
            self.topic.append(None)
        return len(gone)

    def complete(self, entity: str) -> bool:
        """Whether an entity has been read whole once."""
        return self.whole or entity in self.read_whole

    def unreadable(self, name: str) -> Unreadable:
        return Unreadable(self.api.system, "customer", "a number is no number", self.api.ref(name))

    def _put(self, change: Change) -> None:
        self.topic.append(change)
        self.shadow[change.ref] = change
