"""Flows read from a folder of YAML files: checked together, every mistake reported, then frozen."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import msgspec
from pydantic import TypeAdapter

from schemas.api_fields import Api
from schemas.document import Document, DocumentError, Problem
from schemas.flow import Flow
from schemas.flow_belonging import check_belonging
from schemas.flow_ends import check_ends
from schemas.flow_fields import check_fields, sides
from schemas.flow_kinds import check_kinds
from schemas.flow_lines import between_lines, check_lists
from schemas.flow_policies import check_policies
from schemas.flow_property import Property
from schemas.flow_references import check_references, check_together
from schemas.profile import Profile
from schemas.wording import did_you_mean

OWN_FLOWS = Path(__file__).parent / "flows"

_FLOW = TypeAdapter(Flow)


class FlowError(DocumentError):
    """Every mistake in the flows, as plain lines."""


def load_flows(folder: Path = OWN_FLOWS, profile: Profile | None = None) -> tuple[Flow, ...]:
    """Every flow of a folder, by name. All mistakes of all files are reported at once.

    `profile`: of the CRM whose fields the flows name; else it is the reference CRM.
    """
    files = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    if not files:
        raise FlowError(
            [Problem(str(folder), 1, "holds no flow; copy customer.yaml there or name another folder")]
        )
    read = [(document, document.check(_FLOW, Flow)) for document in map(Document, files)]
    flows = [(document, flow) for document, flow in read if flow is not None]
    api, names = Api(profile), [flow.name for _, flow in flows]
    whole = len(flows) == len(read)
    for document, flow in flows:
        _check(document, flow)
        _check_api(document, flow, [each for _, each in flows], api)
        check_references(document, flow, names, whole=whole)
        if flow.lines is not None and check_lists(document, flow, flow.lines, api):
            part, inner = document.part(("lines",)), between_lines(flow, flow.lines)
            _check_properties(part, inner)
            check_fields(part, inner, api)
            check_kinds(part, inner, [each for _, each in flows], api)
            check_references(part, inner, names, whole=whole)
    _check_names(flows)
    check_together(flows, api)
    problems = [problem for document, _ in read for problem in document.problems]
    if problems:
        raise FlowError(problems)
    return tuple(sorted((flow for _, flow in flows), key=lambda flow: flow.name))


def flows_hash(flows: Iterable[Flow]) -> str:
    """The same for the same meaning, whatever the files' comments, order and layout."""
    content = [asdict(flow) for flow in sorted(flows, key=lambda flow: flow.name)]
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def _check_properties(document: Document, flow: Flow) -> None:
    """Each property and each field once."""
    _check_twice(document, "properties", "name", [each.name for each in flow.properties])
    # A status tells two things: what it is, and whether the record is voided.
    kept = ["voided" if _voids(each) else each.invoiced for each in flow.properties]
    _check_twice(document, "properties", "invoiced", kept)
    _check_crm_names(document, flow)


def _check(document: Document, flow: Flow) -> None:
    names = [each.name for each in flow.properties]
    _check_properties(document, flow)
    check_ends(document, flow)
    _check_twice(document, "rules", "name", [rule.name for rule in flow.rules])
    if not names:
        document.wrong(
            ("properties",), "properties is empty; a flow without properties keeps nothing in step: add one"
        )
    if flow.version < 1:
        document.wrong(("version",), f"version is {flow.version}; count from 1, and up with every change")
    _check_rules(document, flow, names)
    check_policies(document, flow)


def _check_api(document: Document, flow: Flow, flows: Sequence[Flow], api: Api) -> None:
    """What a flow says of the two APIs' records."""
    check_fields(document, flow, api)
    check_kinds(document, flow, flows, api)
    check_belonging(document, flow, api)
    _check_barrier(document, flow, api)


def _check_crm_names(document: Document, flow: Flow) -> None:
    seen: dict[str, str] = {}
    for index, each in enumerate(flow.properties):
        for name in [each.crm] if isinstance(each.crm, str) else each.crm:
            if name in seen:
                message = (
                    f"crm {name!r} of {each.name!r} is already kept in step by {seen[name]!r}; remove one"
                )
                document.wrong(("properties", index, "crm"), message)
            seen.setdefault(name, each.name)


def _voids(each: Property) -> bool:
    return each.type == "archive" and each.invoiced == "status"


def _check_twice(document: Document, kind: str, key: str, names: Sequence[str]) -> None:
    counts = Counter(names)
    for index, name in enumerate(names):
        if counts[name] > 1 and name in names[:index]:
            document.wrong((kind, index, key), f"{kind}: {key} {name!r} stands twice; rename or remove one")


def _check_rules(document: Document, flow: Flow, names: Sequence[str]) -> None:
    for index, rule in enumerate(flow.rules):
        if not rule.keys:
            document.wrong(
                ("rules", index, "keys"),
                f"rule {rule.name!r} has no keys; name the properties that must agree",
            )
        for place, key in enumerate(rule.keys):
            if key not in names:
                message = f"rule {rule.name!r} names the unknown property {key!r}; {did_you_mean(key, names)}"
                document.wrong(("rules", index, "keys", place), message)


def _check_barrier(document: Document, flow: Flow, api: Api) -> None:
    for system, side in sides(flow):
        entities = flow.barrier.get(system, ())
        if side.entity not in entities and {side.entity, *entities} <= {*api.entities(system)}:
            message = (
                f"barrier.{system} lacks {side.entity!r}, the flow's own entity: twins could be created; "
                f"add it: {system}: [{side.entity}]"
            )
            document.wrong(("barrier", system), message)


def _check_names(flows: Sequence[tuple[Document, Flow]]) -> None:
    first: dict[str, Path] = {}
    for document, flow in flows:
        if flow.name in first:
            document.wrong(
                ("name",), f"the flow {flow.name!r} already stands in {first[flow.name]}; rename one"
            )
        first.setdefault(flow.name, document.path)
