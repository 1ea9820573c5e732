"""Where settings come from, which one wins, and what a mistake in them says."""

import json
import os
from pathlib import Path

import pytest

from ops.configuration import all_settings, load, origin, required, value_of
from ops.errors import Mistake


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the working folder, and no variable of Tandem's in the environment."""
    for name in [name for name in os.environ if name.upper().startswith("TANDEM_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sandbox(folder: Path, **variables: str) -> None:
    """A running sandbox's files in that folder."""
    (folder / ".tandem").mkdir()
    env_file = folder / ".tandem" / "env"
    env_file.write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
    (folder / ".tandem" / "sandbox.json").write_text(
        json.dumps({"state": "ready", "env_file": str(env_file)})
    )


def refused() -> Mistake:
    """The failure that loading ends with."""
    with pytest.raises(Mistake) as caught:
        load()
    return caught.value


def test_defaults_stand_alone(here: Path) -> None:
    """Without environment, sandbox or file every setting has its default."""
    settings = load()

    assert (settings.topic_prefix, settings.tenant, settings.gate) == ("tandem.", "default", "held")
    assert {"default"} == {origin(item.path) for item in all_settings()}


def test_environment_beats_sandbox_beats_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each source gives what the ones before it do not."""
    (here / "tandem.toml").write_text('tenant = "a"\ngate = "auto"\npoll_interval_s = 9\n')
    sandbox(here, TANDEM_TENANT="b", TANDEM_POLL_INTERVAL_S="1.5")
    monkeypatch.setenv("TANDEM_TENANT", "c")

    settings = load()

    assert (settings.tenant, settings.poll_interval_s, settings.gate) == ("c", 1.5, "auto")
    assert origin(("tenant",)) == "the environment"
    assert origin(("poll_interval_s",)).endswith(".tandem/env")
    assert origin(("gate",)).endswith("tandem.toml")


def test_the_sandbox_is_found_from_a_folder_below(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command run deep inside the checkout finds the sandbox at its top."""
    sandbox(here, TANDEM_KAFKA__BOOTSTRAP="127.0.0.1:5")
    (here / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(here / "deep" / "er")

    assert load().kafka.bootstrap == "127.0.0.1:5"


def test_an_environment_with_its_own_kafka_leaves_the_sandbox_alone(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A foreign Kafka is never combined with the sandbox's keys."""
    sandbox(here, TANDEM_KAFKA__BOOTSTRAP="127.0.0.1:5", TANDEM_INVOICED__API_KEY="of the sandbox")
    monkeypatch.setenv("TANDEM_KAFKA__BOOTSTRAP", "elsewhere:9092")

    settings = load()

    assert (settings.kafka.bootstrap, settings.invoiced.api_key) == ("elsewhere:9092", None)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TANDEM_POLL_INTERVAL_S", "soon", "TANDEM_POLL_INTERVAL_S = 'soon': input should be a valid number"),
        ("TANDEM_POLL_INTERVAL_S", "0", "TANDEM_POLL_INTERVAL_S = '0': input should be greater"),
        ("TANDEM_GATE", "open", "TANDEM_GATE = 'open': input should be 'auto' or 'held'"),
        (
            "TANDEM_INVOICED__URL",
            "ftp://x",
            "TANDEM_INVOICED__URL = 'ftp://x': must be an http:// or https://",
        ),
        ("TANDEM_KAFKA__BOOTSTRAP", "broker", "TANDEM_KAFKA__BOOTSTRAP = 'broker': must be host:port"),
        ("TANDEM_HEALTH__PORT", "70000", "TANDEM_HEALTH__PORT = '70000'"),
    ],
)
def test_a_wrong_value_is_named(
    here: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    """A wrong value is refused with the setting's name, the value and where it was met."""
    monkeypatch.setenv(name, value)

    failure = refused()

    assert failure.message.startswith(says)
    assert (failure.where, failure.exit_code) == ("the environment", 2)
    assert failure.cure


def test_all_mistakes_are_named_at_once(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two wrong settings take one run to find, not two."""
    monkeypatch.setenv("TANDEM_GATE", "open")
    monkeypatch.setenv("TANDEM_POLL_INTERVAL_S", "soon")

    message = refused().message

    assert "TANDEM_GATE" in message
    assert "TANDEM_POLL_INTERVAL_S" in message


@pytest.mark.parametrize(
    ("name", "cure"),
    [("TANDEM_POLL_INTERVALL", "did you mean TANDEM_POLL_INTERVAL_S?"), ("TANDEM_ZZZ", "remove it")],
)
def test_an_unknown_variable_is_refused(
    here: Path, monkeypatch: pytest.MonkeyPatch, name: str, cure: str
) -> None:
    """A mistyped variable is a mistake, not a setting silently left at its default."""
    monkeypatch.setenv(name, "1")

    failure = refused()

    assert f"no setting is called {name}" == failure.message
    assert failure.cure.startswith(cure)


def test_a_mistake_in_the_sandbox_file_names_the_file(here: Path) -> None:
    """A wrong variable of the sandbox is met where it stands."""
    sandbox(here, TANDEM_NONSENSE="1")

    assert refused().where.endswith(".tandem/env")


def test_an_unknown_name_in_the_file_is_refused(here: Path) -> None:
    """A tandem.toml takes known names only, and guesses what was meant."""
    (here / "tandem.toml").write_text('[kafka]\nbootstraps = "x:1"\n')

    assert refused().message == "no setting is called kafka.bootstraps (did you mean kafka.bootstrap?)"


def test_broken_toml_is_said(here: Path) -> None:
    """A file that is not TOML is named with the line."""
    (here / "tandem.toml").write_text("tenant = \n")

    failure = refused()

    assert "line 1" in failure.message
    assert failure.where.endswith("tandem.toml")


def test_service_links_of_kubernetes_are_no_settings(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables the cluster adds for a service called tandem do not stop a pod."""
    for name in (
        "TANDEM_SERVICE_HOST",
        "TANDEM_PORT",
        "TANDEM_PORT_80_TCP_ADDR",
        "TANDEM_WORKER_SERVICE_PORT_HTTP",
    ):
        monkeypatch.setenv(name, "10.0.0.1")

    assert load().tenant == "default"


def test_secrets_are_never_shown(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key shows in no repr, no value and no message."""
    monkeypatch.setenv("TANDEM_INVOICED__API_KEY", "very-secret")

    settings = load()

    assert "very-secret" not in repr(settings)
    assert value_of(settings, ("invoiced", "api_key")) == "********"


def test_a_missing_setting_is_named_with_its_meaning(here: Path) -> None:
    """What a command needs and nobody set is named, with what it is."""
    with pytest.raises(Mistake, match="TANDEM_CRM__URL is not set") as caught:
        required(load(), "TANDEM_CRM__URL")

    assert "Address of the API" in caught.value.cure


def test_a_slash_at_the_end_of_an_address_is_taken_off(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address may be pasted with its slash."""
    monkeypatch.setenv("TANDEM_CRM__URL", "http://127.0.0.1:8/")

    assert load().crm.url == "http://127.0.0.1:8"


def test_a_stale_sandbox_file_says_what_to_do(here: Path) -> None:
    """A sandbox file whose environment file is gone ends with the cure, not with a traceback."""
    sandbox(here)
    (here / ".tandem" / "env").unlink()

    assert "make up" in refused().cure
