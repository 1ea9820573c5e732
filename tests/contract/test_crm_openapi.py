"""The reference CRM does what `schemas/crm/openapi.yaml` says, and that file says all it does."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from ruamel.yaml import YAML
from schemathesis import GenerationMode
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from starlette.types import ASGIApp

from sandbox.crm import create_app
from sandbox.crm.entities import ADDRESS, ENTITIES, LINES
from sandbox.crm.entity import Entity
from sandbox.crm.kinds import Money

CONTRACT = Path(__file__).parents[2] / "schemas" / "crm" / "openapi.yaml"
TANDEM = {"Authorization": "Bearer crm-tandem"}
EXAMPLES = 20
QUICK = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)

document = YAML(typ="safe").load(CONTRACT.read_text())


NAMED = {"customers": "Customer", "contacts": "Contact", "products": "Product", "orders": "Order"}
LEAST = {
    "customers": {"Name": "a"},
    "contacts": {"LastName": "a"},
    "products": {"Name": "a"},
    "orders": {"CustomerId": "CUS00000001"},
}
# A made-up reference names nothing, so none is sent.
REFERENCES = ("ParentId", "CustomerId", "ContactId")
OF_LINES = ("LineId", "ProductId")


async def _post(app: ASGIApp, path: str, record: dict[str, Any]) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://crm", headers=TANDEM) as client:
        return await client.post(f"/{path}", json=record)


def _schema(mode: GenerationMode) -> Any:
    generation = GenerationConfig(modes=[mode], max_examples=EXAMPLES, deterministic=True)
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.app = create_app()
    for path, record in LEAST.items():
        asyncio.run(_post(schema.app, path, record))
    return schema.include(tag=list(NAMED))


right = _schema(GenerationMode.POSITIVE)
wrong = _schema(GenerationMode.NEGATIVE)


@right.parametrize()  # type: ignore[untyped-decorator] # schemathesis is not type-checked here
@QUICK
def test_valid_requests_are_taken_and_answered_as_the_contract_says(case: schemathesis.Case) -> None:
    """Whatever the contract allows is carried out, and status, headers and body are those it promises."""
    case.headers.pop("If-Match", None)  # no made-up version can be the present one
    case.headers.pop("Idempotency-Key", None)  # a made-up key may have been used for another request
    case.query.pop("purge", None)  # the record is needed again
    path = case.path.strip("/").partition("/")[0]
    if isinstance(case.body, dict):
        case.body = _without_made_up_references(case.body)
        if case.method == "POST":
            case.body |= LEAST[path] if path == "orders" else {}
    if case.path_parameters:
        case.path_parameters["Id"] = f"{ENTITIES[path].prefix}00000001"  # a made-up Id names nothing
    response = case.call_and_validate(headers=TANDEM)

    assert response.status_code in {200, 201, 204, 409}


def _without_made_up_references(body: dict[str, Any]) -> dict[str, Any]:
    body = {name: value for name, value in body.items() if name not in REFERENCES}
    if body.get("Lines"):
        body["Lines"] = [
            {name: value for name, value in line.items() if name not in OF_LINES} for line in body["Lines"]
        ]
    return body


@wrong.parametrize()  # type: ignore[untyped-decorator] # as above
@QUICK
def test_invalid_requests_are_refused_as_the_contract_says(case: schemathesis.Case) -> None:
    """Whatever the contract forbids is refused with the error body it promises."""
    case.call_and_validate(headers=TANDEM)


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=list(ENTITIES))
def test_the_contract_names_every_property_and_no_other(entity: Entity) -> None:
    """A property added to the CRM without the contract, or the other way round, is noticed here."""
    schemas, name = document["components"]["schemas"], NAMED[entity.path]
    known = {"ExternalId", "IsDeleted", *entity.properties}

    assert known == set(schemas[f"New{name}"]["properties"]) == set(schemas[f"{name}Patch"]["properties"])
    assert known | {"Id", "Version", "CreatedAt", "UpdatedAt"} == set(schemas[name]["properties"])
    assert set(schemas[name]["required"]) == set(schemas[name]["properties"])


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=list(ENTITIES))
def test_the_contract_names_every_filter(entity: Entity) -> None:
    """What a list can be asked by stands in the contract."""
    own = [
        each["name"] for each in document["paths"][f"/{entity.path}"]["get"]["parameters"] if "name" in each
    ]

    assert sorted(own) == sorted(entity.filters)


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=list(ENTITIES))
async def test_the_contract_gives_each_property_the_length_the_crm_accepts(entity: Entity) -> None:
    """A string as long as the contract allows is taken, one longer is refused."""
    app, path = create_app(), entity.path
    schemas = document["components"]["schemas"]
    await _post(app, "customers", LEAST["customers"])
    for name, ref in schemas[f"New{NAMED[path]}"]["properties"].items():
        longest = schemas[ref["$ref"].rpartition("/")[2]].get("maxLength") if "$ref" in ref else None
        if longest is None or name in {"Email", *REFERENCES}:
            continue
        taken = await _post(app, path, {**LEAST[path], name: "x" * longest})
        refused = await _post(app, path, {**LEAST[path], name: "x" * (longest + 1)})

        assert (name, 201) == (name, taken.status_code)
        assert (422, name) == (refused.status_code, refused.json()["Error"]["Field"])


@pytest.mark.parametrize("name", ["Money", "Quantity"])
def test_the_contract_has_the_pattern_of_decimals_the_crm_has(name: str) -> None:
    """Both say the same of a decimal string."""
    assert document["components"]["schemas"][name]["pattern"] == f"^{Money().pattern}$"


@pytest.mark.parametrize(
    ("name", "known"),
    [("Line", {"LineId", *LINES.properties, "Position"}), ("Address", set(ADDRESS.properties))],
)
async def test_the_contract_gives_what_an_order_holds_the_lengths_the_crm_accepts(
    crm: httpx.AsyncClient, name: str, known: set[str]
) -> None:
    """A line and a shipping address have the properties the contract names, each as long as it allows."""
    await crm.post("/customers", json={"Name": "A"})
    schemas = document["components"]["schemas"]
    assert set(schemas[name]["required"]) == set(schemas[name]["properties"]) == known
    assert set(schemas[f"New{name}"]["properties"]) == known
    for inner, ref in schemas[name]["properties"].items():
        longest = schemas[ref["$ref"].rpartition("/")[2]].get("maxLength") if "$ref" in ref else None
        if longest is None or inner in OF_LINES:
            continue
        answers = []
        for value in ("x" * longest, "x" * (longest + 1)):
            held = {"Lines": [{inner: value}]} if name == "Line" else {"ShippingAddress": {inner: value}}
            answers.append(await crm.post("/orders", json={"CustomerId": "CUS00000001", **held}))
        taken, refused = answers

        assert (inner, 201, 422) == (inner, taken.status_code, refused.status_code)
        assert refused.json()["Error"]["Field"].endswith(f".{inner}")
