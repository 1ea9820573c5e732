"""What tests of the contracts ask for: a command run in this process, a worker that answers it, a fresh simulator."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import simplejson

import sandbox.crm
import sandbox.invoiced
from ops.cli.root import perform
from tests.contract.cli_worker import AnsweringWorker, Run


@pytest.fixture
def worker(
    kafka: str, registry: str, topic_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AnsweringWorker]:
    """A worker that has begun to answer, and an environment that leads to it."""
    monkeypatch.setenv("TANDEM_KAFKA__BOOTSTRAP", kafka)
    monkeypatch.setenv("TANDEM_REGISTRY__URL", registry)
    monkeypatch.setenv("TANDEM_TOPIC_PREFIX", topic_prefix)
    monkeypatch.setenv("TANDEM_KAFKA__PARTITIONS", "1")
    one = AnsweringWorker(kafka, registry, topic_prefix)
    one.create_topics("crm.customer")
    one.answers["decision"] = lambda _args: {"done": True, "outcome": "ok"}
    one.start()
    yield one
    one.stop()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command line: exit code, the object on stdout, the object on stderr."""

    def tandem(*words: str) -> tuple[int, object, object]:
        code = perform([*words, "--output", "json"])
        out, err = capsys.readouterr()
        return code, simplejson.loads(out) if out else None, simplejson.loads(err) if err else None

    return tandem


@pytest.fixture
async def invoiced() -> AsyncIterator[httpx.AsyncClient]:
    """A fresh simulator of Invoiced, asked with the user's key."""
    transport = httpx.ASGITransport(sandbox.invoiced.create_app())
    login = ("inv-user", "")
    async with httpx.AsyncClient(transport=transport, base_url="http://inv.test", auth=login) as client:
        yield client


@pytest.fixture
async def crm() -> AsyncIterator[httpx.AsyncClient]:
    """A fresh reference CRM, asked with the user's key."""
    headers = {"Authorization": "Bearer crm-user"}
    transport = httpx.ASGITransport(sandbox.crm.create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://crm", headers=headers) as client:
        yield client
