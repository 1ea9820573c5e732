"""What commands are answered for which nothing is sent: overtaken, held by a gate, or the login is refused."""

import msgspec

from connectors.surroundings import Surroundings
from schemas.records import Applied, Command, Outcome, Result

LOGIN_S = 30.0


class Unsent(msgspec.Struct, frozen=True):
    """Such answers, of this holder of the lease and at its time."""

    around: Surroundings

    def superseded(self, command: Command) -> Result:
        """A later revision was here before it."""
        return self._result(command, "superseded")

    def held(self, command: Command, memory: Applied | None) -> Result:
        """Its direction is closed. `wrote` if an attempt of it had no answer, for that may have been carried out."""
        trying = memory.trying if memory is not None else None
        attempted = trying is not None and trying.command_id == command.id
        return msgspec.structs.replace(self._result(command, "held"), wrote=attempted)

    def until_login(self, command: Command, told: str) -> Result:
        """The login was refused a moment ago, as the system has `told`: nothing is asked before `LOGIN_S` are over."""
        answer = self._result(command, "retry_at")
        retry_at = answer.read_at + int(LOGIN_S * 1000)
        return msgspec.structs.replace(answer, retry_at=retry_at, cause="login", message=told or None)

    def _result(self, command: Command, outcome: Outcome) -> Result:
        return Result(
            command_id=command.id,
            tenant=command.tenant,
            link_id=command.link_id,
            system=command.system,
            revision=command.revision,
            outcome=outcome,
            read_at=self.around.clock.now_ms(),
            epoch=self.around.epoch,
            verb=command.verb,
            ref=command.ref,
            sent=command.sent,
        )
