"""A command at an API: the sink worker's real rules, with one request a step and anything between two.

What can go wrong with a request (`MODES`): `lost`, it is carried out and its answer lost; `dropped`, it never
arrives; `die` and `die_after`, the process ends before or behind it, remembering only what it noted before;
`end_lost` and `end_dropped`, the same as the first two, and the minute of tries is over.
"""

from typing import Any

from msgspec.structs import replace

from connectors import sink_rules as rules
from connectors.lines import Whose, shown, touches, whole
from connectors.look import Look, Window
from connectors.sink_rules import Finish, Standing
from schemas.records import Applied, Command, Found, Result, Trying
from tests.property.abilities import abilities_of, prepared
from tests.property.apis import XREF, Api, Duplicate, Rejected
from tests.property.entities import LISTED

MODES = ("ok", "lost", "dropped", "die", "die_after", "end_lost", "end_dropped")
MINUTE = 60_000
PARENT = ("customer", "CustomerId")


class Carrier:
    """One command under way at one API."""

    def __init__(
        self, api: Api, command: Command, memory: Applied | None, version: str | None, *, doubtful: bool
    ) -> None:
        self.api, self.asked = api, command
        self.listed = LISTED.get((api.system, command.entity))
        tried = memory.trying if memory is not None else None
        own = tried if tried is not None and tried.command_id == command.id else None
        asked = prepared(api, command)
        self.standing = Standing(
            command=asked,
            abilities=abilities_of(api, asked),
            doubtful=doubtful,
            version=version,
            tried=own,
            window=_window(own),
        )
        self.trying = own

    def step(self, now: int, mode: str) -> Result | None:
        """Makes one request; a result where the command ends."""
        step = rules.step(self.standing)
        if isinstance(step, Finish):
            return self.result(step, now)
        write = isinstance(step, rules.Write | rules.Post | rules.Remove)
        if write and self.trying is None:
            self._note(step, now)
        if mode not in {"dropped", "end_dropped"}:
            before = self.standing
            refusal = self._do(step, now)
            if mode in {"lost", "end_lost"}:
                self.standing = before
            elif refusal is not None:
                return self._refused(refusal, now)
        if mode != "ok":
            self.standing = rules.lost(
                self.standing, write=write, doubtful=mode in {"lost", "end_lost", "dropped"}
            )
        if mode.startswith("end"):
            cause = "doubtful" if self.standing.doubtful else "unreachable"
            later = self.result(Finish("retry_at"), now)
            return replace(later, retry_at=now + 1_000, cause=cause)
        end = rules.step(self.standing)
        return self.result(end, now) if isinstance(end, Finish) else None

    def writes_next(self) -> bool:
        return isinstance(rules.step(self.standing), rules.Write | rules.Post | rules.Remove)

    def _note(self, step: rules.Step, now: int) -> None:
        version = step.version if isinstance(step, rules.Write) else None
        self.trying = Trying(
            self.asked.id, self.asked.revision, 1, now, self.api.clock_ms, version, self.asked.expected
        )
        self.standing = replace(self.standing, tried=self.trying, window=_window(self.trying))

    def _do(self, step: rules.Step, now: int) -> Rejected | None:
        try:
            match step:
                case rules.LookAt():
                    self._set(look=self._look(now, self._how()), author=None)
                case rules.AskAuthor():
                    self._set(author=self._author())
                case rules.Search(by=by):
                    self._set(searched={**self.standing.searched, by: self._search(by)})
                case rules.Write(names=names, version=version):
                    self._write(names, version, now)
                case rules.Post():
                    self._post(now)
                case rules.Remove(version=version):
                    self._remove(version, now)
        except Rejected as no:
            return no
        return None

    def _look(self, now: int, how: Whose = "known") -> Look:
        name = self.api.name(str(self.standing.command.ref))
        if name not in self.api.records:
            return Look(None, read_at=now)
        image, lines = self.api.image(name), dict[str, str]()
        version = str(image["Version"]) if self.api.system == "crm" else None
        if self.listed is not None:
            image, lines = shown(self.listed, self.standing.command, image, how)
        return Look(image, self.api.stamps[name], version, now, lines=lines)

    def _how(self) -> Whose:
        return "doubtful" if self.standing.doubtful or self.standing.wrote else "known"

    def _author(self) -> Any:
        window = self.standing.window
        events = [
            e
            for e in self.api.events
            if e.ref == self.asked.ref and window is not None and window.holds(e.at)
        ]
        return "ours" if len(events) == 1 else "others"

    def _search(self, by: str) -> tuple[Found, ...]:
        wanted = {XREF[self.api.system]: self.asked.xref} if by == "xref" else dict(self.asked.keys)
        below = {key: wanted.pop(key) for key in PARENT if by == "key" and key in wanted}
        holds = any if below else all  # below a parent: who agrees with any of the rest
        hits = [
            name
            for name, record in self.api.records.items()
            if self.api.kind(name) == self.asked.entity
            and all(_same(record.get(k), v) for k, v in below.items())
            and holds(_same(record.get(k), v) for k, v in wanted.items())
        ]
        return tuple(Found(self.api.ref(name), self.api.image(name), self.api.stamps[name]) for name in hits)

    def _write(self, names: frozenset[str], version: str | None, now: int) -> None:
        command = self.standing.command
        name = self.api.name(str(command.ref))
        if name not in self.api.records:
            self._set(look=Look(None, read_at=now))
            return
        if self.api.system == "crm" and version is not None and version != str(self.api.versions[name]):
            abilities = replace(self.standing.abilities, needs_present=True)
            self._set(look=None, version=None, abilities=abilities)
            return
        version_before = self.api.versions[name]
        try:
            self.api.patch(now, name, self._values(names), ours=True)
        except Duplicate as taken:
            raise Rejected("ExternalId", f"{taken} has it") from taken
        look = self._look(now, "answer")
        # Mercy of the model: a write that changes nothing makes no event, and is not taken for a user's equal one.
        wrote = self.api.versions[name] > version_before
        self._set(look=look, answered=look, sent=self.standing.sent | names, wrote=wrote)

    def _values(self, names: frozenset[str]) -> dict[str, Any]:
        """What is written for these names: lines as the whole list."""
        command, listed, look = self.standing.command, self.listed, self.standing.look
        found = {name: command.values.get(name) for name in sorted(names)}
        if listed is None or not touches(listed, command):
            return found
        rest = {name: value for name, value in found.items() if listed.key(name) is None}
        return {**rest, listed.name: whole(listed, command, names, look.image if look is not None else None)}

    def _remove(self, version: str | None, now: int) -> None:
        name = self.api.name(str(self.standing.command.ref))
        if name not in self.api.records:
            self._set(look=Look(None, read_at=now))
        elif self.api.system == "crm" and version != str(self.api.versions[name]):
            self._set(look=None)
        else:
            self.api.remove(now, name)
            self._set(look=None, wrote=True)

    def _post(self, now: int) -> None:
        command = self.standing.command
        names = frozenset(command.changed or command.values) - self.standing.refused.keys()
        values = {key: value for key, value in self._values(names).items() if value is not None}
        try:
            named = {} if command.xref is None else {XREF[self.api.system]: command.xref}
            name = self.api.create(now, {**values, **named}, ours=True, entity=command.entity)
            self.api.born.append((command.link_id, name))
        except Duplicate as taken:
            found = Found(self.api.ref(taken.existing), self.api.image(taken.existing))
            self._set(searched={**self.standing.searched, "xref": (found,)})
            abilities = self.standing.abilities
            self._set(
                abilities=replace(abilities, searches=tuple(dict.fromkeys(("xref", *abilities.searches))))
            )
            return
        self._set(command=replace(command, ref=self.api.ref(name)), wrote=True)
        self._set(answered=self._look(now, "answer"))

    def _refused(self, no: Rejected, now: int) -> Result | None:
        after = rules.refused(self.standing, no.name, str(no))
        if isinstance(after, Finish):
            return self.result(after, now)
        self.standing = after
        end = rules.step(after)
        return self.result(end, now) if isinstance(end, Finish) else None

    def result(self, end: Finish, now: int) -> Result:
        look = end.look
        return Result(
            command_id=self.asked.id,
            tenant=self.asked.tenant,
            link_id=self.asked.link_id,
            system=self.asked.system,
            revision=self.asked.revision,
            outcome=end.outcome,
            read_at=look.read_at if look is not None and look.read_at else now,
            verb=self.asked.verb,
            sent=self.asked.sent,
            ref=end.ref or self.standing.command.ref,
            image=look.image if look is not None else None,
            updated_at=look.updated_at if look is not None else None,
            refused=self.standing.refused,
            found=end.found,
            normalised=tuple(sorted(end.normalised)),
            message=end.message,
            lines=look.lines if look is not None else {},
            wrote=self.standing.wrote
            or (end.outcome in {"found", "stale"} and self.standing.doubtful)
            or (end.outcome == "held" and self.standing.tried is not None),
        )

    def _set(self, **changes: Any) -> None:
        self.standing = replace(self.standing, **changes)


def _same(left: Any, right: Any) -> bool:
    return str(left or "").strip().casefold() == str(right).strip().casefold()


def _window(tried: Trying | None) -> Window | None:
    return (
        Window(tried.at + tried.skew_ms - 1000, tried.at + tried.skew_ms + MINUTE)
        if tried is not None
        else None
    )
