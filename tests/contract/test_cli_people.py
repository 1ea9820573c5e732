"""What commands show to people: tables that answer the question, and lines that say where to look next."""

from functools import partial
from typing import Any

import pytest

from ops.cli.root import perform
from tests.contract.cli_worker import AnsweringWorker
from tests.contract.test_cli_shapes import ANSWERS, given

LINK = "11111111-2222-3333-4444-555555555555"
STATUS = ANSWERS["status"]
FLOW = {**STATUS["flows"][0], "held": 4, "review": 2, "refused": 3}


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """The lines a person sees, with single blanks."""
    assert perform(list(words)) == 0
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture(autouse=True)
def told(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer of the shapes, from the worker of a test that has one, on a wide terminal."""
    monkeypatch.setenv("COLUMNS", "240")
    if "worker" in request.fixturenames:
        worker: AnsweringWorker = request.getfixturevalue("worker")
        worker.answers.update({name: partial(given, answer) for name, answer in ANSWERS.items()})


pytestmark = pytest.mark.kafka


def test_status_shows_what_is_held_and_where_to_look(
    worker: AnsweringWorker, capsys: pytest.CaptureFixture[str]
) -> None:
    """Held, review and refused stand beside parked; what cannot be read names the command that lists it."""
    answer = {**STATUS, "flows": [FLOW], "unreadable": 1, "poisoned": 0}
    worker.answers["status"] = lambda _args: answer

    lines = shown(capsys, "status")

    head = "flow direction state lag in_flight waiting held parked review refused conflicts so far"
    assert head in lines
    assert "customer to-invoiced running 0 0 0 4 0 2 3 0" in lines
    assert lines[-1] == "1 records or pages that cannot be read: `tandem links list --unlinked`"
    assert not any(line.startswith("poisoned") for line in lines)


def test_a_link_is_shown_property_by_property(
    worker: AnsweringWorker, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both sides stand beside each other with how each property stands."""
    link: dict[str, Any] = {
        **ANSWERS["link"],
        "invoiced_seen": {"name": "A [b]", "city": "Kiel", "notes": "x", "phone": "1", "email": "e"},
        "crm_seen": {"name": "A [b]", "city": "Bremen", "notes": "", "phone": "2", "email": "E"},
        "in_flight": [{"id": "c", "direction": "to-crm", "verb": "update", "changed": ["city"], "since": 1}],
        "refused": {"invoiced": {}, "crm": {"notes": ["x", "too odd"]}},
        "normalised": {"invoiced": {}, "crm": {"email": ["e", "E"]}},
    }
    worker.answers["link"] = lambda _args: link

    lines = shown(capsys, "links", "get", LINK)

    assert "state: linked" in lines
    assert "property invoiced crm state" in lines
    assert "name A [b] A [b] agreed" in lines
    assert "city Kiel Bremen in flight to-crm" in lines
    assert "notes x refused by crm" in lines
    assert "email e E normalised by crm" in lines
    assert "phone 1 2 differs" in lines


def test_a_plan_is_a_line_a_value(worker: AnsweringWorker, capsys: pytest.CaptureFixture[str]) -> None:
    """Each value that changes has its line, and a cross-reference is named as one."""
    row = {
        "link_id": "l1", "flow": "customer", "direction": "to-crm", "verb": "update", "invoiced": "invoiced:customer:1",
        "values": {"city": {"from": "Bremen", "to": "Kiel"}, "name": {"from": None, "to": "A"}},
        "cross_reference": None,
    }  # fmt: skip
    bare = {**row, "crm": "crm:customer:1", "values": {}, "cross_reference": "x-1"}
    worker.answers["plan"] = lambda _args: {"plan": [row, bare], "total": 2, "next": None}

    lines = shown(capsys, "plan")

    assert "(new) invoiced:customer:1 customer to-crm update city Bremen Kiel" in lines
    assert "(new) invoiced:customer:1 customer to-crm update name - A" in lines
    assert "crm:customer:1 invoiced:customer:1 customer to-crm update cross-reference - x-1" in lines


def test_resume_with_nothing_paused_says_so(
    worker: AnsweringWorker, capsys: pytest.CaptureFixture[str]
) -> None:
    """What stays closed all the same is named with the command that opens it."""
    tripped = {**FLOW, "state": "tripped"}
    worker.answers["status"] = lambda _args: {**STATUS, "flows": [tripped]}
    worker.answers["links"] = lambda _args: {
        "links": [{"link_id": LINK, "cause": "link paused"}],
        "next": None,
    }

    lines = shown(capsys, "resume")

    assert lines == [
        "nothing was paused",
        "tripped: customer to-invoiced; look at it, then `tandem breaker approve`",
        f"paused: {LINK}; `tandem resume --link {LINK}`",
    ]


def test_reject_says_that_nothing_is_dropped(
    worker: AnsweringWorker, capsys: pytest.CaptureFixture[str]
) -> None:
    """The answer of `breaker reject` says how the mistake is undone."""
    assert "Paused, nothing is dropped" in shown(capsys, "breaker", "reject")[-1]


def test_a_join_says_whose_values_stand(worker: AnsweringWorker, capsys: pytest.CaptureFixture[str]) -> None:
    """Which side wins where two joined records differ is told, by the flow's own policy."""
    last = shown(capsys, "review", "join", "invoiced:customer:1", "crm:customer:2")[-1]

    assert "the values of invoiced stand (first_match: invoiced in flow customer)" in last


def test_a_wide_table_folds_to_the_terminal(
    worker: AnsweringWorker, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line is wider than the terminal, and nothing is cut off."""
    monkeypatch.setenv("COLUMNS", "60")
    assert perform(["links", "list"]) == 0

    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 60
    assert "…" not in out


def test_a_narrow_terminal_leaves_out_what_is_empty(
    worker: AnsweringWorker, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where not every column has room, those without anything in them go, and are named."""
    monkeypatch.setenv("COLUMNS", "80")
    worker.answers["status"] = lambda _args: {**STATUS, "flows": [{**FLOW, "review": 0, "refused": 0}]}

    lines = shown(capsys, "status")

    assert "flows (nothing in refused, conflicts)" in lines
    assert "flow direction state lag in_flight waiting held parked review" in lines


def test_a_refused_decision_is_told_once(worker: AnsweringWorker, capsys: pytest.CaptureFixture[str]) -> None:
    """No table beside the error: what was not carried out stands in one place."""
    worker.answers["decision"] = lambda _args: {"done": False, "outcome": "there is no such conflict"}

    code = perform(["conflicts", "resolve", "c1", "--take", "crm"])

    told = capsys.readouterr()
    assert (code, told.out) == (1, "")
    assert "there is no such conflict" in told.err


def test_a_list_without_more_says_nothing_of_it(
    worker: AnsweringWorker, capsys: pytest.CaptureFixture[str]
) -> None:
    """`next` is for whoever has to go on; a resolved conflict names the side that was taken."""
    one = {**ANSWERS["conflicts"]["conflicts"][0], "state": "resolved", "resolved": {"take": "crm", "at": 1}}
    worker.answers["conflicts"] = lambda args: {"conflicts": [one], "next": args.get("after")}

    whole, more = shown(capsys, "conflicts", "list"), shown(capsys, "conflicts", "list", "--after", "k")

    assert not any(line.startswith("next") for line in whole)
    assert whole[-1].endswith("resolved: crm was taken")
    assert "next: k" in more


def test_links_that_wait_are_listed_with_records_that_have_none(
    worker: AnsweringWorker, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `status` counts as waiting or in review is found by one command, in whatever table it stands."""
    free = {**ANSWERS["unlinked"]["unlinked"][0], "state": "waiting", "cause": "waits for its parent"}
    worker.answers["unlinked"] = lambda _args: {"unlinked": [free], "next": None}
    worker.answers["links"] = lambda _args: {"links": [], "next": None}

    lines = shown(capsys, "links", "list", "--state", "waiting")

    assert "crm:customer:1 customer waiting waits for its parent -" in lines
    assert not any("crm:customer:1" in line for line in shown(capsys, "links", "list", "--state", "review"))
