"""Lists of the Invoiced simulator: paging, filters, order and form."""

import re
from typing import Any

import httpx
import simplejson


async def fill(invoiced: httpx.AsyncClient, *records: dict[str, Any]) -> None:
    """Customers, ten seconds apart."""
    for number, record in enumerate(records):
        await invoiced.post("/_sandbox/clock", json={"offset_s": number * 10 - 1000})
        assert (await invoiced.post("/customers", json=record)).status_code == 201


async def ids(invoiced: httpx.AsyncClient, query: str = "", **params: Any) -> list[int]:
    """The ids a list shows."""
    answer = await invoiced.get(f"/customers?{query}", params=params or None)
    assert answer.status_code == 200, answer.text
    return [record["id"] for record in answer.json()]


def rels(answer: httpx.Response) -> dict[str, str]:
    """The `Link` header as a map."""
    return {rel: url for url, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers["Link"])}


async def test_pages_link_to_each_other(invoiced: httpx.AsyncClient) -> None:
    """Following `next` shows every record once; the count is told; the ends have no way on."""
    await fill(invoiced, *({"name": f"N{n}"} for n in range(5)))
    first = await invoiced.get("/customers?per_page=2&sort=name asc")
    second = await invoiced.get(rels(first)["next"])
    third = await invoiced.get(rels(second)["next"])

    assert [r["id"] for page in (first, second, third) for r in page.json()] == [1, 2, 3, 4, 5]
    assert first.headers["X-Total-Count"] == "5"
    assert set(rels(first)) == {"self", "first", "next", "last"}
    assert set(rels(second)) == {"self", "first", "previous", "next", "last"}
    assert set(rels(third)) == {"self", "first", "previous", "last"}
    assert rels(third)["last"] == rels(third)["self"]


async def test_an_empty_list_has_its_headers(invoiced: httpx.AsyncClient) -> None:
    """No records: an empty array, a count of 0, one page."""
    answer = await invoiced.get("/customers")

    assert (answer.json(), answer.headers["X-Total-Count"]) == ([], "0")
    assert set(rels(answer)) == {"self", "first", "last"}
    assert "Link" not in (await invoiced.get("/customers?paginate=none")).headers


async def test_a_page_holds_25_and_at_most_100(invoiced: httpx.AsyncClient) -> None:
    """Without per_page 25, above 100 it is 100, nonsense means the default."""
    await fill(invoiced, *({"name": f"N{n}"} for n in range(101)))

    assert len(await ids(invoiced)) == 25
    assert len(await ids(invoiced, "per_page=1000")) == 100
    assert len(await ids(invoiced, "per_page=-1&page=x")) == 25


async def test_updated_after_is_strict_and_updated_before_too(invoiced: httpx.AsyncClient) -> None:
    """The second itself is left out at both ends; a keyset poller reads on by it."""
    await fill(invoiced, {"name": "A"}, {"name": "B"}, {"name": "C"})
    middle = (await invoiced.get("/customers/2")).json()["updated_at"]

    assert await ids(invoiced, updated_after=middle, sort="updated_at ASC") == [3]
    assert await ids(invoiced, updated_before=middle) == [1]
    assert (await invoiced.get("/customers?updated_after=today")).json()["param"] == "updated_after"


async def test_filters_match_exactly(invoiced: httpx.AsyncClient) -> None:
    """By text, number, boolean and emptiness, several at once; an unknown field is refused."""
    await fill(
        invoiced,
        {"name": "A", "credit_limit": 10.5, "email": "a@x.no"},
        {"name": "B", "active": False},
        {"name": "A", "credit_limit": 11},
    )

    assert await ids(invoiced, "filter[name]=A") == [1, 3]
    assert await ids(invoiced, "filter[name]=A&filter[credit_limit]=10.50") == [1]
    assert await ids(invoiced, "filter[active]=0") == [2]
    assert await ids(invoiced, "filter[email]=") == [2, 3]
    assert await ids(invoiced, "filter[number]=CUST-00002") == [2]
    assert (await invoiced.get("/customers?filter[colour]=red")).status_code == 400
    assert (await invoiced.get("/customers?filter[metadata]=x")).status_code == 400


