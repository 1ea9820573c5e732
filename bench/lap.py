"""The events of a lap, encoded before any clock runs: first sight, creates, echoes, one changed property, answers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from bench.organisations import Image, in_crm, in_invoiced, rfc3339
from schemas.codec import Codec
from schemas.records import Body, Change, Command, Result, RoundBegun, RoundPassed, Source

TENANT = "default"
INSTALLATION = "bench"


@dataclass
class Lap:
    """`size` new organisations of Invoiced on their way into the CRM, then edited once.

    Times rise by one millisecond an event, as if each had been read or answered after all before it.
    """

    codec: Codec
    first: int
    size: int
    begin_ms: int
    invoiced: dict[int, Image] = field(default_factory=dict)
    crm: dict[int, Image] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._clock = count(self.begin_ms)

    def first_sights(self) -> list[bytes]:
        """Every organisation is seen in Invoiced for the first time."""
        for number in range(self.first, self.first + self.size):
            self.invoiced[number] = in_invoiced(number, next(self._clock))
        return [self._seen("invoiced", number, None, image) for number, image in self.invoiced.items()]

    def rounds(self) -> list[bytes]:
        """Both sides are read once more: now what stands nowhere else may be created."""
        names = {system: f"{system}-{self.first}" for system in ("invoiced", "crm")}
        begun: list[Body] = [RoundBegun(name, system, "customer", 1) for system, name in names.items()]
        passed: list[Body] = [
            RoundPassed(name, system, "customer", 1, ends=(), complete=True) for system, name in names.items()
        ]
        return [self._event(body) for body in (*begun, *passed)]

    def echoes(self) -> list[bytes]:
        """The CRM's poller reads what we wrote."""
        return [self._seen("crm", number, None, image) for number, image in self.crm.items()]

    def changes(self) -> list[bytes]:
        """Somebody edits one property of every organisation in Invoiced."""
        return list(self._edited())

    def answers(self, commands: Iterable[Command]) -> list[bytes]:
        """The CRM has done what the commands say."""
        return [self._event(self._done(command)) for command in commands]

    def _edited(self) -> Iterator[bytes]:
        for number, before in self.invoiced.items():
            at = next(self._clock)
            after = {**before, "notes": f"edited at {at}", "updated_at": at // 1000}
            self.invoiced[number] = after
            yield self._seen("invoiced", number, before, after)

    def _done(self, command: Command) -> Result:
        at = next(self._clock)
        number = self._number(command)
        if command.verb == "create":
            self.crm[number] = in_crm(number, {**command.values, "ExternalId": command.xref}, at)
        else:
            known = self.crm[number]
            later = {"Version": known["Version"] + 1, "UpdatedAt": rfc3339(at)}
            self.crm[number] = {**known, **command.values, **later}
        return Result(
            command_id=command.id,
            tenant=TENANT,
            link_id=command.link_id,
            system="crm",
            revision=command.revision,
            outcome="done",
            read_at=at,
            epoch=1,
            verb=command.verb,
            ref=f"crm:customer:C{number:07}",
            image=self.crm[number],
            updated_at=at,
            wrote=True,
        )

    def _number(self, command: Command) -> int:
        named = command.xref if command.verb == "create" else command.ref
        return int(str(named).rsplit(":", 1)[1].lstrip("C"))

    def _seen(self, system: str, number: int, before: Image | None, after: Image) -> bytes:
        at = next(self._clock)
        name = str(number) if system == "invoiced" else f"C{number:07}"
        changed = tuple(sorted(key for key in after if before is None or before.get(key) != after[key]))
        source = Source(system, "customer", name, at, 1, updated_at=at)
        ref = f"{system}:customer:{name}"
        change = Change(
            "c" if before is None else "u", ref, at, source, at, before=before, after=after, changed=changed
        )
        return self._event(change)

    def _event(self, body: Body) -> bytes:
        return self.codec.encode_event(f"bench/{next(self._clock)}", body)
