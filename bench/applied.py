"""Edit to applied: how long a user's edit takes to stand in the other system, and what it costs in requests."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from msgspec import Struct

from bench.expect import expect
from bench.request_log import Entry, counted
from bench.stack import SYSTEMS, Stack
from sandbox.demo.systems import System

SEED = 7
APART_S = (0.3, 0.7)  # low load: two edits a second, at no fixed place in the poll interval
NOTES = {"invoiced": "notes", "crm": "Description"}
NAME = {"invoiced": "name", "crm": "Name"}
OTHER = {"invoiced": "crm", "crm": "invoiced"}
PATIENCE_S = 120.0


class Edits(Struct, frozen=True):
    """Some edits of one kind: seconds each took, by direction, and Tandem's requests for all of them."""

    taken: dict[str, list[float]]
    writes: float
    looks: float


class Updates:
    """A user changes one property of an organisation that both know: of even numbers in one system, of odd in the other."""

    def __init__(self, stack: Stack) -> None:
        self._mine = {name: _of_parity(stack.systems[name], rest) for rest, name in enumerate(SYSTEMS)}

    def __call__(self, system: System, number: int, word: str) -> None:
        mine = self._mine[system.name]
        system.patch(mine[number % len(mine)], **{NOTES[system.name]: word})


def _of_parity(system: System, rest: int) -> list[object]:
    number, ident = ("number", "id") if system.name == "invoiced" else ("CustomerNumber", "Id")
    return [one[ident] for one in system.every() if int(str(one[number])[1:]) % 2 == rest]


def create(system: System, number: int, word: str) -> None:
    """A user enters an organisation."""
    numbers = {"invoiced": "number", "crm": "CustomerNumber"}
    record = {NAME[system.name]: word, numbers[system.name]: f"N{system.name[0].upper()}{number:05}"}
    kind = {"type": "company"} if system.name == "invoiced" else {}
    system.http.post("/customers", json=record | kind).raise_for_status()


def edited(stack: Stack, edit: Callable[[System, int, str], None], each: int, prefix: str) -> Edits:
    """Edits in both systems in turn, and what came of them by the systems' own logs."""
    begun = {name: _end(stack, name) for name in SYSTEMS}
    words: dict[str, list[str]] = {name: [] for name in SYSTEMS}
    for number, pause in zip(range(each), _pauses(), strict=False):
        for name in SYSTEMS:
            words[name].append(f"{prefix} {name} {number:05}")
            edit(stack.systems[name], number, words[name][-1])
            time.sleep(pause)
    stack.settle(PATIENCE_S)
    logs = {name: stack.log(name).after(begun[name]) for name in SYSTEMS}
    ours = [counted([one for one in logs[name] if one.actor == "tandem"]) for name in SYSTEMS]
    return Edits(
        {f"to-{OTHER[name]}": list(taken(words[name], logs[name], logs[OTHER[name]])) for name in SYSTEMS},
        sum(one["write"] for one in ours) / (2 * each),
        sum(one["look"] for one in ours) / (2 * each),
    )


def _pauses() -> Iterator[float]:
    chance = random.Random(SEED)
    return (chance.uniform(*APART_S) for _ in count())


def _end(stack: Stack, name: str) -> int:
    entries = stack.log(name).after(0)
    return entries[-1].seq if entries else 0


def taken(words: Sequence[str], source: Sequence[Entry], target: Sequence[Entry]) -> Iterator[float]:
    """Seconds from the user's write to Tandem's, matched by the word that both carry."""
    made = {word: entry.at for word, entry in _words(source, "user")}
    applied = {word: entry.at for word, entry in _words(target, "tandem")}
    expect("edits applied", set(words), set(words) & applied.keys())
    return (applied[word] - made[word] for word in words)


def _words(entries: Sequence[Entry], actor: str) -> Iterator[tuple[str, Entry]]:
    """The texts a successful write carries, each once: its first write counts."""
    seen: set[str] = set()
    for entry in entries:
        if entry.actor != actor or entry.kind != "write" or not isinstance(entry.body, dict):
            continue
        for value in entry.body.values():
            if isinstance(value, str) and value not in seen and (entry.status or 500) < 300:
                seen.add(value)
                yield value, entry
