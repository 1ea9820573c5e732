"""Every setting of Tandem, read in one place: environment, running sandbox, `tandem.toml`, defaults.

This is the only file that reads the environment; every other room takes its own frozen config.
A running sandbox speaks for its checkout, unless the environment names a Kafka of its own: a command
never talks to one installation's Kafka with another one's keys.
"""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ops.checkout import env_file_of, find_sandbox, upward

ENV_PREFIX = "TANDEM_"
Url = Annotated[
    str, StringConstraints(pattern=r"^https?://[^\s/]+\S*$"), AfterValidator(lambda url: url.rstrip("/"))
]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=60)]
Address = Annotated[str, StringConstraints(pattern=r"^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$")]


class Section(BaseModel):
    """A group of settings; a name it does not know is a mistake, not a silent nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Kafka(Section):
    """The Kafka cluster."""

    bootstrap: Address = Field(
        default="127.0.0.1:9092", description="Brokers to begin with, `host:port,host:port`."
    )
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="How to speak to the brokers."
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="How to log in, with a `SASL_` protocol."
    )
    sasl_username: str | None = Field(default=None, description="User name, with a `SASL_` protocol.")
    sasl_password: SecretStr | None = Field(default=None, description="Password, with a `SASL_` protocol.")
    ssl_ca_location: Path | None = Field(default=None, description="File with the certificates to trust.")
    partitions: int = Field(
        default=4, ge=1, le=1000, description="Partitions of a topic that is created; never change it later."
    )
    sync_partitions: int = Field(
        default=1, ge=1, le=1000, description="Partitions of `sync.in`: one a tenant."
    )
    replication: int | None = Field(
        default=None,
        ge=1,
        le=9,
        description="Copies of each partition that is created; else the broker's own.",
    )

    session_timeout_s: float = Field(
        default=30.0,
        ge=1,
        le=300,
        description="Seconds without a heartbeat after which a worker's partitions and a connector's lease go to another.",
    )

    def client(self) -> dict[str, str]:
        """The connection in librdkafka's own property names."""
        conf = {"bootstrap.servers": self.bootstrap, "security.protocol": self.security_protocol.lower()}
        if self.security_protocol.startswith("SASL_"):
            conf["sasl.mechanism"] = self.sasl_mechanism
            conf["sasl.username"] = self.sasl_username or ""
            conf["sasl.password"] = self.sasl_password.get_secret_value() if self.sasl_password else ""
        if self.ssl_ca_location is not None:
            conf["ssl.ca.location"] = str(self.ssl_ca_location)
        return conf


class Registry(Section):
    """The schema registry."""

    url: Url = Field(
        default="http://127.0.0.1:8080/apis/ccompat/v7",
        description="Its Confluent-compatible address.",
    )
    username: str | None = Field(default=None, description="User name, where it asks for one.")
    password: SecretStr | None = Field(default=None, description="Password, where it asks for one.")


