"""What `make up` may be told."""

from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct


class Options(Struct, frozen=True):
    """One sandbox's wishes; paths are absolute."""

    seed: Literal["demo", "none"] = "demo"
    poll: float = 1.0
    workers: int = 1
    gate: Literal["auto", "held"] = "auto"
    standby: bool = False
    profile: str | None = None
    crm: Literal["reference", "variant"] = "reference"
    faults: str | None = None


class OptionsError(Exception):
    """A wish that cannot be met, with its cure."""


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
