"""Carrying out one command: the rules say what comes next, it is tried until it is done, refused or too late."""

import msgspec
import structlog

from connectors import replacing
from connectors import sink_rules as rules
from connectors.backoff import Backoff
from connectors.errors import Lost, Park, Retry, Stop, Unreadable
from connectors.sink_rules import Finish, Step
from connectors.steps import Steps
from connectors.surroundings import Surroundings
from schemas.records import Applied, Command, Result

log = structlog.get_logger(__name__)
SETTLE_S = 2.0  # a create without an answer may still be under way: so long before it is looked for again


class Carrier:
    """One command under way."""

    def __init__(
        self, around: Surroundings, command: Command, memory: Applied | None, *, doubtful: bool
    ) -> None:
        self._a = around
        self._asked = command
        self._backoff = Backoff(around.limits, around.clock.monotonic())
        self._steps = Steps(around, command, memory, doubtful=doubtful)

    async def run(self) -> Result:
        """Carry the command out to its result."""
        reason = self._a.sink.unsupported(self._steps.now.command)
        if reason is not None:
            return self._result(Finish("unsupported", message=reason))
        while True:
            step = rules.step(self._steps.now)
            if isinstance(step, Finish):
                result = self._result(step)
                self._a.order.answered(self._steps.now.command, result)
                return result
            early = await self._try(step)
            if early is not None:
                return early

    async def _try(self, step: Step) -> Result | None:
        """Make one step; a result only where the command ends with it."""
        try:
            await self._steps.make(step)
        except Retry as error:
            return await self._wait(step, error)
        except Unreadable as error:  # a write's answer cut in half: it may have been applied
            return await self._wait(step, Lost(error.reason, answered=True))
        except Park as error:
            return self._refused(step, error)
        except Stop as error:
            self._tell(error)
            return self._later(f"login refused: {error.reason}", "login", self._a.limits.seconds)
        return None

    def _tell(self, error: Stop) -> None:
        command = self._asked
        where = {"system": command.system, "link_id": command.link_id, "command_id": command.id}
        log.warning("login.refused", what="commands", status=error.status, error=error.shown, **where)

    async def _wait(self, step: Step, error: Retry) -> Result | None:
        steps = self._steps
        steps.now = rules.lost(steps.now, write=_writes(step), doubtful=error.doubtful)
        steps.answers += int(error.answered)
        steps.repeated = True
        pause = self._backoff.pause(self._a.clock.monotonic(), error.after)
        if pause is None:
            return self._later(error.reason, self._doubt(), self._backoff.later(error.after))
        settle = SETTLE_S if isinstance(step, rules.Post) and error.doubtful else 0.0
        await self._a.clock.sleep(max(pause, settle))
        if not self._a.open_for(self._asked) and not replacing.owed(steps.now):
            return self._later(
                f"closed before another attempt; the last one: {error.reason}", self._doubt(), 0.0
            )
        return None

    def _doubtful_create(self) -> bool:
        """Tell whether an earlier try of this create may have made what was found now."""
        now = self._steps.now
        return now.command.verb == "create" and now.doubtful and now.tried is not None

    def _doubt(self) -> str:
        """Say whether a create may exist: only one that may makes its echo wait."""
        now = self._steps.now
        if now.doubtful and not now.searched:
            return "doubtful"
        return "absent" if now.command.verb == "create" else "unreachable"

    def _refused(self, step: Step, error: Park) -> Result | None:
        steps = self._steps
        if not _writes(step):
            return self._result(Finish("refused", steps.now.look, message=error.reason))
        steps.answers += 1
        if isinstance(step, rules.TakeDown):
            steps.now = replacing.not_deleted(steps.now, error.reason)
            return None
        if isinstance(step, rules.Recreate):
            named = self._a.sink.named(steps.now.command, error.field) or error.field
            steps.now = replacing.rejected(steps.now, named, error.reason)
            return None
        named = self._a.sink.named(steps.now.command, error.field)
        after = rules.refused(steps.now, named, error.reason)
        if isinstance(after, Finish):
            return self._result(after)
        steps.now = after
        return None

    def _later(self, message: str, cause: str, seconds: float) -> Result:
        result = self._result(Finish("retry_at", message=message))
        retry_at = self._a.clock.now_ms() + int(seconds * 1000)
        return msgspec.structs.replace(result, retry_at=retry_at, cause=cause)

    def _result(self, end: Finish) -> Result:
        command, look = self._asked, end.look
        return Result(
            command_id=command.id,
            tenant=command.tenant,
            link_id=command.link_id,
            system=command.system,
            revision=command.revision,
            outcome=end.outcome,
            read_at=look.read_at if look is not None and look.read_at else self._a.clock.now_ms(),
            epoch=self._a.epoch,
            verb=command.verb,
            sent=command.sent,
            ref=end.ref or self._steps.now.command.ref,
            image=look.image if look is not None else None,
            updated_at=look.updated_at if look is not None else None,
            refused=self._steps.now.refused,
            found=end.found,
            normalised=tuple(sorted(end.normalised)),
            resent=replacing.resent(self._steps.now, look) if look is not None else {},
            cause=None,
            message=end.message,
            lines=look.lines if look is not None else {},
            attempts=max(1, self._steps.attempts),
            # A successor knows of its predecessor's attempt alone: what it meets may be that one's.
            wrote=self._steps.now.wrote
            or self._doubtful_create()
            or (end.outcome == "stale" and self._steps.now.doubtful and self._steps.now.tried is not None),
        )


def _writes(step: Step) -> bool:
    return isinstance(step, rules.WRITES)
