"""What commands print fits the JSON Schemas other programs rely on."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click
import jsonschema_rs
import pytest

from ops.cli.root import root
from ops.reference import leaves
from tests.contract.cli_worker import AnsweringWorker, Run

FOLDER = Path(__file__).resolve().parents[2] / "schemas" / "cli"
SHAPES: Mapping[str, Any] = {
    path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))
}
OF_COMMAND = {command: name for name, shape in SHAPES.items() for command in shape.get("x-commands", ())}

AT = 1_790_000_000_123
GATE = {"flow": "customer", "direction": "to-crm", "state": "tripped", "cause": "60 changes"}
FREE = {
    "ref": "crm:customer:1",
    "flow": "customer",
    "state": "review",
    "cause": "two match",
    "candidates": [],
}
LINK = {
    "link_id": "l1", "flow": "customer", "state": "linked", "invoiced": "invoiced:customer:1",
    "crm": "crm:customer:1", "matched_by": None, "cause": None,
}  # fmt: skip
PARKED = {
    "id": "p1", "link_id": "l1", "flow": "customer", "direction": "to-crm", "cause": "refused", "message": "no",
    "attempts": 3, "first_at": AT, "origin": None,
}  # fmt: skip
CONFLICT = {
    "id": "c1", "link_id": "l1", "property": "name", "base": "a", "invoiced": "b", "crm": "c", "policy": "newest",
    "winner": "crm", "at": AT,
}  # fmt: skip
STATUS = {
    "flows": [
        {"flow": "customer", "direction": "to-invoiced", "state": "running", "lag": 0, "in_flight": 0, "waiting": 0,
         "parked": 0, "conflicts": 0},
    ],
    "sources": [
        {"system": "crm", "entity": "customer", "round": 3, "begun_offset": 9, "passed": [[5, 0], [9, 0]],
         "last_poll_at": AT, "last_scan_at": None, "backfill": "done"},
    ],
    "in_flight": 0, "retrying": 0, "waiting_round": 0, "positions": {}, "offset": 12, "catching_up": False,
}  # fmt: skip
ANSWERS: Mapping[str, Any] = {
    "status": STATUS,
    "link": {**LINK, "invoiced_base": {}, "crm_base": {}, "invoiced_seen": {}, "crm_seen": {}, "in_flight": [],
             "former": []},
    "links": {"links": [LINK], "next": None},
    "unlinked": {"unlinked": [FREE], "next": "k"},
    "parked": {"parked": [PARKED], "next": None},
    "conflicts": {"conflicts": [CONFLICT], "next": None},
    "review": {"review": [FREE, LINK], "next": None},
    "gate": {"gate": [{**GATE, "state": "held", "waiting": 4}], "next": None},
    "breaker": {"breaker": [GATE], "next": None},
    "plan": {"plan": [{"flow": "customer", "link_id": "l1", "direction": "to-crm", "verb": "create"}], "next": None},
}  # fmt: skip

ASKING = [
    "status", "links get crm:customer:1", "links list", "links list --unlinked", "parked list", "parked show p1",
    "conflicts list", "conflicts show c1", "review list", "gate show", "breaker show", "plan", "backfill status",
    "gate approve", "breaker approve", "pause", "review join invoiced:customer:1 crm:customer:2", "topics apply",
]  # fmt: skip


def given(answer: Any, _args: Any) -> Any:
    """The answer, whatever is asked."""
    return answer


def fits(words: str, answer: Any) -> None:
    """Whether an answer fits the shape of its command: says where it does not."""
    path = next(path for path in OF_COMMAND if f"tandem {words} ".startswith(f"{path} "))
    jsonschema_rs.validate(SHAPES[OF_COMMAND[path]], answer)


def test_every_command_has_a_shape() -> None:
    """Each command that answers has one committed schema, and no schema is left over."""
    commands = {path for path, _ in leaves(root, click.Context(root, info_name="tandem"))}
    answering = {path for path in commands if not path.startswith("tandem run ")}

    assert set(OF_COMMAND) == answering
    assert [name for name, shape in SHAPES.items() if "x-commands" not in shape] == ["error"]


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_a_schema(name: str) -> None:
    """Each file is itself a valid JSON Schema."""
    assert jsonschema_rs.meta.is_valid(SHAPES[name])


@pytest.mark.kafka
@pytest.mark.parametrize("words", ASKING)
def test_an_answer_fits_its_shape(worker: AnsweringWorker, run: Run, words: str) -> None:
    """A command that asks the worker prints what its schema says, once, on stdout."""
    worker.answers.update({name: partial(given, answer) for name, answer in ANSWERS.items()})

    code, out, err = run(*words.split())

    assert (code, err) == (0, None)
    fits(words, out)


@pytest.mark.parametrize("words", ["config show", "topics list", "flows check"])
def test_an_answer_without_a_worker_fits_its_shape(run: Run, words: str) -> None:
    """A command that needs nothing running prints what its schema says."""
    code, out, err = run(*words.split())

    assert (code, err) == (0, None)
    fits(words, out)


@pytest.mark.parametrize(
    "words", ["statis", "links get", "parked replay", "run connector --system sap", "settle --rounds 0"]
)
def test_a_wrong_line_fits_the_shape_of_errors(run: Run, words: str) -> None:
    """A line that cannot be understood ends with 2 and one object on stderr, nothing on stdout."""
    code, out, err = run(*words.split())

    assert (code, out) == (2, None)
    jsonschema_rs.validate(SHAPES["error"], err)
    assert "--help" in err["error"]["cure"]


def test_times_are_rfc_3339(worker: AnsweringWorker, run: Run) -> None:
    """Tandem's own times are printed as RFC 3339 in UTC; those inside a record stay as the record has them."""
    seen = {"at": AT}
    worker.answers["link"] = lambda _args: {"link_id": "l1", "first_at": AT, "invoiced_seen": seen}

    _, out, _ = run("links", "get", "crm:customer:7")

    assert out == {"link_id": "l1", "first_at": "2026-09-21T14:13:20.123Z", "invoiced_seen": seen}


def test_lists_are_sorted(worker: AnsweringWorker, run: Run) -> None:
    """Whatever order the worker answers in, a list is printed by its key."""
    rows = [{**PARKED, "id": name, "link_id": name} for name in ("b", "a", "c")]
    worker.answers["parked"] = lambda _args: {"parked": rows, "next": None}

    _, out, _ = run("parked", "list")

    assert [row["id"] for row in out["parked"]] == ["a", "b", "c"]


def test_pages_are_asked_by_limit_and_after(worker: AnsweringWorker, run: Run) -> None:
    """Both --limit and --after reach the worker, and its `next` is printed."""
    asked: list[Any] = []

    def answer(args: Any) -> Any:
        asked.append(dict(args))
        return {"links": [], "next": "k9"}

    worker.answers |= {"links": answer, "status": lambda _args: STATUS}

    _, out, _ = run("links", "list", "--limit", "5", "--after", "k4", "--flow", "customer")

    assert (asked, out["next"]) == ([{"limit": 5, "after": "k4", "flow": "customer"}], "k9")


def test_links_that_differ_are_listed_in_any_state(worker: AnsweringWorker, run: Run) -> None:
    """A link with a refused value is linked all the same: what the worker chose is not sifted again."""
    worker.answers["links"] = lambda _args: {"links": [LINK], "next": None}

    assert [row["link_id"] for row in run("links", "list", "--state", "refused")[1]["links"]] == ["l1"]
    assert run("links", "list", "--state", "held")[1]["links"] == []
