"""What every entity's reads have in common: one page of a list, one record, each in the form asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .call import Answer, Call
from .conditions import Condition
from .entity import Entity
from .exact_json import dumps
from .listing import Listing, list_order, runs_by_id
from .pages import DeepPages, asked_page
from .records import Document, Records
from .shaping import Shape


@dataclass(frozen=True, slots=True)
class Reads:
    """Answers reads; `hidden` names fields that are kept but not shown."""

    listing: Listing
    records: Records
    switches: Mapping[str, bool]
    deep: DeepPages = field(default_factory=DeepPages)

    def page(
        self, call: Call, entity: Entity, conditions: Sequence[Condition], hidden: Sequence[str] = ()
    ) -> Answer:
        """One page of the records that meet the conditions."""
        params = call.request.query_params
        page = asked_page(params, self.switches)
        order = list_order(entity, params, self.switches)
        shape = Shape(entity, params, self.switches, hidden)
        if runs_by_id(order) and self.switches["invoiced.deep_paging_refused"]:
            self.deep.check(call.request.url, call.actor, page)
        total = self.listing.count(entity, conditions) if page.counted else 0
        texts = self.listing.page(entity, conditions, order, page)
        headers = page.headers(call.request.url, total)
        return Answer(shape.list_text(texts, self.records), headers=headers)

    def one(self, call: Call, entity: Entity, document: Document, hidden: Sequence[str] = ()) -> Answer:
        """One record."""
        shape = Shape(entity, call.request.query_params, self.switches, hidden)
        return Answer(shape.text(dumps(document), self.records))

    def written(self, document: Document, status: int = 200, hidden: Sequence[str] = ()) -> Answer:
        """A record as a write answers it: whole, whatever the query asks for."""
        return Answer(dumps({name: each for name, each in document.items() if name not in hidden}), status)
