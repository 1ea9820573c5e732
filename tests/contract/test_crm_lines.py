"""Lines of an order in the reference CRM: the full set in each patch, their Ids, their products."""

from typing import Any

import httpx
import pytest

PRODUCT = "PRO00000001"
Line = dict[str, Any]


@pytest.fixture
async def crm(crm: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a CRM with the customer CUS00000001 and the products PRO00000001 and PRO00000002."""
    await crm.post("/customers", json={"Name": "Acme"})
    for name in ("Pump", "Hose"):
        await crm.post("/products", json={"Name": name})
    return crm


async def made(crm: httpx.AsyncClient, *lines: Line, **properties: Any) -> dict[str, Any]:
    """A new order with these lines, as answered."""
    body = {"CustomerId": "CUS00000001", "Lines": lines, **properties}
    response = await crm.post("/orders", json=body)
    assert response.status_code == 201, response.text
    return dict(response.json())


async def patched(crm: httpx.AsyncClient, order: dict[str, Any], *lines: Line) -> dict[str, Any]:
    """The order after a patch of its lines."""
    response = await crm.patch(f"/orders/{order['Id']}", json={"Lines": lines})
    assert response.status_code == 200, response.text
    return dict(response.json())


def places(order: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Name, LineId and Position of each line, in order."""
    return [(line["Name"], line["LineId"], line["Position"]) for line in order["Lines"]]


async def test_an_order_is_born_with_its_lines(crm: httpx.AsyncClient) -> None:
    """Each line is given a LineId and its place in the array, from 1; what it does not name is empty or its default."""
    order = await made(crm, {"Name": "a", "ProductId": PRODUCT, "Quantity": "2"}, {"Name": "b"})

    assert places(order) == [("a", "LIN00000001", 1), ("b", "LIN00000002", 2)]
    assert order["Lines"][0] == {
        "LineId": "LIN00000001",
        "ProductId": PRODUCT,
        "Name": "a",
        "Description": None,
        "Quantity": "2",
        "UnitPrice": None,
        "DiscountAmount": None,
        "IsTaxable": True,
        "IsDiscountable": True,
        "LineTotal": None,
        "Position": 1,
    }
    assert (await crm.get("/orders")).json() == [order]


async def test_a_patch_of_lines_is_the_new_full_set(crm: httpx.AsyncClient) -> None:
    """Lines named by LineId stay, those without one are new, those left out are gone; the array's order is the lines'."""
    order = await made(crm, {"Name": "a"}, {"Name": "b"}, {"Name": "c"})
    _, b, c = [{"LineId": line["LineId"]} for line in order["Lines"]]
    after = await patched(crm, order, c, {"Name": "d", "Position": 1}, {**b, "Position": 1})

    assert places(after) == [("c", "LIN00000003", 1), ("d", "LIN00000004", 2), ("b", "LIN00000002", 3)]
    assert after["Version"] == 2


async def test_a_line_that_stays_is_patched(crm: httpx.AsyncClient) -> None:
    """In a line named by its LineId what is absent is untouched and null is cleared, as in the order itself."""
    order = await made(crm, {"Name": "a", "Quantity": "2", "IsTaxable": False, "Description": "long"})
    line_id = order["Lines"][0]["LineId"]
    line = {"LineId": line_id, "UnitPrice": "1.10", "IsTaxable": None, "Description": None}
    after = (await patched(crm, order, line))["Lines"][0]

    assert after == {**order["Lines"][0], "UnitPrice": "1.10", "IsTaxable": True, "Description": None}


async def test_lines_as_they_were_read_change_nothing(crm: httpx.AsyncClient) -> None:
    """The set sent back whole keeps version and stamp; a patch without Lines keeps the set."""
    order = await made(crm, {"Name": "a"}, {"Name": "b"})
    same = await patched(crm, order, *order["Lines"])
    other = (await crm.patch(f"/orders/{order['Id']}", json={"Notes": "n"})).json()

    assert same == order
    assert (other["Lines"], other["Version"]) == (order["Lines"], 2)


@pytest.mark.parametrize("nothing", [None, []])
async def test_lines_are_all_taken_away(crm: httpx.AsyncClient, nothing: list[Line] | None) -> None:
    """An empty set and null both leave none, shown as an empty array."""
    order = await made(crm, {"Name": "a"})
    after = await crm.patch(f"/orders/{order['Id']}", json={"Lines": nothing})

    assert (after.status_code, after.json()["Lines"]) == (200, [])


async def test_a_line_id_is_never_given_twice(crm: httpx.AsyncClient) -> None:
    """What a line was called that is gone names no later one, and cannot be used to bring it back."""
    order = await made(crm, {"Name": "a"})
    await patched(crm, order)
    after = await patched(crm, order, {"Name": "b"})
    back = await crm.patch(f"/orders/{order['Id']}", json={"Lines": [{"LineId": "LIN00000001"}]})

    assert places(after) == [("b", "LIN00000002", 1)]
    assert (back.status_code, back.json()["Error"]["Field"]) == (422, "Lines.0.LineId")


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("Lines.1", "a"),
        ("Lines.1.LineId", {"LineId": "LIN00000009"}),
        ("Lines.1.LineId", {"LineId": "LIN00000001"}),
        ("Lines.1.LineId", {"LineId": "LIN00000002"}),
        ("Lines.1.LineId", {"LineId": 1}),
        ("Lines.1.ProductId", {"ProductId": "PRO00000009"}),
        ("Lines.1.ProductId", {"ProductId": "CUS00000001"}),
        ("Lines.1.Quantity", {"Quantity": 2}),
        ("Lines.1.UnitPrice", {"UnitPrice": 0.1}),
        ("Lines.1.LineTotal", {"LineTotal": "1e3"}),
        ("Lines.1.IsTaxable", {"IsTaxable": "yes"}),
        ("Lines.1.Name", {"Name": "x" * 256}),
        ("Lines.1.Position", {"Position": "first"}),
        ("Lines.1.Price", {"Price": "1"}),
    ],
)
async def test_a_line_that_cannot_be_taken_is_named(crm: httpx.AsyncClient, field: str, line: Any) -> None:
    """The property at fault is told with the line's place from 0: unknown, repeated or another order's LineId; nothing changes."""
    other, order = await made(crm, {"Name": "other"}), await made(crm, {"Name": "a"})
    # LIN00000001 is the other order's, LIN00000002 is named twice
    lines = [{"LineId": "LIN00000002", "Name": "edited"}, line]
    answer = await crm.patch(f"/orders/{order['Id']}", json={"Lines": lines})

    assert (answer.status_code, answer.json()["Error"]["Field"]) == (422, field)
    assert (await crm.get("/orders")).json() == [other, order]


