"""The health pages of a process, asked over the wire."""

import httpx
import pytest

from ops.errors import Mistake
from ops.health import HealthServer, Vitals


async def asked(vitals: Vitals, path: str) -> httpx.Response:
    """One request to a server of these vitals."""
    server = HealthServer(vitals)
    port = await server.start("127.0.0.1", 0)
    try:
        async with httpx.AsyncClient() as client:
            return await client.get(f"http://127.0.0.1:{port}{path}")
    finally:
        await server.stop()


@pytest.mark.parametrize("path", ["/live", "/ready"])
async def test_a_well_process_says_so(path: str) -> None:
    """A process whose checks find nothing answers 200."""
    response = await asked(Vitals(live=lambda: None, ready=lambda: None), path)

    assert (response.status_code, response.json()) == (200, {path[1:]: True, "reason": None})


async def test_live_and_ready_are_asked_apart() -> None:
    """A process that lives but is not ready is left running, without work."""
    vitals = Vitals(live=lambda: None, ready=lambda: "the lease is another's")

    assert (await asked(vitals, "/live")).status_code == 200
    response = await asked(vitals, "/ready")

    assert response.status_code == 503
    assert response.json() == {"ready": False, "reason": "the lease is another's"}


async def test_metrics_are_in_prometheus_text() -> None:
    """The process's counters are served in the text Prometheus reads."""
    response = await asked(Vitals(live=lambda: None, ready=lambda: None), "/metrics")

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    assert "python_info" in response.text


async def test_a_taken_port_is_a_mistake_with_a_cure() -> None:
    """A port that is in use ends the process with the setting's name."""
    first, second = (HealthServer(Vitals(live=lambda: None, ready=lambda: None)) for _ in range(2))
    port = await first.start("127.0.0.1", 0)
    # SO_REUSEADDR lets a second socket bind only while nobody listens: make sure somebody does.
    async with httpx.AsyncClient() as client:
        await client.get(f"http://127.0.0.1:{port}/live")

    with pytest.raises(Mistake, match=f"cannot listen on 127.0.0.1:{port}") as caught:
        await second.start("127.0.0.1", port)

    await first.stop()
    assert "TANDEM_HEALTH__PORT" in caught.value.where
