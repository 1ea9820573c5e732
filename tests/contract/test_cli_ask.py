"""Questions and decisions through a real log: what is asked, what comes back, and what silence means."""

from time import monotonic
from typing import Any

import pytest

from ops.cli.session import conversation
from tests.contract.cli_worker import AnsweringWorker, Run

pytestmark = pytest.mark.kafka


def test_the_answer_comes_back_whole(worker: AnsweringWorker, run: Run) -> None:
    """A question reaches the worker with its argument, and its answer is printed as it is."""
    asked: list[Any] = []
    link = {
        "link_id": "a",
        "flow": "customer",
        "state": "linked",
        "invoiced_seen": {"updated_at": 1700000000},
    }

    def answer(args: Any) -> Any:
        asked.append(dict(args))
        return link

    worker.answers["link"] = answer

    assert run("links", "get", "crm:customer:7") == (0, link, None)
    assert asked == [{"ref": "crm:customer:7"}]


def test_an_answer_of_before_is_not_taken(worker: AnsweringWorker, run: Run) -> None:
    """Only the answer with the question's own id counts: `control` is read from its end, others are passed over."""
    worker.put("control", b"not even readable", b"default|answer")

    def answer(_args: Any) -> Any:
        worker.control("default|answer", {"id": "of a third", "at": 2, "answer": {"link_id": "wrong"}})
        return {"link_id": "right"}

    worker.answers["link"] = answer

    assert run("links", "get", "crm:customer:7")[1] == {"link_id": "right"}


def test_a_no_of_the_worker_is_exit_1(worker: AnsweringWorker, run: Run) -> None:
    """A record the worker does not know ends with 1 and its own words on stderr, and nothing on stdout."""
    worker.answers["link"] = lambda _args: {
        "error": {"code": "not_found", "message": "no record crm:customer:7"}
    }

    code, out, err = run("links", "get", "crm:customer:7")

    assert (code, out) == (1, None)
    assert (err["error"]["code"], err["error"]["message"]) == ("not_found", "no record crm:customer:7")


def test_without_a_worker_it_ends_with_4(worker: AnsweringWorker, run: Run) -> None:
    """A question nobody answers ends in time with 4 and says what to look at."""
    began = monotonic()

    code, out, err = run("links", "get", "crm:customer:7", "--wait", "0.5")

    assert (code, out, err["error"]["code"]) == (4, None, "no_worker")
    assert "TANDEM_TENANT" in err["error"]["cure"]
    assert monotonic() - began < 5


