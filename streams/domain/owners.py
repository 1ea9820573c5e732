"""Which flow takes a record: by its entity, and by what the flow asks of it."""

from collections.abc import Mapping
from typing import Any

from schemas.flow import Flow
from streams.domain.config import Config, side


def flow_of(config: Config, system: str, entity: str, image: Mapping[str, Any]) -> Flow | None:
    """The flow that takes this record; None where none does."""
    for flow in config.flows:
        end = side(flow, system)
        met = all(_meets(image.get(name), wanted) for name, wanted in end.when.items())
        if (
            end.entity == entity
            and met
            and not any(image.get(name) in out for name, out in end.without.items())
        ):
            return flow
    return None


def _meets(shown: Any, wanted: str | tuple[str, ...]) -> bool:
    if isinstance(wanted, str):
        return (shown in (None, "")) == (wanted == "empty")
    return shown in wanted
