"""Making one step of a command: the request it stands for, and what its answer adds to what is known."""

import hashlib
import uuid

import msgspec

from connectors import replacing
from connectors import sink_rules as rules
from connectors.errors import Behind, Lost, Park, Retry, Throttled
from connectors.exchange import Answer, Request
from connectors.lines import Whose
from connectors.look import Look, Window, unseen
from connectors.shares import Share
from connectors.standing import Authorship, Standing, Step, by_xref_too, looking
from connectors.surroundings import Surroundings
from schemas.records import Applied, Command, Found, Trying

NAMESPACE = uuid.UUID("6f0a4b1e-6a53-4c0f-9a55-0d7b5f6f2c11")
MOST_COLLISIONS = 5


class Steps:
    """The requests of one command. `answers` counts refusals and failures: each needs a new Idempotency-Key."""

    def __init__(
        self, around: Surroundings, command: Command, memory: Applied | None, *, doubtful: bool
    ) -> None:
        self._a = around
        self._asked = command
        self.answers = 0
        self.attempts = 0
        self.repeated = False
        self._collisions = 0
        prepared = around.sink.prepare(command)
        tried = memory.trying if memory is not None else None
        own = tried if tried is not None and tried.command_id == command.id else None
        held = around.held(command, memory)
        abilities = around.sink.abilities(prepared)
        self.now = Standing(
            command=prepared,
            abilities=looking(abilities) if unseen(held, prepared) else abilities,
            doubtful=doubtful,
            version=around.sink.version(held),
            tried=own,
            window=self._window(own),
        )
        whole = replacing.open_note(memory) if abilities.replaces else None
        if whole is not None and str(prepared.ref).endswith(f":{replacing.named(whole)}"):
            self._set(whole=whole, taken_down=True)

    async def make(self, step: Step) -> None:
        """Make a step; failures are raised."""
        match step:
            case rules.LookAt():
                await self._look(str(self.now.command.ref))
            case rules.AskAuthor():
                await self._ask_author()
            case rules.Search(by=by):
                await self._search(by)
            case rules.Write(names=names, version=version):
                await self._write(names, version)
            case rules.Post():
                await self._post()
            case rules.Remove(version=version):
                await self._remove(version)
            case rules.NoteWhole(whole=whole):
                await self._remember(None, whole)
                self._set(**replacing.as_noted(self.now, whole))
            case rules.TakeDown():
                await self._take_down()
            case rules.Recreate(names=names):
                await self._recreate(names)

    async def _look(self, ref: str) -> None:
        command = self.now.command
        how: Whose = "doubtful" if self.now.doubtful or self.now.wrote else "known"
        look = self._a.sink.look(command, ref, await self._ask(self._a.sink.read(command, ref)), how)
        if self._a.behind(command, look):
            raise Behind(f"{ref}: the answer shows a past of the record")
        now = replacing.after_look(self.now, look)
        if now is None:
            reason = f"{ref} is refused even as it was: {self.now.rejection}"
            self._set(rejection=None)
            raise Throttled(reason)
        self.now = now
        self._set(look=look, author=None)

    async def _ask_author(self) -> None:
        """Count the record's events in our window: one alone, not by a person, is our own."""
        feed, window, look = self._a.feed, self.now.window, self.now.look
        author: Authorship = "unknown"
        if feed is not None and window is not None and look is not None:
            ref = str(self.now.command.ref)
            events = feed.events(await self._ask(feed.about_request(ref)))
            distinct = {event.id: event for event in events if event.ref == ref and window.holds(event.at)}
            sole = len(distinct) == 1 and next(iter(distinct.values())).by_api is not False
            author = "ours" if sole else "others"
        self._set(author=author)

    async def _search(self, by: rules.SearchBy) -> None:
        command = self.now.command
        answer = await self._ask(self._a.sink.search(command, by, self._a.since(command.entity)))
        found = self._a.sink.found(command, by, answer)
        self._set(searched={**self.now.searched, by: found})

    async def _write(self, names: frozenset[str], version: str | None) -> None:
        command = self.now.command
        writing = self._a.sink.write(command, names, self.now.look, version, self._key("update", names))
        answer = await self._send(writing.request, version)
        if answer.meaning == "stale":
            self._collided(f"{writing.request.path}: 412 again and again")
            self._set(look=None, version=None, abilities=looking(self.now.abilities))
        elif answer.meaning == "duplicate":
            raise Park(
                f"{writing.request.path}: a cross-reference that another record has", 409, "ExternalId"
            )
        elif answer.meaning == "gone":
            self._set(look=Look(None, read_at=answer.got_at))
        else:
            shown = answer.content.strip()
            look = self._a.sink.look(command, str(command.ref), answer, "answer") if shown else None
            self._set(look=look, answered=look, sent=self.now.sent | writing.names, wrote=True)

    async def _post(self) -> None:
        command = self.now.command
        names = frozenset(command.changed or command.values) - self.now.refused.keys()
        answer = await self._send(self._a.sink.create(command, names, self._key("create", names)), None)
        if answer.meaning == "gone":
            raise Park(f"{command.parent or command.entity} is gone, so nothing can be created below it", 404)
        if answer.meaning == "duplicate":
            await self._duplicate(answer)
            return
        ref, look = self._a.sink.created(command, answer)
        self._set(command=msgspec.structs.replace(command, ref=ref), answered=look, wrote=True)

    async def _duplicate(self, answer: Answer) -> None:
        """A unique key is taken: by our own lost create, or by a record that sync must judge."""
        command = self.now.command
        ref = self._a.sink.existing(command, answer)
        if ref is None:
            raise Park(
                f"a duplicate the system does not name: {answer.content[:200].decode(errors='replace')}", 409
            )
        look = self._a.sink.look(command, ref, await self._ask(self._a.sink.read(command, ref)))
        self._collided(f"a duplicate of {ref}, again and again")
        if look.image is not None:
            by = (
                "xref" if command.xref is not None and command.xref == look.image.get("ExternalId") else "key"
            )
            searched = {**self.now.searched, by: (Found(ref, look.image, look.updated_at),)}
            self._set(searched=searched, abilities=by_xref_too(self.now.abilities))

    def _collided(self, reason: str) -> None:
        """Let a collision pass at once the first times; then it waits its turn like a failure."""
        self._collisions += 1
        if self._collisions > MOST_COLLISIONS:
            raise Throttled(reason)

    async def _remove(self, version: str | None) -> None:
        command = self.now.command
        answer = await self._send(self._a.sink.remove(command, version), version)
        if answer.meaning == "stale":
            self._collided(f"{command.ref}: 412 to a delete again and again")
            self._set(look=None)
            return
        gone = answer.meaning == "gone"
        self._set(look=Look(None, read_at=answer.got_at) if gone else None, wrote=not gone)

    async def _take_down(self) -> None:
        """Delete what is noted; one that somebody else has deleted by then is not ours to bring back."""
        try:
            answer = await self._send(self._a.sink.remove(self.now.command, None), None)
        except Lost:
            self._set(taken_down=True)
            raise
        except Retry:
            self._set(look=None)  # it may be edited until the next try
            raise
        ours = answer.meaning != "gone" or self.now.doubtful
        self._set(
            look=Look(None, read_at=answer.got_at),
            taken_down=ours,
            whole=self.now.whole if ours else None,
            wrote=self.now.wrote or answer.meaning != "gone",
        )

    async def _recreate(self, names: frozenset[str]) -> None:
        command, whole = self.now.command, self.now.whole
        if self._a.replacer is None or whole is None:
            raise Park(f"{command.ref}: nothing is noted that could be made anew")
        values = {name: command.values.get(name) for name in names}
        key = self._key(f"recreate {self.attempts}", names)
        ref = str(command.ref)
        answer = await self._send(self._a.replacer.recreate(ref, whole, values, key), None)
        if answer.meaning == "duplicate":
            self.now = replacing.rejected(self.now, None, "its id is taken")
            return
        look = self._a.sink.look(command, ref, answer)
        self._set(look=look, answered=look, sent=self.now.sent | names, wrote=True)

    async def _ask(self, request: Request) -> Answer:
        self.attempts += 1
        return await self._a.client.once(request, self._share())

    async def _send(self, request: Request, version: str | None) -> Answer:
        """Send a write: remembered before, and no page asked for meanwhile says anything about the record."""
        if self.now.tried is None:
            await self._remember(version, self.now.whole if replacing.owed(self.now) else None)
        self.attempts += 1
        with self._a.order.writing(self.now.command.ref or f"create:{self._asked.link_id}"):
            return await self._a.client.once(request, self._share())

    async def _remember(self, version: str | None, whole: str | None) -> None:
        command, now = self._asked, self._a.clock.now_ms()
        trying = Trying(
            command.id,
            command.revision,
            self._a.epoch,
            now,
            self._a.client.skew_ms,
            version,
            command.expected,
            whole,
        )
        await self._a.note(command, trying)
        self._set(tried=trying, window=self._window(trying))

    def _window(self, tried: Trying | None) -> Window | None:
        if tried is None:
            return None
        longest = (self._a.limits.seconds + self._a.client_timeout_s) * 1000
        start = tried.at + tried.skew_ms
        return Window(start - 1000, start + int(longest))

    def _share(self) -> Share:
        return "retry" if self.repeated else "live"

    def _key(self, kind: str, names: frozenset[str]) -> str:
        """Return a key that changes with the content and with every answer: a kept error would come back for ever."""
        content = hashlib.sha256("|".join(sorted(names)).encode()).hexdigest()[:16]
        return str(uuid.uuid5(NAMESPACE, f"{self._asked.id}/{kind}/{content}/{self.answers}"))

    def _set(self, **changes: object) -> None:
        self.now = msgspec.structs.replace(self.now, **changes)
