"""A record deleted for good on one side comes back when the other side's is restored."""

from tests.property.world import World


def test_a_restore_in_the_crm_makes_a_new_invoiced_customer_of_the_same_link() -> None:
    """The delete archived the CRM's record with both marks; the restore takes back one of them."""
    world = World()
    invoiced, crm = world.apis["invoiced"], world.apis["crm"]
    first = invoiced.create(world.tick(), {"name": "Acme", "number": "1001"})
    world.settle()
    (link,) = world.links()
    there = next(iter(crm.records))

    invoiced.destroy(first)
    world.settle()
    archived = crm.records[there]["IsDeleted"]
    crm.patch(world.tick(), there, {"IsDeleted": False})
    world.settle()

    (again,) = invoiced.records
    (after,) = world.links()
    assert archived is True
    assert again != first
    assert invoiced.records[again]["active"] is True
    assert crm.records[there]["IsActive"] is True
    assert (after.id, after.invoiced.ref) == (link.id, invoiced.ref(again))
