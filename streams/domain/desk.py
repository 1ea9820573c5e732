"""Index entries as they stand while an event is worked: the stored ones, corrected for rows already changed."""

from bisect import bisect_left, insort

from streams.domain.view import View


class Desk:
    """Stored index keys with this event's own additions and removals laid over them."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._gone: set[bytes] = set()
        self._new: list[bytes] = []

    def move(self, before: set[bytes], after: set[bytes]) -> None:
        """Takes a row's step from one set of entries to another."""
        for key in before - after:
            at = bisect_left(self._new, key)
            if at < len(self._new) and self._new[at] == key:
                del self._new[at]
            else:
                self._gone.add(key)
        for key in after - before:
            if key in self._gone:
                self._gone.remove(key)
            else:
                insort(self._new, key)

    def find(self, prefix: bytes, after: bytes | None, limit: int) -> list[bytes]:
        """The first `limit` keys with this prefix behind `after`, in byte order."""
        stored = self._stored(prefix, after, limit)
        start = bisect_left(self._new, max(prefix, (after or b"") + b"\x00" if after else prefix))
        born = []
        for key in self._new[start:]:
            if not key.startswith(prefix):
                break
            born.append(key)
        return sorted(stored + born)[:limit]

    def _stored(self, prefix: bytes, after: bytes | None, limit: int) -> list[bytes]:
        found: list[bytes] = []
        while len(found) < limit:
            page = [key for key, _ in self._view.scan(prefix, after, limit)]
            found += [key for key in page if key not in self._gone]
            if len(page) < limit:
                break
            after = page[-1]
        return found[:limit]
