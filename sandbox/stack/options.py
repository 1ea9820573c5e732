"""What `make up` may be told."""

from pathlib import Path
from typing import Any, Literal

import click
import msgspec
from msgspec import Struct

from schemas.flow_file import FlowError, load_flows
from schemas.profile_file import ProfileError, load_profile


class Options(Struct, frozen=True):
    """One sandbox's wishes; paths are absolute."""

    seed: Literal["demo", "none"] = "demo"
    poll: float = 1.0
    workers: int = 1
    gate: Literal["auto", "held"] = "auto"
    standby: bool = False
    profile: str | None = None
    crm: Literal["reference"] = "reference"
    faults: str | None = None


class OptionsError(Exception):
    """A wish that cannot be met, with its cure."""


_CURES = {
    "faults": "name a JSON file that is there, e.g. one of sandbox/faults/",
    "profile": "name a YAML file that is there; schemas/profiles/reference.yaml is one to copy",
}


def wish_error(error: click.UsageError) -> str:
    """A wish that was not understood, in one line: the variable of make, what is wrong and the cure."""
    message = " ".join(error.format_message().split())
    if not isinstance(error, click.BadParameter) or error.param is None or error.param.name is None:
        return message
    variable, said = error.param.name.upper(), " ".join(error.message.split()).rstrip(".")
    cure = _CURES.get(error.param.name, f"give {variable}=… another value, or leave it out")
    return f"{variable}: {said}; {cure}."


def read_profile(file: str) -> None:
    """Every mistake in another CRM's profile, before anything is started with it."""
    try:
        load_profile(file)
    except ProfileError as error:
        raise OptionsError(f"PROFILE={file}: {'; '.join(str(error).splitlines())}.") from error


def read_flows(folder: str, profile: str) -> None:
    """Every mistake in flow files of one's own, as the processes would name it one by one."""
    try:
        load_flows(Path(folder), load_profile(profile))
    except (FlowError, ProfileError) as error:
        raise OptionsError(f"TANDEM_FLOWS={folder}: {'; '.join(str(error).splitlines())}.") from error


def read_faults(file: str) -> dict[str, list[dict[str, Any]]]:
    """The faults of a file `{"invoiced": [fault, …], "crm": [fault, …]}`, or of a list whose items name their `system`."""
    try:
        content = msgspec.json.decode(Path(file).read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise OptionsError(f"FAULTS={file} cannot be read: {error}.") from error
    if isinstance(content, list):
        content = {
            name: [_without_system(f) for f in content if _is_for(f, name)] for name in ("invoiced", "crm")
        }
    if not isinstance(content, dict) or content.keys() - {"invoiced", "crm"}:
        raise OptionsError(f'FAULTS={file} must hold {{"invoiced": [fault, …], "crm": [fault, …]}}.')
    return content


def _is_for(fault: dict[str, Any], system: str) -> bool:
    """A fault that names no system is for both."""
    return bool(fault.get("system", system) == system)


def _without_system(fault: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fault.items() if name != "system"}
