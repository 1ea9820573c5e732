"""The sink worker as the simulator has it: the same order of looking, writing and remembering, one call a command.

`mode` says what goes wrong: `ok`; `lost`, written but the process dies before it remembers; `dead`, it dies
before the request; `failed`, the request has no answer and the tries end; `lost_failed`, it was written all
the same.
"""

from dataclasses import dataclass, field
from typing import Any

from schemas.records import Command, Found, Result
from tests.property.apis import Api, Rejected


@dataclass
class Sink:
    """One system's sink worker and its memory (`applied`)."""

    api: Api
    began: set[str] = field(default_factory=set)
    last: dict[str, Result] = field(default_factory=dict)
    looks: bool = True

    def carry_out(self, command: Command, now: int, mode: str) -> Result | None:
        remembered = self.last.get(command.link_id)
        if remembered is not None and command.revision <= remembered.revision:
            same = remembered.command_id == command.id
            return remembered if same else self._result(command, "superseded")
        if mode == "dead":
            return None
        doubtful = command.again or command.id in self.began
        self.began.add(command.id)
        if mode == "failed":
            return self._result(command, "retry_at", retry_at=now + 1_000)
        try:
            result = (
                self._create(command, now)
                if command.verb == "create"
                else self._update(command, now, doubtful)
            )
        except Rejected as no:
            refused = {no.name: str(no)} if no.name else {}
            result = self._result(command, "refused", refused=refused, message=str(no))
        if mode == "lost":
            return None
        if mode == "lost_failed":
            return self._result(command, "retry_at", retry_at=now + 1_000)
        self.last[command.link_id] = result
        return result

    def _create(self, command: Command, now: int) -> Result:
        found = self._look(command) if self.looks else []
        if found:
            ours = [one for one in found if one.image.get(self._xref()) == command.xref]
            return (
                self._done(command, ours[0].ref)
                if len(ours) == 1
                else self._result(command, "found", found=tuple(found))
            )
        values = {**command.values, self._xref(): command.xref}
        return self._done(command, self.api.ref(self.api.create(now, values, ours=True)))

    def _xref(self) -> str:
        return "ExternalId" if self.api.system == "crm" else "metadata.crm_id"

    def _look(self, command: Command) -> list[Found]:
        wanted = [(self._xref(), command.xref), *command.keys.items()]
        names = [
            n for n, r in self.api.records.items() if any(v is not None and r.get(k) == v for k, v in wanted)
        ]
        return [Found(ref=self.api.ref(n), image=dict(self.api.records[n])) for n in names]

    def _update(self, command: Command, now: int, doubtful: bool) -> Result:
        name = str(command.ref).split(":")[2]
        values = dict(command.values)
        if command.xref is not None:
            values["ExternalId"] = command.xref
        present = {key: self.api.records[name].get(key) for key in command.values}
        stale = present != dict(command.expected) and present != dict(command.values)
        if stale and (doubtful or self.api.system == "crm") and self.looks:
            return self._result(command, "stale", ref=command.ref, image=dict(self.api.records[name]))
        if present != dict(command.values) or command.xref is not None:
            self.api.patch(now, name, values, ours=True)
        return self._done(command, str(command.ref))

    def _done(self, command: Command, ref: str) -> Result:
        name = ref.split(":")[2]
        return self._result(command, "done", ref=ref, image=dict(self.api.records[name]))

    def _result(self, command: Command, outcome: Any, **more: Any) -> Result:
        ref = more.get("ref")
        stamp = self.api.stamps.get(ref.split(":")[2]) if ref else None
        return Result(
            command_id=command.id,
            tenant="default",
            link_id=command.link_id,
            system=command.system,
            revision=command.revision,
            outcome=outcome,
            read_at=0,
            verb=command.verb,
            updated_at=stamp,
            **more,
        )
