"""`/items` over HTTP."""

from sandbox.invoiced.call import Answer, Call
from sandbox.invoiced.conditions import list_conditions
from sandbox.invoiced.endpoint import Handler
from sandbox.invoiced.fields import TRUE
from sandbox.invoiced.reads import Reads

from .fields import ARCHIVED, ITEM
from .state import Items

BOUNDS = ("updated_after", "updated_before")


class ItemRoutes:
    """Translates between HTTP and `Items`."""

    def __init__(self, items: Items, reads: Reads) -> None:
        self._items = items
        self._reads = reads

    def table(self) -> list[tuple[str, str, Handler]]:
        """Method, path and handler of each."""
        return [
            ("GET", "/items", self.list_page),
            ("POST", "/items", self.create),
            ("GET", "/items/{id}", self.retrieve),
            ("PATCH", "/items/{id}", self.update),
            ("DELETE", "/items/{id}", self.delete),
        ]

    def list_page(self, call: Call) -> Answer:
        """One page of items; `updated_after` may or may not do what the documentation says."""
        switches, params = self._items.switches, call.request.query_params
        archived = switches["invoiced.item_delete_archives"] and params.get("archived", "").lower() in TRUE
        entity = ARCHIVED if archived else ITEM
        ignored = BOUNDS if switches["invoiced.items_updated_after_ignored"] else ()
        asked = [(name, value) for name, value in params.multi_items() if name not in ignored]
        return self._reads.page(call, entity, list_conditions(entity, asked, switches))

    def create(self, call: Call) -> Answer:
        """A new item."""
        return self._reads.written(self._items.create(call), 201)

    def retrieve(self, call: Call) -> Answer:
        """One item."""
        return self._reads.one(call, ITEM, self._items.get(call.text("id")))

    def update(self, call: Call) -> Answer:
        """A changed item."""
        return self._reads.written(self._items.update(call, call.text("id")))

    def delete(self, call: Call) -> Answer:
        """An item less."""
        self._items.delete(call.text("id"))
        return Answer("", 204)
