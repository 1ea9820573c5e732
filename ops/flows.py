"""The flows an installation runs by: those of its folder, or the built-in ones."""

from ops.errors import Mistake
from ops.profile import profile_of
from ops.settings import Settings
from schemas.flow import Flow
from schemas.flow_file import OWN_FLOWS, FlowError, load_flows


def entities(settings: Settings) -> frozenset[str]:
    """What flows read, as a ref begins: `crm:customer`."""
    flows = flows_of(settings)
    return frozenset(
        {f"invoiced:{flow.invoiced.entity}" for flow in flows} | {f"crm:{flow.crm.entity}" for flow in flows}
    )


def flows_of(settings: Settings) -> tuple[Flow, ...]:
    """The checked flows; a mistake in one ends the command."""
    folder = settings.flows or OWN_FLOWS
    try:
        return load_flows(folder, profile_of(settings))
    except FlowError as error:
        raise Mistake("flows", str(error), where=str(folder), cure="see `tandem flows check`") from error
