"""One running Tandem between two systems, seen from outside only: both APIs, their request logs, the command line."""

import contextlib
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import simplejson
from msgspec import Struct

from ops.cli.root import perform
from tests.flow.customer_api import SYSTEMS, Api, Name, Record, other, show

PATIENCE_S = 30.0
LOOK_S = 0.25  # a look may be a question to the worker: that costs all of the machine something


class Pair(Struct, frozen=True):
    """One organisation's ids on both sides."""

    invoiced: Any
    crm: Any

    def on(self, system: Name) -> Any:
        """Its id on one side."""
        return self.invoiced if system == "invoiced" else self.crm


class Marks(Struct, frozen=True):
    """A place in both request logs."""

    invoiced: int
    crm: int


class Installation(Struct, frozen=True):
    """The running stack."""

    root: Path
    invoiced: Api
    crm: Api

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> "Installation":
        """The installation of a sandbox's manifest."""
        root = Path(manifest["state_dir"]).parents[1]
        return cls(root, Api.reach("invoiced", manifest), Api.reach("crm", manifest))

    def api(self, system: Name) -> Api:
        """One of the two systems."""
        return self.invoiced if system == "invoiced" else self.crm

    # the command line

    def tandem(self, *words: str) -> tuple[int, Any]:
        """A command: its exit code and what it says on stdout, else on stderr."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.chdir(self.root), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = perform([*words, "--output", "json"])
        text = out.getvalue() or err.getvalue()
        return code, simplejson.loads(text)

    def ask(self, *words: str) -> Any:
        """A command that must succeed: its answer."""
        code, answer = self.tandem(*words)
        assert code == 0, f"tandem {' '.join(words)}: {code} {answer}"
        return answer

    def settle(self, rounds: int = 1, seconds: float = 60) -> None:
        """Waits until everything has arrived."""
        self.ask("settle", "--timeout", str(seconds), "--rounds", str(rounds))

    def link(self, system: Name, record_id: object) -> Record:
        """`links get` of a record; nothing while Tandem has not read it."""
        code, answer = self.tandem("links", "get", self.api(system).ref(record_id))
        return answer if code == 0 else {}

    def conflicts(self, pair: Pair) -> list[Record]:
        """The conflicts listed for one organisation, by property."""
        link_id = self.link("invoiced", pair.invoiced)["link_id"]
        listed = [one for one in self.every("conflicts") if one["link_id"] == link_id]
        return sorted(listed, key=lambda one: str(one["property"]))

    def every(self, name: str, *words: str) -> list[Record]:
        """All entries of a list, over its pages."""
        found, after = list[Record](), list[str]()
        while True:
            answer = self.ask(name, "list", "--limit", "1000", *words, *after)
            found += next(value for key, value in answer.items() if key != "next")
            if answer["next"] is None:
                return found
            after = ["--after", answer["next"]]

    # reading until it is so

    def until(self, expected: Any, look: Callable[[], Any], seconds: float = PATIENCE_S) -> None:
        """Looks until it sees what is expected; too late is a failure that shows what was seen last."""
        deadline, pause = monotonic() + seconds, Event()
        while (seen := look()) != expected and monotonic() < deadline:
            pause.wait(LOOK_S)

        assert seen == expected, f"{seen!r} after {seconds:.0f} s, not {expected!r}"

    def shown(self, pair: Pair, *names: str) -> dict[str, Record]:
        """What both sides show of these properties, of all without names."""
        found = {system: show(system, self.api(system).get(pair.on(system))) for system in SYSTEMS}
        return {system: {name: values[name] for name in names or values} for system, values in found.items()}

    def differences(self, pair: Pair) -> Record:
        """Properties on which the sides are not equal."""
        shown = self.shown(pair)
        return {
            name: (value, shown["crm"][name])
            for name, value in shown["invoiced"].items()
            if value != shown["crm"][name]
        }

    def rest(self, pair: Pair, *names: str) -> dict[str, Record]:
        """What both sides show of all other properties."""
        return {
            system: {name: value for name, value in values.items() if name not in names}
            for system, values in self.shown(pair).items()
        }

    def until_both(self, pair: Pair, **values: Any) -> None:
        """Waits until both sides show these values and differ in nothing."""
        self.until(dict.fromkeys(SYSTEMS, values), lambda: self.shown(pair, *values))
        self.until({}, lambda: self.differences(pair))

    def born(self, name: str, system: Name) -> Pair:
        """The pair of a record of this name, once its counterpart is there and both say so."""
        counts = lambda: [len(self.api(one).named(name)) for one in SYSTEMS]  # noqa: E731  # read twice
        self.until([1, 1], counts)
        ids = [self.api(one).named(name)[0][self.api(one).id_field] for one in SYSTEMS]
        pair = Pair(*ids)
        there = other(system)
        self.until(self.api(there).ref(pair.on(there)), lambda: self.link(system, pair.on(system)).get(there))
        return pair

    @contextlib.contextmanager
    def paused(self, pair: Pair) -> Iterator[None]:
        """One link is not written while the block runs; at its end Tandem has read what was edited in it."""
        link_id = self.link("invoiced", pair.invoiced)["link_id"]
        self.ask("pause", "--link", link_id)
        yield
        self.settle()
        self.ask("resume", "--link", link_id)

    # the request logs

    def marks(self) -> Marks:
        """The present ends of both request logs."""
        return Marks(self.invoiced.mark(), self.crm.mark())

    def writes(self, since: Marks) -> list[tuple[str, str]]:
        """What Tandem has written since."""
        ends = {"invoiced": since.invoiced, "crm": since.crm}
        return [
            (str(one["method"]), f"{system}{one['path']}")
            for system in SYSTEMS
            for one in self.api(system).requests(ends[system])
        ]

    def writes_about(self, since: Marks, system: Name, record_id: object) -> list[Record]:
        """Tandem's writes to one record since."""
        end = since.invoiced if system == "invoiced" else since.crm
        path = f"/customers/{record_id}"
        return [one for one in self.api(system).requests(end) if one["path"] == path]

    def quiet(self, rounds: int = 3) -> None:
        """What was to arrive has arrived: so many rounds pass without one write by Tandem."""
        since = self.marks()
        self.settle(rounds)

        written = self.writes(since)
        assert written == [], f"{len(written)} writes in {rounds} quiet rounds: {written[:5]}"

    @contextlib.contextmanager
    def writing(self, system: Name, record_id: object, delay_ms: int) -> Iterator[Callable[[], None]]:
        """Tandem's next write to a record takes this long; the yielded call returns once it is under way."""
        path = f"^/customers/{record_id}$"
        with self.api(system).fault("delay", path, method="PATCH", delay_ms=delay_ms, times=1) as fault:
            yield lambda: self.until(1, fault.hits)
