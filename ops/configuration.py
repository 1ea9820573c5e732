"""Reads the settings for a command and says every mistake in them in one line, with its name and its cure."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from dotenv import dotenv_values
from msgspec import Struct
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import SettingsError

from ops.errors import Mistake
from ops.settings import ENV_PREFIX, Settings, environment, sandbox_env_file, toml_file

# Kubernetes gives every pod variables named after the services around it; one may be called `tandem`.
_SERVICE_LINK = re.compile(r"^TANDEM_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP)\w*)?)$")


class Setting(Struct, frozen=True):
    """One setting: its path in `tandem.toml`, its variable, and what the model says of it."""

    path: tuple[str, ...]
    field: FieldInfo

    @property
    def variable(self) -> str:
        return ENV_PREFIX + "__".join(self.path).upper()

    @property
    def secret(self) -> bool:
        return SecretStr in (self.field.annotation, *get_args(self.field.annotation))


def all_settings(model: type[BaseModel] = Settings, path: tuple[str, ...] = ()) -> Iterator[Setting]:
    """Every setting of the model, sections opened, in the model's order."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from all_settings(inner, (*path, name))
        else:
            yield Setting((*path, name), field)


def load() -> Settings:
    """The settings as this process sees them; any mistake ends the command with exit code 2."""
    _refuse_unknown(environment(), "the environment")
    if (file := sandbox_env_file()) is not None:
        _refuse_unknown({k: v or "" for k, v in dotenv_values(file).items()}, str(file))
    try:
        return Settings()
    except ValidationError as error:
        raise _from_validation(error) from None
    except SettingsError as error:
        raise Mistake("setting", f"{error}", where="the environment", cure=_SEE) from None
    except tomllib.TOMLDecodeError as error:
        raise Mistake(
            "toml", f"not valid TOML: {error}", where=str(toml_file()), cure="correct that line"
        ) from None


def connected() -> Settings:
    """The settings of a command that needs Kafka; where nobody named one, it ends here and asks no stranger's."""
    settings = load()
    if origin(("kafka", "bootstrap")) == "default":
        raise Mistake(
            "no_kafka",
            "no sandbox runs in this checkout and TANDEM_KAFKA__BOOTSTRAP names no Kafka",
            where=str(Path.cwd()),
            cure="start the sandbox with `make up`, or set TANDEM_KAFKA__BOOTSTRAP or `bootstrap` in tandem.toml",
        )
    return settings


_SEE = "see docs/reference/settings.md"


def _refuse_unknown(given: Mapping[str, str], where: str) -> None:
    known = {setting.variable for setting in all_settings()}
    sections = {ENV_PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(given):
        if name.startswith(ENV_PREFIX) and name not in known | sections and not _SERVICE_LINK.match(name):
            # Without the prefix, which is alike in all of them.
            near = get_close_matches(name[len(ENV_PREFIX) :], [one[len(ENV_PREFIX) :] for one in known], n=1)
            cure = f"did you mean {ENV_PREFIX}{near[0]}?" if near else f"remove it, or {_SEE}"
            raise Mistake("unknown_setting", f"no setting is called {name}", where=where, cure=cure)


def _from_validation(error: ValidationError) -> Mistake:
    """All mistakes pydantic found, as one: the first gives the place, every one is named."""
    lines = [_line(item) for item in error.errors(include_url=False)]
    first = tuple(str(part) for part in error.errors(include_url=False)[0]["loc"])
    return Mistake("setting", "; ".join(lines), where=origin(first), cure=f"correct it there, or {_SEE}")


def _line(item: Any) -> str:
    path = tuple(str(part) for part in item["loc"])
    known = {setting.path: setting for setting in all_settings()}
    setting = known.get(path)
    variable = ENV_PREFIX + "__".join(path).upper()
    if item["type"] == "extra_forbidden":
        near = get_close_matches(".".join(path), [".".join(p) for p in known], n=1)
        return f"no setting is called {'.'.join(path)}" + (f" (did you mean {near[0]}?)" if near else "")
    shown = "(secret)" if setting is not None and setting.secret else repr(item["input"])
    return f"{variable} = {shown}: {_reason(item)}"


def _reason(item: Any) -> str:
    pattern = (item.get("ctx") or {}).get("pattern")
    if pattern is None:
        return str(item["msg"])[0].lower() + str(item["msg"])[1:]
    return _SHAPES.get(pattern, f"must match {pattern}")


_SHAPES = {
    r"^https?://[^\s/]+\S*$": "must be an http:// or https:// address",
    r"^[a-z0-9][a-z0-9._-]*$": "must be of lower-case letters, digits, '.', '_' and '-'",
    r"^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$": "must be host:port, or several with commas between",
    r"^[a-zA-Z0-9._-]*$": "must be of letters, digits, '.', '_' and '-'",
}


def origin(path: tuple[str, ...]) -> str:
    """Where a setting's present value comes from, in words."""
    names = {ENV_PREFIX + "__".join(path[:depth]).upper() for depth in range(1, len(path) + 1)}
    if names & environment().keys():
        return "the environment"
    if (file := sandbox_env_file()) is not None and names & {name.upper() for name in dotenv_values(file)}:
        return str(file)
    if (toml := toml_file()) is not None and _in_toml(toml, path):
        return str(toml)
    return "default"


def _in_toml(file: Path, path: tuple[str, ...]) -> bool:
    content: Any = tomllib.loads(file.read_text())
    for part in path:
        if not isinstance(content, dict) or part not in content:
            return False
        content = content[part]
    return True


def value_of(settings: Settings, path: tuple[str, ...]) -> Any:
    """The value at a path, secrets masked."""
    value: Any = settings
    for part in path:
        value = getattr(value, part)
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else ""
    return value if isinstance(value, None | str | int | float | bool) else str(value)


def required(settings: Settings, *variables: str) -> None:
    """Ends the command unless each of these settings has a value."""
    for setting in all_settings():
        if setting.variable in variables and value_of(settings, setting.path) in (None, ""):
            raise Mistake(
                "missing_setting",
                f"{setting.variable} is not set",
                where="the environment, the sandbox and tandem.toml",
                cure=f"set {setting.variable}: {setting.field.description}",
            )