class Health(Section):
    """The address of `/live`, `/ready` and `/metrics`."""

    host: str = Field(default="127.0.0.1", description="Interface to listen on; in a pod its own address.")
    port: int = Field(default=0, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")


class Invoiced(Section):
    """Access to Invoiced."""

    url: Url = Field(default="https://api.invoiced.com", description="Address of the API.")
    api_key: SecretStr | None = Field(default=None, description="The API key.")
    rps: float = Field(default=20.0, gt=0, le=1000, description="Requests a second, at most.")
    item_interval_s: float = Field(default=60.0, ge=0.1, description="Seconds between readings of all items.")
    item_confirm_s: float = Field(
        default=120.0, ge=0, description="Seconds between the two answers that say an item is gone."
    )
    contact_sweep_s: float = Field(
        default=86_400.0, ge=1, description="Seconds between sweeps over contacts."
    )


class Crm(Section):
    """Access to the CRM."""

    url: Url | None = Field(default=None, description="Address of the API.")
    api_key: SecretStr | None = Field(default=None, description="The API key.")
    rps: float = Field(default=20.0, gt=0, le=1000, description="Requests a second, at most.")
    profile: str = Field(
        default="reference",
        description="`reference`, or the path of a profile that describes another CRM; "
        "the same for every process.",
    )


class Breaker(Section):
    """When a flow and direction closes by itself: more than the share *and* more than the number, within the window."""

    window_s: float = Field(default=600.0, ge=1, le=86_400, description="Seconds that are looked back on.")
    change_share: float = Field(
        default=0.20,
        ge=0,
        le=1,
        description="Share of a flow's links that may change within the window; "
        "a breaker trips above the larger of this share and `TANDEM_BREAKER__CHANGE_LINKS`, so both are needed.",
    )
    change_links: int = Field(
        default=50, ge=0, description="Links that may change within the window, however few there are."
    )
    delete_share: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="Share of a flow's links that may be archived within the window; "
        "a breaker trips above the larger of this share and `TANDEM_BREAKER__DELETE_LINKS`, so both are needed.",
    )
    delete_links: int = Field(
        default=10, ge=0, description="Links that may be archived within the window, however few there are."
    )


class Log(Section):
    """What the processes write to stderr."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least level written; `debug` may contain personal data."
    )


class Settings(BaseSettings):
    """All settings, frozen once read."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=False,
    )

    topic_prefix: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9._-]*$", max_length=100)] = Field(
        default="tandem.",
        description="What the names of this tenant's topics and consumer groups begin with.",
    )
    tenant: Name = Field(default="default", description="The pair of systems kept in step.")
    tenant_partition: int = Field(default=0, ge=0, description="The tenant's partition of `sync.in`.")
    installation_id: Name = Field(
        default="tandem",
        description="Begins every cross-reference written to the CRM; never change it once in use.",
    )
    state_dir: Path = Field(
        default=Path(".tandem/state"), description="Folder of this process's local state."
    )
    flows: Path | None = Field(default=None, description="Folder of flow files; the built-in flows if empty.")
    poll_interval_s: float = Field(
        default=5.0,
        ge=0.1,
        le=3600,
        description="Seconds from the start of one poll round to the start of the next.",
    )
    scan_interval_s: float = Field(
        default=3600.0, ge=1, le=7 * 86_400, description="Seconds between two readings of a whole list."
    )
    gate: Literal["auto", "held"] = Field(
        default="held", description="Whether first creations wait for approval (`held`) or go ahead (`auto`)."
    )
    worker_id: Name | None = Field(default=None, description="Static membership of this worker's consumer.")
    kafka: Kafka = Kafka()
    registry: Registry = Registry()
    health: Health = Health()
    invoiced: Invoiced = Invoiced()
    crm: Crm = Crm()
    log: Log = Log()
    breaker: Breaker = Breaker()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library passes all four by name
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment beats the sandbox found around the working folder, which beats `tandem.toml`."""
        found: list[PydanticBaseSettingsSource] = [init_settings, env_settings]
        if (file := sandbox_env_file()) is not None:
            found.append(DotEnvSettingsSource(settings_cls, env_file=file))
        if (toml := toml_file()) is not None:
            found.append(TomlConfigSettingsSource(settings_cls, toml_file=toml))
        return tuple(found)


def environment() -> dict[str, str]:
    """The variables of the environment that are Tandem's."""
    return {name.upper(): value for name, value in os.environ.items() if name.upper().startswith(ENV_PREFIX)}


def sandbox_env_file() -> Path | None:
    """The running sandbox's variables, unless the environment names a Kafka of its own."""
    if ENV_PREFIX + "KAFKA__BOOTSTRAP" in environment():
        return None
    sandbox = find_sandbox(Path.cwd())
    return env_file_of(sandbox) if sandbox else None


def toml_file() -> Path | None:
    """The nearest `tandem.toml` in the working folder or above it."""
    return upward("tandem.toml", Path.cwd())
