"""Which processes a sandbox has, and the command, environment and readiness of each."""

import re
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from sandbox import kafka, registry
from sandbox.stack.identity import Identity
from sandbox.stack.layout import Layout
from sandbox.stack.options import Options

SYSTEMS = ("invoiced", "crm")
TOPIC_PREFIX = "tandem."
SESSION_S = "6"  # a killed process is missed within seconds
ITEM_ROUNDS = 2  # items are read whole: every second round is soon enough
RPS = "50"
# Who tries things out edits many records in a minute, and means it.
BREAKERS = {"TANDEM_BREAKER__CHANGE_LINKS": "5000", "TANDEM_BREAKER__DELETE_LINKS": "500"}
# Each process has its own, or one that would lead it away from this sandbox.
_NOT_TAKEN = re.compile(r"TANDEM_(STATE_DIR|HEALTH__.*|WORKER_ID|KAFKA__(SECURITY|SASL|SSL).*|REGISTRY__.*)")
TANDEM = Path(sys.executable).with_name("tandem")
_WORKER = re.compile(r"worker-(0|[1-9]\d{0,2})")


class Spec(Struct, frozen=True):
    """One process: what to run, the address that answers once it is ready, how long it may take to end."""

    name: str
    command: tuple[str, ...]
    ready: str
    env: Mapping[str, str] = {}
    patience: float = 8.0


class Plan(Struct, frozen=True):
    """All that the processes of one sandbox are made from. `given`: the settings its user's environment had."""

    layout: Layout
    options: Options
    identity: Identity
    given: Mapping[str, str] = {}

    def broker(self) -> kafka.Broker:
        port = self.identity.port
        return kafka.Broker(self.layout.state / "kafka", port("kafka"), port("kafka-controller"))

    def registry(self) -> registry.Registry:
        port = self.identity.port
        return registry.Registry(port("registry"), port("registry-management"), self.broker().bootstrap)

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.identity.port(name)}"

    def settings(self) -> dict[str, str]:
        """Tandem's settings as every process and the CLI read them."""
        return {**self._chosen(), **self.given, **self._wished(), **self._made()}

    def _chosen(self) -> dict[str, str]:
        """What suits a sandbox; whoever wants it otherwise says so in the environment."""
        return {
            "TANDEM_POLL_INTERVAL_S": str(self.options.poll),
            "TANDEM_GATE": self.options.gate,
            "TANDEM_KAFKA__SESSION_TIMEOUT_S": SESSION_S,
            **BREAKERS,
            "TANDEM_INVOICED__ITEM_INTERVAL_S": str(ITEM_ROUNDS * self.options.poll),
            "TANDEM_INVOICED__RPS": RPS,
            "TANDEM_CRM__RPS": RPS,
        }

    def _wished(self) -> dict[str, str]:
        """What make was told: nearer than the environment."""
        wishes, usual = self.options, Options()
        found = {} if wishes.poll == usual.poll else {"TANDEM_POLL_INTERVAL_S": str(wishes.poll)}
        found |= {} if wishes.gate == usual.gate else {"TANDEM_GATE": wishes.gate}
        return found | ({"TANDEM_CRM__PROFILE": wishes.profile} if wishes.profile else {})

    def _made(self) -> dict[str, str]:
        """Where this sandbox's own parts are and how they are entered: never anybody else's."""
        keys = self.identity.keys
        return {
            "TANDEM_KAFKA__BOOTSTRAP": self.broker().bootstrap,
            "TANDEM_REGISTRY__URL": self.registry().url,
            "TANDEM_TOPIC_PREFIX": TOPIC_PREFIX,
            "TANDEM_INSTALLATION_ID": self.identity.installation_id,
            "TANDEM_INVOICED__URL": self.url("invoiced"),
            "TANDEM_INVOICED__API_KEY": keys.invoiced,
            "TANDEM_CRM__URL": self.url("crm"),
            "TANDEM_CRM__API_KEY": keys.crm,
        }

    def env_file(self) -> str:
        """The settings as a file a shell can source."""
        cli = self.settings() | {"TANDEM_STATE_DIR": str(self.layout.state / "cli")}
        return "".join(f"{name}={shlex.quote(value)}\n" for name, value in cli.items())


def given_in(environment: Mapping[str, str], root: Path) -> dict[str, str]:
    """The settings that `make up` was called with; a folder is named from the checkout."""
    found = {
        name: value
        for name, value in environment.items()
        if name.startswith("TANDEM_") and not _NOT_TAKEN.fullmatch(name)
    }
    if "TANDEM_FLOWS" in found:
        found["TANDEM_FLOWS"] = str(root / found["TANDEM_FLOWS"])
    return found


def names(options: Options) -> Iterator[str]:
    """Tandem's own processes at the start; the systems and Kafka stand below them."""
    for system in SYSTEMS:
        yield f"connector-{system}"
        if options.standby:
            yield f"connector-{system}-standby"
    for number in range(options.workers):
        yield f"worker-{number}"


def spec(plan: Plan, name: str) -> Spec:
    """The process of that name. Raises `KeyError` where no process is called so."""
    if name == "kafka":
        return Spec(name, kafka.command(plan.broker()), f"kafka://{plan.broker().bootstrap}")
    if name == "registry":
        found = plan.registry()
        return Spec(name, registry.command(), f"{found.url}/subjects", registry.environment(found), 1.0)
    if name in SYSTEMS:
        return _system(plan, name)
    if _WORKER.fullmatch(name):
        return _tandem(plan, name, "worker")
    for system in SYSTEMS:
        if name in {f"connector-{system}", f"connector-{system}-standby"}:
            return _tandem(plan, name, "connector", "--system", system)
    raise KeyError(name)


def _system(plan: Plan, name: str) -> Spec:
    keys = plan.identity.keys
    own, user = (keys.invoiced, keys.invoiced_user) if name == "invoiced" else (keys.crm, keys.crm_user)
    command = [sys.executable, "-m", f"sandbox.{name}", "--port", str(plan.identity.port(name))]
    command += ["--data-dir", str(plan.layout.state / name), "--api-key", own, "--user-api-key", user]
    return Spec(name, tuple(command), f"{plan.url(name)}/_sandbox/health")


def _tandem(plan: Plan, name: str, *run: str) -> Spec:
    port = plan.identity.port(name)
    env = plan.settings() | {
        "TANDEM_STATE_DIR": str(plan.layout.state / name),
        "TANDEM_HEALTH__PORT": str(port),
        "TANDEM_WORKER_ID": name,
    }
    return Spec(name, (str(TANDEM), "run", *run), f"http://127.0.0.1:{port}/ready", env)
