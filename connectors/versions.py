"""The newest image of a record that anyone here has seen: the poller's, or the answer to our own last write."""

from connectors.image import fill_vanished
from connectors.look import Look
from connectors.noise import noise_of
from connectors.order import WriteOrder
from connectors.past import looks_back
from connectors.shadow import Shadow
from connectors.sink import Sink
from connectors.source import Seen
from connectors.watch import Watch
from schemas.records import Applied, Command, Image


class HeldVersions:
    """Knows both. A change of noise alone is not in the shadow, so a version may still be old: that costs one 412."""

    def __init__(self, shadow: Shadow, sink: Sink, watch: Watch) -> None:
        self._shadow = shadow
        self._sink = sink
        self._watch = watch

    def newest(self, command: Command, memory: Applied | None) -> Image | None:
        """Return the newest image of the command's record."""
        if command.ref is None:
            return None
        held = self._shadow.get(command.ref)
        result = memory.result if memory is not None else None
        answered = result.image if result is not None and result.ref == command.ref else None
        shown = held.after if held is not None else None
        if shown is None or answered is None:
            return shown if answered is None else answered
        read_at = held.source.read_at if held is not None else 0
        later = result is not None and result.read_at > read_at
        first, second = self._sink.version(answered), self._sink.version(shown)
        if first is not None and second is not None and first.isdigit() and second.isdigit():
            later = int(first) > int(second)
        return answered if later else shown

    def behind(self, command: Command, look: Look, order: WriteOrder) -> bool:
        """Tell whether a look at a command's record shows a past of it."""
        ref = str(command.ref)
        held = self._shadow.get(ref)
        if self._watch.denies(ref, look):
            return True
        if held is None or held.op == "d" or look.image is None:
            return False
        seen = Seen(ref, fill_vanished(look.image, held.after), look.read_at, look.updated_at)
        answered = order.answer_since(ref, held.source.read_at)
        noise = noise_of(held.source.system, held.source.entity)
        return looks_back(seen, held, answered, command.changed, noise)
