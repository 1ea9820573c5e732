"""Whether an answer shows a past of its record: a replica that lags behind answers lists and single reads alike.

Such an answer is believed once a later round shows it still; until then the record is in doubt, nothing of it is
published and its entity's rounds do not pass. Clocks are set back and systems are restored, so it may be true.
"""

from collections.abc import Collection, Iterable, Mapping

import msgspec
from msgspec import Struct

from connectors.image import changed_names, same
from connectors.shares import Share
from connectors.source import Seen
from schemas.records import Change, Image, Json

MOST = 50  # read again in one round
REMEMBERED = 10_000  # records that were changed and changed back


class Answered(Struct, frozen=True):
    """What our last write of a record was answered with: its stamp, and each name we wrote, now and `before`.

    `at`: when the answer had come, by our clock.
    """

    stamp: int | None
    values: Image
    before: Mapping[str, Json] = {}
    at: int = 0


def goes_back(
    seen: Seen, image: Image, held: Change, answered: Answered | None, noise: frozenset[str]
) -> bool:
    """Tell whether an image that differs from the version held may be older than what we know.

    It has an older stamp; or none that is later, and it is the very image held before; or it lacks what our own write
    was answered with and is stamped no later than that answer (without stamps: shows what stood there before).
    """
    stamp, known = seen.updated_at, held.source.updated_at
    if stamp is not None and known is not None and stamp < known:
        return True
    if answered is not None and _lacks(stamp, image, answered):
        return True
    if stamp is not None and known is not None and stamp > known:
        return False
    return held.before is not None and not changed_names(held.before, image, noise)


def looks_back(
    seen: Seen, held: Change, answered: Answered | None, names: Collection[str], noise: frozenset[str]
) -> bool:
    """Tell whether a look at a record that is to be written (`names`) shows a past of it.

    The poller doubts such a past, too, and what it comes to believe is held. Something else than is held, under the
    very stamp that is held, is what came or what went in the same second: only the poller's next read can tell, and
    what it holds already it would never tell again. `answered`: if we wrote since the held version was read.
    """
    known = {**(held.after or {}), **(answered.values if answered is not None else {})}
    other = changed_names(known, seen.image, noise)
    if not other:
        return False
    at_once = seen.updated_at is not None and seen.updated_at == held.source.updated_at
    if at_once and known.keys() & set(names) & set(other):
        return True
    return goes_back(seen, seen.image, held, answered, noise)


def _lacks(stamp: int | None, image: Image, answered: Answered) -> bool:
    other = [
        name for name, value in answered.values.items() if name in image and not same(image[name], value)
    ]
    if not other:
        return False
    if stamp is not None and answered.stamp is not None:
        return stamp <= answered.stamp
    return all(same(image[name], answered.before.get(name)) for name in other)


class Stamps:
    """The latest stamp under which a record showed the version that is held, where it is later than that version's."""

    def __init__(self) -> None:
        self._latest: dict[str, int] = {}

    def of(self, ref: str) -> int:
        """Return it; 0 where none is known."""
        return self._latest.get(ref, 0)

    def unchanged(self, seen: Seen, held: Change | None) -> None:
        """Learn of a record that shows what is held. Only the last ones are remembered."""
        own = held.source.updated_at if held is not None else None
        if seen.updated_at is None or own is None or seen.updated_at <= max(own, self.of(seen.ref)):
            return
        self._latest.pop(seen.ref, None)
        self._latest[seen.ref] = seen.updated_at
        if len(self._latest) > REMEMBERED:
            del self._latest[next(iter(self._latest))]

    def changed(self, ref: str) -> None:
        """Another version is held now, with a stamp of its own."""
        self._latest.pop(ref, None)


class Doubt(Struct, frozen=True):
    """A record that showed a past. `rounds`: how many have to begin before it is read again."""

    stamp: int | None
    rounds: int


class Doubts:
    """The records in doubt. One found between two rounds, by a scan, waits for a whole interval more."""

    def __init__(self) -> None:
        self._held: dict[str, Doubt] = {}

    def of(self, entity: str) -> bool:
        """Tell whether a record of an entity is in doubt."""
        return any(ref.split(":")[1] == entity for ref in self._held)

    def add(self, seen: Seen, share: Share) -> None:
        """Doubt a record; one that is in doubt stays so from when it was first."""
        rounds = 1 if share == "live" else 2
        self._held.setdefault(seen.ref, Doubt(seen.updated_at, rounds))

    def drop(self, refs: Iterable[str]) -> None:
        """Doubt records no more."""
        for ref in refs:
            self._held.pop(ref, None)

    def due(self, entity: str) -> list[str]:
        """A round of an entity begins: return which records to read again."""
        mine = [(ref, one) for ref, one in self._held.items() if ref.split(":")[1] == entity]
        for ref, one in mine:
            self._held[ref] = msgspec.structs.replace(one, rounds=max(0, one.rounds - 1))
        return [ref for ref, one in mine if one.rounds <= 1][:MOST]

    def confirmed(self, seen: Seen) -> bool:
        """Tell whether a record that is due shows what it showed then, or something later; else it is doubted anew."""
        one = self._held.pop(seen.ref, None)
        if one is None:
            return False
        return one.stamp is None or seen.updated_at is None or seen.updated_at >= one.stamp
