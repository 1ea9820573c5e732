"""The sink's rules: their tables case by case, then against a system that loses answers and normalises."""

from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import sink_rules as rules
from connectors.look import Look, Window
from connectors.sink_rules import Abilities, Finish, LookAt, Standing, Write
from schemas.records import Applied, Command, Result, Trying

WINDOW = Window(1_000, 60_000)


def command(**fields: Any) -> Command:
    made: dict[str, Any] = {
        "id": "c", "tenant": "t", "link_id": "l", "system": "crm", "flow": "customer", "entity": "customer",
        "verb": "update", "revision": 5, "ref": "crm:customer:1", "changed": ("x",), "values": {"x": "new"},
        "expected": {"x": "old"},
    }  # fmt: skip
    return Command(**(made | fields))


def result(outcome: Any = "done", *, id_: str = "c", revision: int = 5) -> Result:
    return Result(id_, "t", "l", "crm", revision, outcome, 1)


def trying(id_: str = "c", revision: int = 5, version: str | None = "3") -> Trying:
    return Trying(id_, revision, 1, 1_000, version=version)


def test_a_sending_is_carried_out_once() -> None:
    """Replayed from the topic it gets its answer again, also one that was to be tried later; sent once more it is tried."""
    answered = msgspec.structs.replace(result("retry_at"), sent=7)
    memory = Applied("l", trying(), answered)

    assert rules.begin(command(again=True, sent=7), memory, open_=True) == answered
    assert rules.begin(command(again=True, sent=8), memory, open_=True) == "doubtful"


@pytest.mark.parametrize(
    ("memory", "again", "open_", "expected"),
    [
        (None, False, True, "go"),
        (None, False, False, "held"),
        (None, True, True, "doubtful"),
        (Applied("l", trying()), False, True, "doubtful"),
        (Applied("l", trying("older", 4)), False, True, "go"),
        (Applied("l", trying("newer", 6)), False, True, "superseded"),
        (Applied("l", None, result(id_="newer", revision=6)), False, True, "superseded"),
        (Applied("l", None, result(id_="twin")), False, True, "superseded"),
        (Applied("l", trying(), result()), True, False, result()),
        (Applied("l", trying(), result("retry_at")), False, True, result("retry_at")),
        (Applied("l", trying(), result("retry_at")), True, True, "doubtful"),
        (Applied("l", None, result("held")), True, True, "doubtful"),
    ],
)
def test_how_a_command_begins(memory: Applied | None, again: bool, open_: bool, expected: object) -> None:
    """Known id: the same result; lower revision: superseded; closed: held; tried before: doubtful."""
    assert rules.begin(command(again=again), memory, open_=open_) == expected


def seen(value: str | None, version: str = "4", updated_at: int = 2_000) -> Look:
    return Look({"x": value}, updated_at, version)


VERSIONED, EVENTFUL, BLIND = Abilities(versioned=True), Abilities(has_events=True), Abilities()


@pytest.mark.parametrize(
    ("abilities", "doubtful", "look", "author", "expected"),
    [
        (VERSIONED, False, None, None, Write(frozenset({"x"}), "3")),
        (EVENTFUL, False, None, None, Write(frozenset({"x"}), "3")),
        (VERSIONED, True, None, None, LookAt()),
        (VERSIONED, True, seen("new"), None, Finish("done", seen("new"))),
        (VERSIONED, True, seen("old"), None, Write(frozenset({"x"}), "4")),
        (VERSIONED, True, Look(None), None, Finish("gone", Look(None))),
        (VERSIONED, True, seen("ne"), None, Finish("done", seen("ne"), normalised=frozenset({"x"}))),
        (VERSIONED, True, seen("ne", version="5"), None, Finish("stale", seen("ne", version="5"))),
        (VERSIONED, True, seen("zebra"), None, Finish("stale", seen("zebra"))),
        (
            VERSIONED,
            True,
            seen("ne", updated_at=99_000),
            None,
            Finish("stale", seen("ne", updated_at=99_000)),
        ),
        (VERSIONED, False, seen("ne"), None, Finish("stale", seen("ne"))),
        (EVENTFUL, True, seen("ne"), None, rules.AskAuthor()),
        (EVENTFUL, True, seen("ne"), "ours", Finish("done", seen("ne"), normalised=frozenset({"x"}))),
        (EVENTFUL, True, seen("ne"), "others", Finish("stale", seen("ne"))),
        (BLIND, True, seen("ne"), None, Finish("stale", seen("ne"))),
    ],
)
def test_what_an_update_needs_next(
    abilities: Abilities,
    doubtful: bool,
    look: Look | None,
    author: Literal["ours", "others"] | None,
    expected: object,
) -> None:
    """Straight write, look, write what is as expected, normalised by our own write alone, else stale."""
    now = Standing(
        command(),
        abilities,
        doubtful=doubtful,
        look=look,
        version="3",
        tried=trying(),
        window=WINDOW,
        author=author,
    )
    assert rules.step(now) == expected