async def test_metadata_filters_are_anded(invoiced: httpx.AsyncClient) -> None:
    """Only a record with all given metadata is listed, by its present values."""
    await fill(
        invoiced,
        {"name": "A", "metadata": {"crm_id": "7", "n": 1.5}},
        {"name": "B", "metadata": {"crm_id": "7"}},
        {"name": "C", "metadata": {"n": "1.5"}},
    )
    await invoiced.patch("/customers/2", json={"metadata": {"crm_id": "8"}})

    assert await ids(invoiced, "metadata[crm_id]=7") == [1]
    assert await ids(invoiced, "metadata[crm_id]=7&metadata[n]=1.5") == [1]
    assert await ids(invoiced, "metadata[n]=1.5") == [1, 3]


async def test_sort_takes_a_list_of_columns(invoiced: httpx.AsyncClient) -> None:
    """Columns in order, each with its direction, then the id; an unknown column or direction is refused."""
    await fill(invoiced, {"name": "B", "city": "x"}, {"name": "A", "city": "x"}, {"name": "C", "city": "a"})

    assert await ids(invoiced, sort="city desc, name asc") == [2, 1, 3]
    assert await ids(invoiced, sort="name DESC") == [3, 1, 2]
    assert (await invoiced.get("/customers?sort=colour")).json()["param"] == "sort"
    assert (await invoiced.get("/customers?sort=name up")).json()["param"] == "sort"


async def test_advanced_filter_compares(invoiced: httpx.AsyncClient) -> None:
    """Operators on text and numbers; an unreadable one is refused."""
    await fill(
        invoiced,
        {"name": "50% off", "credit_limit": 5},
        {"name": "500 on", "credit_limit": 10},
        {"name": "x"},
    )

    async def found(*filters: tuple[str, str, Any]) -> list[int]:
        asked = [{"field": f, "operator": o, "value": v} for f, o, v in filters]
        return await ids(invoiced, advanced_filter=simplejson.dumps(asked))

    assert await found(("credit_limit", ">=", 10)) == [2]
    assert await found(("name", "contains", "0% o")) == [1]
    assert await found(("name", "starts_with", "50"), ("credit_limit", "<", 10)) == [1]
    assert await found(("credit_limit", "empty", None)) == [3]
    assert await found(("credit_limit", "<>", None)) == [1, 2]
    for bad in ("{", "{}", '[{"field":"x","operator":"="}]', '[{"field":"name","operator":"like"}]'):
        assert (await invoiced.get("/customers", params={"advanced_filter": bad})).status_code == 400


async def test_deep_pages_come_in_sequence(invoiced: httpx.AsyncClient) -> None:
    """By id, page 101 of 100 needs page 100 first; sorted by another column it does not."""
    jumped = await invoiced.get("/customers?per_page=100&page=101")
    await invoiced.get("/customers?per_page=100&page=99")
    skipped = await invoiced.get("/customers?per_page=100&page=101")
    await invoiced.get("/customers?per_page=100&page=100")
    stepped = await invoiced.get("/customers?per_page=100&page=101")

    assert (jumped.status_code, jumped.json()["param"]) == (400, "page")
    assert "earlier pages first" in jumped.json()["message"]
    assert (skipped.status_code, stepped.status_code) == (400, 200)
    assert (await invoiced.get("/customers?per_page=100&page=400&sort=updated_at asc")).status_code == 200


async def test_reads_can_be_shaped(invoiced: httpx.AsyncClient) -> None:
    """`expand` puts an object where its id was, `exclude` drops fields, `include` is no error."""
    await fill(invoiced, {"name": "A"}, {"name": "B", "parent_customer": 1})
    listed = (
        await invoiced.get("/customers?expand=parent_customer&exclude=metadata,taxes&include=updated_at")
    ).json()

    assert listed[0]["parent_customer"] is None
    assert listed[1]["parent_customer"]["name"] == "A"
    assert "metadata" not in listed[0]
    assert "taxes" not in (await invoiced.get("/customers/1?exclude=taxes")).json()
    assert (await invoiced.get("/customers/1?expand=name")).json()["param"] == "expand"


async def test_unknown_parameters_are_ignored(invoiced: httpx.AsyncClient) -> None:
    """A parameter nobody knows changes nothing."""
    await fill(invoiced, {"name": "A"})

    assert await ids(invoiced, "colour=red&payment_source=0") == [1]
    assert await ids(invoiced, "payment_source=1") == []
    assert await ids(invoiced, "open_balance=1") == []
