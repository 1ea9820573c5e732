"""What a sandbox keeps over `down` and `up`, and what it lets go."""

import json
import os
import socket
import stat
from pathlib import Path

import pytest

from sandbox.stack import identity, manifest
from sandbox.stack.layout import Layout
from sandbox.stack.options import Options, OptionsError, read_faults
from sandbox.stack.plan import Plan, names


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A checkout's folders."""
    found = Layout(tmp_path)
    found.make()
    return found


def test_keys_name_and_ports_stay(layout: Layout) -> None:
    """A second `up` has the same keys, installation and addresses: nothing that was linked becomes foreign."""
    first = identity.load(layout)
    port = first.port("kafka")
    identity.save(layout, first)
    second = identity.load(layout)

    assert (second.keys, second.installation_id) == (first.keys, first.installation_id)
    assert second.port("kafka") == port


def test_a_port_somebody_took_is_let_go(layout: Layout) -> None:
    """A port that another program listens on is replaced, so that the sandbox comes up all the same."""
    first = identity.load(layout)
    port = first.port("crm")
    identity.save(layout, first)
    with socket.create_server(("127.0.0.1", port)):
        assert identity.load(layout).port("crm") != port


def test_files_with_keys_are_private(layout: Layout) -> None:
    """Nobody else on the machine reads the keys: mode 0600, whatever the umask."""
    before = os.umask(0)
    try:
        plan = Plan(layout, Options(), identity.load(layout))
        manifest.write(plan, "ready", {"worker-0": 1})
    finally:
        os.umask(before)

    assert stat.S_IMODE(layout.manifest.stat().st_mode) == 0o600
    assert json.loads(layout.manifest.read_text())["health"] == {"worker-0": plan.url("worker-0")}


def test_the_wished_processes_are_named_as_the_contract_says() -> None:
    """Workers are counted from 0, a standby stands beside each connector."""
    assert list(names(Options(workers=2, standby=True))) == [
        "connector-invoiced",
        "connector-invoiced-standby",
        "connector-crm",
        "connector-crm-standby",
        "worker-0",
        "worker-1",
    ]


def test_faults_come_by_system_or_as_a_list(tmp_path: Path) -> None:
    """A list's items name their system; one that names none is for both."""
    file = tmp_path / "faults.json"
    file.write_text('[{"kind": "delay", "system": "crm"}, {"kind": "throttle"}]')

    assert read_faults(str(file)) == {
        "invoiced": [{"kind": "throttle"}],
        "crm": [{"kind": "delay"}, {"kind": "throttle"}],
    }


def test_a_faults_file_of_another_shape_is_refused(tmp_path: Path) -> None:
    """A misspelt system is said before anything starts."""
    file = tmp_path / "faults.json"
    file.write_text('{"invoced": []}')

    with pytest.raises(OptionsError, match="must hold"):
        read_faults(str(file))