async def test_a_new_order_has_no_line_ids_yet(crm: httpx.AsyncClient) -> None:
    """A LineId sent with a create names nothing."""
    answer = await crm.post(
        "/orders", json={"CustomerId": "CUS00000001", "Lines": [{"LineId": "LIN00000001"}]}
    )

    assert (answer.status_code, answer.json()["Error"]["Field"]) == (422, "Lines.0.LineId")


async def test_a_line_keeps_a_product_that_is_gone(crm: httpx.AsyncClient) -> None:
    """A full set says again what has long been there; only a product that a line did not name before must exist."""
    order = await made(crm, {"ProductId": PRODUCT}, {"ProductId": "PRO00000002"})
    await crm.delete(f"/products/{PRODUCT}", params={"purge": "true"})
    first, second = order["Lines"]
    kept = await patched(crm, order, {**first, "Name": "edited"}, second)
    moved = await crm.patch(
        f"/orders/{order['Id']}", json={"Lines": [first, {**second, "ProductId": PRODUCT}]}
    )

    assert [line["ProductId"] for line in kept["Lines"]] == [PRODUCT, "PRO00000002"]
    assert (moved.status_code, moved.json()["Error"]["Field"]) == (422, "Lines.1.ProductId")


@pytest.mark.parametrize(
    ("field", "how", "names"),
    [
        ("Lines.Name", "trim", ["pump", "hose"]),
        ("Lines.Name", "upper", [" PUMP ", "HOSE"]),
        ("Lines.Name", "truncate:2", [" p", "ho"]),
        ("Lines.Name", "drop", [None, None]),
        ("ShippingAddress.City", "trim", [" pump ", "hose"]),
    ],
)
async def test_a_crm_that_tidies_up_does_so_in_every_line(
    crm: httpx.AsyncClient, field: str, how: str, names: list[str | None]
) -> None:
    """A planned `normalise` goes by dots into the list of lines and into the address, and nowhere else."""
    fault = {"kind": "normalise", "field": field, "how": how}
    await crm.post("/_sandbox/faults", json=fault)
    order = await made(
        crm, {"Name": " pump "}, {"Name": "hose"}, Name=" order ", ShippingAddress={"City": " Lund "}
    )

    assert [line["Name"] for line in order["Lines"]] == names
    city = "Lund" if field.startswith("ShippingAddress") else " Lund "
    assert (order["Name"], order["ShippingAddress"]["City"]) == (" order ", city)


async def test_a_crm_that_rounds_does_so_in_every_line(crm: httpx.AsyncClient) -> None:
    """`round` in `Lines.UnitPrice` is exact and leaves a line without a price alone."""
    await crm.post(
        "/_sandbox/faults", json={"kind": "normalise", "field": "Lines.UnitPrice", "how": "round:2"}
    )
    order = await made(crm, {"UnitPrice": "1.005"}, {"UnitPrice": None}, {"Name": "c"}, {"UnitPrice": "2"})

    assert [line["UnitPrice"] for line in order["Lines"]] == ["1.01", None, None, "2.00"]
