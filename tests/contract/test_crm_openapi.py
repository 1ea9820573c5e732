"""The reference CRM does what `schemas/crm/openapi.yaml` says, and that file says all it does."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, settings
from ruamel.yaml import YAML
from schemathesis import GenerationMode
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from starlette.types import ASGIApp

from sandbox.crm import create_app
from sandbox.crm.entities import CUSTOMERS

CONTRACT = Path(__file__).parents[2] / "schemas" / "crm" / "openapi.yaml"
TANDEM = {"Authorization": "Bearer crm-tandem"}
QUICK = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

document = YAML(typ="safe").load(CONTRACT.read_text())


async def _post(app: ASGIApp, customer: dict[str, Any]) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://crm", headers=TANDEM) as client:
        return await client.post("/customers", json=customer)


def _schema(mode: GenerationMode) -> Any:
    generation = GenerationConfig(modes=[mode], max_examples=25, deterministic=True)
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.app = create_app()
    asyncio.run(_post(schema.app, {"Name": "known"}))
    return schema.include(tag="customers")


right = _schema(GenerationMode.POSITIVE)
wrong = _schema(GenerationMode.NEGATIVE)


@right.parametrize()  # type: ignore[untyped-decorator] # schemathesis is not type-checked here
@QUICK
def test_valid_requests_are_taken_and_answered_as_the_contract_says(case: schemathesis.Case) -> None:
    """Whatever the contract allows is carried out, and status, headers and body are those it promises."""
    case.headers.pop("If-Match", None)  # no made-up version can be the present one
    case.headers.pop("Idempotency-Key", None)  # a made-up key may have been used for another request
    case.query.pop("purge", None)  # the record is needed again
    if isinstance(case.body, dict):
        case.body.pop("ParentId", None)  # a made-up parent does not exist
    if case.path_parameters:
        case.path_parameters["Id"] = "CUS00000001"  # a made-up Id names nothing
    response = case.call_and_validate(headers=TANDEM)

    assert response.status_code in {200, 201, 204, 409}


@wrong.parametrize()  # type: ignore[untyped-decorator] # as above
@QUICK
def test_invalid_requests_are_refused_as_the_contract_says(case: schemathesis.Case) -> None:
    """Whatever the contract forbids is refused with the error body it promises."""
    case.call_and_validate(headers=TANDEM)


def test_the_contract_names_every_property_of_a_customer_and_no_other() -> None:
    """A property added to the CRM without the contract, or the other way round, is noticed here."""
    schemas = document["components"]["schemas"]
    known = {"ExternalId", "IsDeleted", *CUSTOMERS.properties}

    assert known == set(schemas["NewCustomer"]["properties"]) == set(schemas["CustomerPatch"]["properties"])
    assert known | {"Id", "Version", "CreatedAt", "UpdatedAt"} == set(schemas["Customer"]["properties"])
    assert set(schemas["Customer"]["required"]) == set(schemas["Customer"]["properties"])


async def test_the_contract_gives_each_property_the_length_the_crm_accepts() -> None:
    """A string as long as the contract allows is taken, one longer is refused."""
    app = create_app()
    schemas = document["components"]["schemas"]
    for name, ref in schemas["NewCustomer"]["properties"].items():
        longest = schemas[ref["$ref"].rpartition("/")[2]].get("maxLength") if "$ref" in ref else None
        if longest is None or name in {"Email", "ParentId"}:
            continue
        taken = await _post(app, {"Name": "a", name: "x" * longest})
        refused = await _post(app, {"Name": "a", name: "x" * (longest + 1)})

        assert (name, 201) == (name, taken.status_code)
        assert (422, name) == (refused.status_code, refused.json()["Error"]["Field"])
