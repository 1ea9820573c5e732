"""Bringing back what was deleted to be made anew, where no command does it any more: as it was when it was noted."""

import structlog

from connectors import replacing
from connectors.applied import Memory
from connectors.carry import Carrier
from connectors.publisher import Publisher
from connectors.surroundings import Surroundings
from schemas.records import Command

log = structlog.get_logger(__name__)


class Mender:
    """Ends the open notes of links that have no command under way: a wish that has vanished leaves nobody to do it."""

    def __init__(self, around: Surroundings, memory: Memory, publisher: Publisher) -> None:
        self._a = around
        self._memory = memory
        self._publisher = publisher

    async def mend(self, link_id: str, ref: str) -> None:
        """Look whether the record is there; if not, create it from its note. What fails is tried again when it is missed."""
        memory = self._memory.get(link_id)
        if memory is None or memory.trying is None or replacing.open_note(memory) is None:
            return
        trying = memory.trying
        nothing = Command(
            id=trying.command_id, tenant="", link_id=link_id, system=self._a.sink.system, flow="",
            entity=ref.split(":", 2)[1], verb="update", revision=trying.revision, ref=ref,
        )  # fmt: skip
        result = await Carrier(self._a, nothing, memory, doubtful=True).run()
        log.warning("record.brought_back", ref=ref, outcome=result.outcome)
        if result.outcome == "done":
            await self._memory.forget_note(self._publisher, link_id)
