"""The processes of a running stack on their worst day: killed, put to sleep, stopped, their folders emptied."""

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import msgspec
from confluent_kafka.admin import AdminClient
from msgspec import Struct

import sandbox.kafka
from tests.flow.customer_api import Name
from tests.flow.installation import Installation

UP_S = 120.0


class Processes(Struct, frozen=True):
    """The stack's processes by their names in `sandbox.json`."""

    installation: Installation

    def manifest(self) -> dict[str, Any]:
        """The stack as it says it is now."""
        content: dict[str, Any] = msgspec.json.decode(
            (self.installation.root / ".tandem" / "sandbox.json").read_bytes()
        )
        return content

    def pid(self, name: str) -> int:
        """The process of this name, 0 while there is none."""
        return int(self.manifest()["pids"].get(name, 0))

    def kill(self, name: str) -> int:
        """SIGKILL, which nothing survives; gives the number of the dead process."""
        self.installation.until(True, lambda: self.pid(name) > 0)
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        return pid

    def renewed(self, *dead: tuple[str, int]) -> None:
        """Waits until other processes stand in the places of these."""
        self.installation.until([], lambda: [one for one, pid in dead if self.pid(one) in {0, pid}], UP_S)

    def up(self) -> None:
        """Waits until every process answers that it is ready."""
        self.installation.until([], self._late, UP_S)

    @contextlib.contextmanager
    def asleep(self, *names: str) -> Iterator[list[tuple[str, int]]]:
        """SIGSTOP for as long as the block runs; gives the sleepers' numbers."""
        sleepers = [(name, self.pid(name)) for name in names]
        for _, pid in sleepers:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield sleepers
        finally:
            for _, pid in sleepers:
                os.kill(pid, signal.SIGCONT)

    def stop(self, *names: str) -> None:
        """All at once; stopped, they stay stopped."""
        self._all("stop", names)

    def start(self, *names: str) -> None:
        """All at once, until they are ready."""
        self._all("start", names)

    def restart(self, *names: str) -> None:
        """All at once: stopped in good order and started."""
        self._all("restart", names)

    def wipe(self, name: str) -> None:
        """A stopped process loses its disk."""
        shutil.rmtree(self.installation.root / ".tandem" / "state" / name)

    def tandems(self) -> list[str]:
        """All processes of Tandem itself."""
        return sorted(self.manifest()["health"])

    def lease_holder(self, system: Name) -> str:
        """The connector that acts for a system."""
        return self._owner(f"tandem.lease.{system}", "tandem.leases")

    def log_owner(self) -> str:
        """The worker that folds the log."""
        return self._owner("tandem.worker", "tandem.sync.in")

    def admin(self) -> AdminClient:
        """Kafka's own view."""
        return AdminClient({"bootstrap.servers": self.manifest()["kafka"], "log_level": 0})

    def _all(self, verb: str, names: Sequence[str]) -> None:
        """What `tandem sandbox` asks of the supervisor, for several processes side by side."""
        socket = os.path.relpath(self.installation.root / ".tandem" / "supervisor.sock")
        transport = httpx.HTTPTransport(uds=socket)
        with httpx.Client(transport=transport, timeout=UP_S) as http, ThreadPoolExecutor() as threads:
            paths = [f"http://sandbox/processes/{name}/{verb}" for name in names]
            answers = list(threads.map(http.post, paths))
        assert [answer.text for answer in answers if answer.is_error] == []

    def _owner(self, group: str, topic: str) -> str:
        admin = self.admin()  # its futures end with it
        described = admin.describe_consumer_groups([group])[group].result(30)
        return next(
            (
                str(member.group_instance_id)
                for member in described.members
                if any(place.topic == topic for place in member.assignment.topic_partitions)
            ),
            "",
        )

    def _late(self) -> list[str]:
        rows = self.installation.ask("sandbox", "list")["processes"]
        wanted = [str(row["name"]) for row in rows if row["state"] != "stopped"]
        return [name for name in wanted if not (self.pid(name) and self._answers(name))]

    def _answers(self, name: str) -> bool:
        told = self.manifest()
        if name == "kafka":
            return sandbox.kafka.answers(told["kafka"])
        address = {
            "registry": f"{told['schema_registry_url']}/subjects",
            "invoiced": f"{told['invoiced_url']}/_sandbox/health",
            "crm": f"{told['crm_url']}/_sandbox/health",
        }.get(name) or f"{told['health'].get(name)}/ready"
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(address, timeout=2).is_success
        return False
