"""An item is made anew for one value, and the API changes another one it was sent along: nobody has edited that."""

from typing import Any

from msgspec.structs import replace

from tests.property.families import change, counterpart, everything, product, record
from tests.property.promises import kept
from tests.property.scenes import HERE, THERE, quiet
from tests.property.world import World

ITEM = f"{HERE}:item:SKU"


def _made_anew(sent: dict[str, Any], **shown: Any) -> World:
    """The price was changed in the CRM; the item was sent whole, and its API shows more changed than the price."""
    world = everything()
    product(world, THERE)
    world.settle()
    change(world, THERE, counterpart(world, ITEM).split(":")[2], UnitPrice="13")
    world.go(THERE)
    sink = world.sinks[HERE]
    sink.start(world.now)
    world.apis[HERE].records["SKU"] |= shown
    results = sink.step(world.tick())
    while not results:
        results = sink.step(world.tick())
    for result in results:
        world.append(replace(result, resent=sent))
    world.fold()
    return world


def test_what_the_api_made_of_a_value_sent_along_is_listed_and_goes_nowhere() -> None:
    """The name is upper-cased: the product keeps its own, the difference is normalised, nothing is written for it."""
    world = _made_anew({"name": "Thing SKU"}, name="THING SKU")
    before = world.writes()
    world.settle()

    assert world.writes() == before
    assert record(world, counterpart(world, ITEM))["Name"] == "Thing SKU"
    assert world.link(ITEM).invoiced.normalised == {"name": ["Thing SKU", "THING SKU"]}
    kept(world)

    change(world, HERE, "SKU", name="Ours")
    world.settle()
    assert record(world, counterpart(world, ITEM))["Name"] == "Ours"
    assert world.link(ITEM).invoiced.normalised == {}


def test_an_edit_that_was_sent_along_flows_on() -> None:
    """A user renamed the item before it was made anew, and nobody had seen it: the answer shows it, and it goes over."""
    world = _made_anew({}, name="Theirs")
    world.settle()

    assert record(world, counterpart(world, ITEM))["Name"] == "Theirs"
    quiet(world)


def test_an_edit_that_was_sent_along_and_tidied_flows_on() -> None:
    """The same, and the API has changed it on the way: the product gets what is shown."""
    world = _made_anew({"name": "Theirs"}, name="THEIRS")
    world.settle()

    assert record(world, counterpart(world, ITEM))["Name"] == "THEIRS"
    assert world.link(ITEM).invoiced.normalised == {}