def test_a_refused_property_leaves_the_rest() -> None:
    """The named one is flagged; when none is left the whole is refused."""
    two = command(changed=("x", "y"), values={"x": 1, "y": 2}, expected={})
    now = rules.refused(Standing(two, BLIND), "y", "no")
    assert isinstance(now, Standing)
    assert rules.step(now) == Write(frozenset({"x"}), None)
    none = rules.refused(now, "x", "no")
    assert isinstance(none, Standing)
    assert rules.step(none) == Finish("refused", None)
    whole = rules.refused(now, None, "why")
    assert isinstance(whole, Finish)
    assert (whole.outcome, whole.message) == ("refused", "why")


class Destination:
    """A system with one property: it normalises, counts versions, and loses requests and answers as told."""

    def __init__(self, value: str, cut: int, fates: list[str], edits: list[str | None]) -> None:
        self.value, self.version, self.cut = value, 1, cut
        self._fates, self._edits = fates, edits
        self.overwrote: list[str] = []
        self.writes = 0

    def edit(self) -> None:
        """Let a user set something, sometimes."""
        edit = self._edits.pop() if self._edits else None
        if edit is not None and edit != self.value:
            self.value, self.version = edit, self.version + 1

    def write(self, wanted: str, version: str | None, expected: str) -> Literal["ok", "stale", "lost"]:
        fate = self._fates.pop() if self._fates else "ok"
        if fate == "dropped":
            return "lost"
        if version != str(self.version):
            return "stale" if fate == "ok" else "lost"
        if self.value not in {expected, wanted, wanted[: self.cut]}:
            self.overwrote.append(self.value)
        self.value, self.version, self.writes = wanted[: self.cut], self.version + 1, self.writes + 1
        return "ok" if fate == "ok" else "lost"

    def look(self) -> Look:
        return Look({"x": self.value}, 2_000, str(self.version))


def carry(system: Destination, wanted: Command) -> tuple[Finish, Standing]:
    """What `Carrier` does, without HTTP."""
    now = Standing(wanted, VERSIONED, version="1", window=WINDOW)
    for _ in range(50):
        step = rules.step(now)
        if isinstance(step, Finish):
            return step, now
        system.edit()
        if isinstance(step, LookAt):
            now = msgspec.structs.replace(now, look=system.look())
            continue
        assert isinstance(step, Write)
        now = (
            now if now.tried is not None else msgspec.structs.replace(now, tried=trying(version=step.version))
        )
        fate = system.write("abcdefgh", step.version, "old")
        if fate == "lost":
            now = rules.lost(now, write=True, doubtful=True)
        elif fate == "stale":
            now = msgspec.structs.replace(
                now, look=None, version=None, abilities=msgspec.structs.replace(VERSIONED, needs_present=True)
            )
        else:
            now = msgspec.structs.replace(now, look=system.look(), sent=now.sent | step.names, wrote=True)
    raise AssertionError("the rules do not end")


@settings(max_examples=400, deadline=None)
@given(
    cut=st.integers(3, 8),
    fates=st.lists(st.sampled_from(["ok", "lost", "dropped"]), max_size=6),
    edits=st.lists(st.sampled_from([None, None, "Zebra", "9"]), max_size=8),
)
def test_no_edit_is_overwritten_and_every_command_ends(
    cut: int, fates: list[str], edits: list[str | None]
) -> None:
    """Whatever is lost or edited between any two requests: no user's value is replaced, and the end tells the truth."""
    system = Destination("old", cut, fates, edits)
    wanted = command(values={"x": "abcdefgh"})

    end, _ = carry(system, wanted)

    assert system.overwrote == []
    shown = (end.look.image or {})["x"] if end.look is not None else None
    if end.outcome == "done":
        assert shown == "abcdefgh"[:cut]
        assert end.normalised == (frozenset({"x"}) if cut < 8 else frozenset())
    else:
        assert end.outcome == "stale"
        assert shown in {"Zebra", "9"}
