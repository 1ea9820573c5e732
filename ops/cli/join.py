"""Joining two records by hand, for `tandem links join` and `tandem review join`."""

from msgspec import structs

from ops import refs
from ops.cli.output import Reply
from ops.cli.session import decide
from ops.configuration import load
from ops.flows import entities, flows_of
from ops.settings import Settings


def join_records(ref_a: str, ref_b: str, wait: float) -> Reply:
    """Tells the decision, and for people whose values stand where the two differ."""
    settings = load()
    for ref in (ref_a, ref_b):
        refs.of_entity(refs.record(ref), entities(settings))
    reply = decide([("review.join", {"a": ref_a, "b": ref_b})], wait)
    return reply if reply.failure else structs.replace(reply, notes=(_whose_stand(settings, ref_a),))


def _whose_stand(settings: Settings, ref: str) -> str:
    system, entity, _ = ref.split(":", maxsplit=2)
    for flow in flows_of(settings):
        if (flow.invoiced if system == "invoiced" else flow.crm).entity == entity:
            policy = flow.policy.first_match
            whose = "the record edited last" if policy == "newest" else policy
            return (
                f"Where the two differ, the values of {whose} stand (first_match: {policy} in flow {flow.name}); "
                "empty never wins. What is overwritten is in `tandem conflicts list`."
            )
    return ""
