"""The sink worker: order per link, many links side by side, each command's result durable before its commit."""

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import Protocol

import msgspec
import structlog

from connectors import sink_rules as rules
from connectors.applied import Memory
from connectors.carry import Carrier
from connectors.log.log import Place, Raw
from connectors.mender import Mender
from connectors.offsets import Offsets
from connectors.publisher import Publisher
from connectors.source import SourceEvent
from connectors.surroundings import Surroundings
from connectors.unsent import LOGIN_S, Unsent
from connectors.watch import Watch
from connectors.wire import Wire
from schemas import meters
from schemas.records import Applied, Command, Result

log = structlog.get_logger(__name__)
WINDOW = 256  # commands beyond the commit: more would make a takeover look at more
GRACE_S = 8.0
COMMIT_S = 0.25


class Commands(Protocol):
    """The commands of a system, from the group's committed offsets on."""

    async def poll(self) -> Sequence[Raw]: ...
    async def commit(self, offsets: dict[Place, int]) -> None: ...
    async def close(self) -> None: ...


class Sinker:
    """Carries out commands for ever. `takeover_s`: how long a doubtful write of another holder may still be under way."""

    def __init__(
        self,
        around: Surroundings,
        commands: Commands,
        memory: Memory,
        publisher: Publisher,
        wire: Wire,
        watch: Watch,
        takeover_s: float = 0.0,
    ) -> None:
        self._a = around
        self._commands = commands
        self._memory = memory
        self._publisher = publisher
        self._wire = wire
        self._trusted_from = around.clock.monotonic() + takeover_s
        self._offsets = Offsets()
        self._links: dict[str, deque[Raw]] = {}
        self._room = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._failure: asyncio.Future[None] | None = None
        self._login_until, self._login_told = 0.0, ""
        self._unsent = Unsent(around)
        self._mender = Mender(around, memory, publisher)
        self.watch = watch

    async def run(self, stopping: asyncio.Event) -> None:
        """Read, carry out, commit, until told to stop; what is under way is finished."""
        self._failure = asyncio.get_running_loop().create_future()
        committer = asyncio.create_task(self._commit_often())
        committer.add_done_callback(self._ended)
        try:
            while not stopping.is_set():
                self._raise_failure()
                if len(self._offsets) >= WINDOW:
                    await self._wait_for_room()
                    continue
                for raw in await self._commands.poll():
                    self._take(raw)
            await self._drain()
            self._raise_failure()
        finally:
            committer.cancel()
        await self._commit()

    def on_events(self, events: tuple[SourceEvent, ...]) -> None:
        """Compare the events of our writes with what we expected to replace."""
        for result in self.watch.meet(events, self._a.clock.now_ms()):
            self._start(self._say_overwritten(result))

    def mend(self, link_id: str, ref: str) -> None:
        """Bring back a record that was to be made anew and is missed, unless its link has commands under way."""
        if link_id not in self._links:
            self._links[link_id] = deque()
            self._start(self._mend(link_id, ref))

    @property
    def under_way(self) -> int:
        """How many commands were read and have no durable result yet."""
        return len(self._offsets)

    def _take(self, raw: Raw) -> None:
        self._offsets.begin(raw.place, raw.offset)
        waiting = self._links.get(raw.key)
        if waiting is not None:
            waiting.append(raw)
            return
        self._links[raw.key] = deque([raw])
        self._start(self._link(raw.key))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and self._failure is not None and not self._failure.done():
            self._failure.set_exception(error)
        self._room.set()

    async def _mend(self, link_id: str, ref: str) -> None:
        await self._a.clock.sleep(max(0.0, self._trusted_from - self._a.clock.monotonic()))
        await self._mender.mend(link_id, ref)
        await self._link(link_id)  # what has come meanwhile

    async def _link(self, link_id: str) -> None:
        """Carry out one link's commands, one after the other."""
        waiting = self._links[link_id]
        while waiting:
            raw, began = waiting[0], self._a.clock.monotonic()
            await self._one(raw)
            took = self._a.clock.monotonic() - began
            meters.observe("tandem_command_seconds", took, system=self._a.sink.system)
            waiting.popleft()
            self._offsets.end(raw.place, raw.offset)
            self._room.set()
        del self._links[link_id]

    async def _one(self, raw: Raw) -> None:
        command = None if raw.value is None else self._wire.decode(raw.value)
        if not isinstance(command, Command):
            log.warning("command.unreadable", topic=raw.topic, partition=raw.partition, offset=raw.offset)
            return
        memory = self._memory.get(command.link_id)
        begin = rules.begin(command, memory, open_=self._a.open_for(command))
        if isinstance(begin, Result):
            await self._say(begin)
        elif begin == "superseded":
            await self._say(self._unsent.superseded(command))
        elif begin == "held":
            await self._finish(command, self._unsent.held(command, memory))
        elif self._a.clock.monotonic() < self._login_until:
            await self._finish(command, self._unsent.until_login(command, self._login_told))
        else:
            await self._carry(command, memory, doubtful=begin == "doubtful")

    async def _carry(self, command: Command, memory: Applied | None, *, doubtful: bool) -> None:
        trying = memory.trying if memory is not None else None
        if trying is not None and trying.command_id == command.id and trying.epoch != self._a.epoch:
            await self._a.clock.sleep(max(0.0, self._trusted_from - self._a.clock.monotonic()))
        repeated = trying is not None and trying.command_id == command.id
        before = 0 if repeated else self.watch.newest  # an earlier attempt's event may have been met by now
        result = await Carrier(self._a, command, memory, doubtful=doubtful).run()
        if result.outcome == "done" and repeated:
            result = msgspec.structs.replace(result, wrote=True)  # if not now, then in the attempt before
        if result.cause == "login":
            self._login_until = self._a.clock.monotonic() + LOGIN_S
            self._login_told = result.message or ""
        await self._finish(command, result)
        if self._a.feed is not None:
            noted = self._memory.get(command.link_id)
            since = noted.trying.at if noted is not None and noted.trying is not None else None
            skew, listed = self._a.client.skew_ms, self._a.sink.listed(command)
            for overwritten in self.watch.add(command, result, skew, before, since, listed):
                await self._say_overwritten(overwritten)

    async def _finish(self, command: Command, result: Result) -> None:
        """Remember a result and say it; both are acknowledged before the command counts as done."""
        where = {"system": result.system, "link_id": result.link_id, "command_id": result.command_id}
        # What the system said may quote a record: it stands in the result, not in this log.
        if result.refused or result.outcome == "refused":
            log.warning("command.refused", **where, properties=sorted(result.refused))
        elif result.outcome == "retry_at" and result.cause != "login":
            log.warning("command.retry", **where, cause=result.cause, attempts=result.attempts)
        await asyncio.gather(self._memory.keep(self._publisher, command.link_id, result), self._say(result))

    async def _say(self, result: Result) -> None:
        meters.count("tandem_commands_total", system=result.system, outcome=result.outcome)
        await self._publisher.say(f"{result.command_id}/{result.attempts}", result)

    async def _say_overwritten(self, result: Result) -> None:
        await self._publisher.say(f"{result.command_id}/overwritten", result)

    async def _drain(self) -> None:
        """Let what is under way end; what still waits for another try is left to whoever comes next."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=GRACE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _commit_often(self) -> None:
        while True:
            meters.gauge("tandem_commands_in_flight", self.under_way, system=self._a.sink.system)
            await self._a.clock.sleep(COMMIT_S)
            await self._commit()

    async def _commit(self) -> None:
        due = self._offsets.due()
        if due:
            await self._commands.commit(due)
            self._offsets.committed(due)

    async def _wait_for_room(self) -> None:
        self._room.clear()
        await self._room.wait()

    def _raise_failure(self) -> None:
        if self._failure is not None and self._failure.done():
            self._failure.result()