def test_without_topics_it_says_what_to_run(
    worker: AnsweringWorker, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Kafka without our topics is named with the topic and the command that makes it."""
    monkeypatch.setenv("TANDEM_TOPIC_PREFIX", "elsewhere.")

    code, _, err = run("links", "get", "crm:customer:7")

    assert (code, err["error"]["code"]) == (4, "no_topic")
    assert "elsewhere." in err["error"]["message"]
    assert "tandem topics apply" in err["error"]["cure"]


def test_a_topic_made_meanwhile_is_seen(worker: AnsweringWorker) -> None:
    """A broker tells of new topics a little late: what was missing when first asked for is asked for again."""
    name = worker.topics.name("crm.product")
    with conversation() as talk:
        assert name not in talk.partitions()
        worker.add_topics("crm.product")
        worker.put("crm.product", b"a change")

        assert talk.ends([name]) == {f"{name}/0": 1}


def test_a_dead_kafka_is_exit_4_within_five_seconds(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Kafka that cannot be reached is named with its address, soon."""
    monkeypatch.setenv("TANDEM_KAFKA__BOOTSTRAP", "127.0.0.1:1")
    began = monotonic()

    code, out, err = run("links", "list")

    assert (code, out) == (4, None)
    assert (err["error"]["code"], err["error"]["where"]) == ("kafka", "127.0.0.1:1")
    assert "TANDEM_KAFKA__BOOTSTRAP" in err["error"]["cure"]
    assert monotonic() - began < 6


def test_a_dead_registry_is_exit_4(
    worker: AnsweringWorker, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registry that cannot be reached is named with its address."""
    monkeypatch.setenv("TANDEM_REGISTRY__URL", "http://127.0.0.1:1")

    code, _, err = run("links", "list")

    assert (code, err["error"]["code"], err["error"]["where"]) == (4, "registry", "http://127.0.0.1:1")


LINK = "11111111-2222-3333-4444-555555555555"
PAIR = ("invoiced:customer:1", "crm:customer:2")
DECISIONS = [
    (("conflicts", "resolve", "c1", "--take", "crm"), [("conflicts.resolve", {"id": "c1", "take": "crm"})]),
    (("review", "join", *PAIR), [("review.join", {"a": PAIR[0], "b": PAIR[1]})]),
    (("links", "join", *PAIR), [("review.join", {"a": PAIR[0], "b": PAIR[1]})]),
    (("review", "separate", "crm:customer:7"), [("review.separate", {"ref": "crm:customer:7"})]),
    (("parked", "replay", "p1"), [("parked.replay", {"id": "p1"})]),
    (("parked", "replay", "--all"), [("parked.replay", {"all": True})]),
    (("parked", "discard", "p1"), [("parked.discard", {"id": "p1"})]),
    (("gate", "approve", "--flow", "customer"), [("gate.approve", {"flow": "customer"})]),
    (("gate", "approve"), [("gate.approve", {"flow": "customer"})]),
    (("pause", "--link", LINK), [("pause", {"link_id": LINK})]),
    (
        ("pause", "--flow", "customer"),
        [("pause", {"flow": "customer", "direction": way}) for way in ("to-crm", "to-invoiced")],
    ),
    (("resume", "--direction", "to-crm"), [("resume", {"flow": "customer", "direction": "to-crm"})]),
    (("breaker", "reject"), [("breaker.reject", {"flow": "customer", "direction": "to-crm"})]),
    (("links", "unlink", "crm:customer:7"), [("links.unlink", {"link_id": "l7"})]),
]


@pytest.mark.parametrize(("words", "decisions"), DECISIONS, ids=[" ".join(row[0]) for row in DECISIONS])
def test_a_decision_reaches_the_log(
    worker: AnsweringWorker, run: Run, words: tuple[str, ...], decisions: list[Any]
) -> None:
    """Each deciding command tells its verb and content, and reports that it was carried out."""
    ways = [{"flow": "customer", "direction": way} for way in ("to-crm", "to-invoiced")]
    paused = [{**way, "state": "paused"} for way in ways]
    worker.answers["status"] = lambda _args: {"flows": paused, "sources": []}
    worker.answers["parked"] = lambda _args: {"parked": [{"id": "p1"}], "next": None}
    worker.answers["gate"] = lambda _args: {"gate": [{"flow": "customer", "state": "held"}], "next": None}
    worker.answers["breaker"] = lambda _args: {"breaker": [{**ways[0], "state": "tripped"}], "next": None}
    worker.answers["link"] = lambda _args: {"link_id": "l7"}

    code, out, _ = run(*words)

    assert (code, worker.decisions) == (0, decisions)
    assert [entry["done"] for entry in out["decisions"]] == [True] * len(decisions)


def test_a_decision_not_yet_carried_out_is_exit_1(worker: AnsweringWorker, run: Run) -> None:
    """A decision that stands in the log but is not done when the time is over is reported as open."""
    worker.answers["decision"] = lambda _args: {"done": False, "outcome": None}

    code, out, err = run("review", "separate", "crm:customer:7", "--wait", "0.5")

    assert (code, out["decisions"][0]["done"], err["error"]["code"]) == (1, False, "not_done")


def test_a_refused_decision_is_exit_1(worker: AnsweringWorker, run: Run) -> None:
    """A decision the worker refuses ends with its reason, without waiting on."""
    worker.answers["decision"] = lambda _args: {"done": False, "outcome": "crm:customer:7 is not in review"}

    code, out, err = run("review", "separate", "crm:customer:7")

    assert (code, out["decisions"][0]["outcome"]) == (1, "crm:customer:7 is not in review")
    assert err["error"]["message"] == "crm:customer:7 is not in review"
