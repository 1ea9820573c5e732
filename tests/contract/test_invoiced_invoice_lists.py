"""Lists of invoices of the Invoiced simulator: filters, dates, order, and the form asked for."""

import httpx
import pytest

from tests.contract.invoiced_records import changed, create, create_invoice, later


async def fill(invoiced: httpx.AsyncClient) -> None:
    """Two customers with an invoice each, and a third invoice that is a draft, dated 100, 200, 300."""
    await create(invoiced)
    await create(invoiced)
    await create_invoice(invoiced, 1, date=100, metadata={"a": "1"}, name="B")
    await create_invoice(invoiced, 2, date=200, name="A")
    await create_invoice(invoiced, 1, date=300, draft=True, name="A")


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", [1, 2, 3]),
        ("filter[customer]=1", [1, 3]),
        ("filter[paid]=0&filter[draft]=0", [1, 2]),
        ("filter[number]=INV-0002", [2]),
        ("filter[total]=10.00", [1, 2, 3]),
        ("metadata[a]=1", [1]),
        ("start_date=200", [2, 3]),
        ("end_date=200", [1, 2]),
        ("start_date=101&end_date=299", [2]),
        ("sort=name asc,date desc", [3, 2, 1]),
        ("sort=date desc", [3, 2, 1]),
    ],
)
async def test_a_list_holds_what_is_asked_for(
    invoiced: httpx.AsyncClient, query: str, ids: list[int]
) -> None:
    """Filters are ANDed, dates inclusive, sorting as asked, and the count is that of the list."""
    await fill(invoiced)
    answer = await invoiced.get(f"/invoices?{query}")

    assert [each["id"] for each in answer.json()] == ids
    assert answer.headers["X-Total-Count"] == str(len(ids))


async def test_a_poll_by_time_of_change_sees_an_edit(invoiced: httpx.AsyncClient) -> None:
    """`updated_after` and `updated_before` bound what was edited since, in the order of the edits."""
    await fill(invoiced)
    at = (await invoiced.get("/invoices/3")).json()["updated_at"]
    for minute, path in enumerate(("/invoices/3", "/invoices/1"), start=1):
        await later(invoiced, 60 * minute)
        last = await changed(invoiced, path, notes="n")
    asked = f"/invoices?updated_after={at}&sort=updated_at ASC"
    seen = (await invoiced.get(asked)).json()
    before = (await invoiced.get(f"{asked}&updated_before={last['updated_at']}")).json()

    assert [each["id"] for each in seen] == [3, 1]
    assert [each["id"] for each in before] == [3]


async def test_items_are_there_unless_excluded(invoiced: httpx.AsyncClient) -> None:
    """A list shows the lines, `exclude=items` drops them, `expand=customer` shows the customer whole."""
    await fill(invoiced)
    plain = (await invoiced.get("/invoices?include=updated_at")).json()
    lean = (await invoiced.get("/invoices?exclude=items&expand=customer")).json()

    assert [len(each["items"]) for each in plain] == [1, 1, 1]
    assert all("sent" not in each for each in (*plain, *lean))
    assert all("items" not in each for each in lean)
    assert [each["customer"]["id"] for each in lean] == [1, 2, 1]
    assert (await invoiced.get("/invoices/2?expand=customer")).json()["customer"]["name"] == "Acme"
    assert (await invoiced.get("/invoices?expand=items")).json()["param"] == "expand"


async def test_wrong_questions_are_refused(invoiced: httpx.AsyncClient) -> None:
    """A date nobody can read and a field there is none of answer 400."""
    for query in ("start_date=today", "filter[items]=1", "filter[sent]=1", "sort=items"):
        assert (await invoiced.get(f"/invoices?{query}")).status_code == 400
