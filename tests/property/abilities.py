"""What the two API models offer for a command, as the real sinks tell it of their systems."""

from msgspec.structs import replace

from connectors import sink_rules as rules
from connectors.lines import touches
from schemas.records import Command
from tests.property.apis import Api
from tests.property.entities import LISTED


def prepared(api: Api, command: Command) -> Command:
    if api.system == "invoiced" or command.xref is None or command.verb != "update":
        return command
    return replace(
        command,
        changed=(*command.changed, "ExternalId"),
        values={**command.values, "ExternalId": command.xref},
    )


def abilities_of(api: Api, command: Command) -> rules.Abilities:
    key: tuple[rules.SearchBy, ...] = ("key",) if command.keys else ("xref",) if command.xref else ()
    maps = any("." in name for name in command.changed)
    lines = touches(LISTED.get((api.system, command.entity)), command)
    return rules.Abilities(
        versioned=api.system == "crm",
        has_events=api.system == "invoiced",
        needs_present=command.verb == "update" and (lines or (api.system == "invoiced" and maps)),
        searches=key,
        xref_search=command.xref is not None,
    )
