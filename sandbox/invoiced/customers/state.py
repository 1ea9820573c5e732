"""The customers of the account: what can be done to them, with its events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sandbox.invoiced.account import Account
from sandbox.invoiced.call import Call
from sandbox.invoiced.database import Database
from sandbox.invoiced.errors import ConflictError, InvalidError, NotFoundError
from sandbox.invoiced.events.log import EventLog
from sandbox.invoiced.numbering import Numbers
from sandbox.invoiced.parents import Follower
from sandbox.invoiced.records import Document, Records
from sandbox.invoiced.versions import Tell, Versions, silent

from . import rules

NAME = "customer"


@dataclass(frozen=True, slots=True)
class Customers:
    """Reads and writes customers; each method runs in the caller's transaction."""

    database: Database
    records: Records
    versions: Versions
    events: EventLog
    switches: Mapping[str, bool]
    account: Account
    numbers: Numbers
    followers: Sequence[Follower]

    def get(self, id_: int) -> Document:
        """A customer, or NotFoundError."""
        customer = self.records.get(NAME, id_)
        if customer is None:
            raise NotFoundError(f"No such customer: {id_}")
        return customer

    def create(self, call: Call) -> Document:
        """A new customer."""
        customer = rules.created(self.database.next_number(NAME), call.body, self.account, self.switches)
        self._check_parent(customer)
        self.numbers.give(customer)
        return self.versions.first(customer, self._told(call))

    def update(self, call: Call, id_: int) -> Document:
        """Changes a customer by the request's fields."""
        before = self.get(id_)
        return self._save(call, before, rules.changed(before, call.body, self.account, self.switches))

    def delete(self, call: Call, id_: int) -> None:
        """Removes a customer with what follows it; those below it lose their parent."""
        customer = self.get(id_)
        bound = rules.has_transactions(customer) or any(each.binds(id_) for each in self.followers)
        if bound and self.switches["invoiced.delete_refused"]:
            raise ConflictError(
                f"Customer {id_} has transactions and cannot be deleted; deactivate it with active:false"
            )
        self._move_children(call, id_, None)
        for follower in self.followers:
            follower.remove_all(call, customer)
        self.records.delete(NAME, id_)
        self.events.append(call, "deleted", customer)

    def merge(self, call: Call, winner_id: int, loser_id: int) -> Document:
        """Lets the loser go up in the winner: its id disappears, those below it and what follows it move."""
        winner, loser = self.get(winner_id), self.get(loser_id)
        if winner_id == loser_id:
            raise InvalidError(f"customer {loser_id} cannot be merged with itself", "customer")
        if winner["parent_customer"] == loser_id:
            winner = self._save(call, winner, {**winner, "parent_customer": loser["parent_customer"]})
        self._move_children(call, loser_id, winner_id)
        for follower in self.followers:
            follower.merge(call, loser, winner)
        self.records.delete(NAME, loser_id)
        if not self.switches["invoiced.merge_is_one_event"]:
            self.events.append(call, "deleted", loser)
        if not self.switches["invoiced.merge_keeps_winner"]:
            winner = self.versions.touch(winner, silent)
        self.events.append(call, "merged", winner)
        return winner

    def _save(self, call: Call, before: Document, after: Document) -> Document:
        if after["number"] != before["number"]:
            self.numbers.check(after)
        if after["parent_customer"] != before["parent_customer"]:
            self._check_parent(after)
        return self.versions.save(before, after, self._told(call))

    def _told(self, call: Call) -> Tell:
        return partial(self.events.append, call)

    def _move_children(self, call: Call, parent: int, to: int | None) -> None:
        for child in self.records.children(NAME, parent):
            if child["id"] != to:
                self._save(call, child, {**child, "parent_customer": to})

    def _check_parent(self, customer: Document) -> None:
        ancestors: list[int] = []
        above = customer["parent_customer"]
        while above is not None and above not in ancestors:
            ancestors.append(above)
            parent = self.records.get(NAME, above)
            if parent is None:
                raise InvalidError(f"parent_customer {above} does not exist", "parent_customer")
            above = parent["parent_customer"]
        if ancestors:
            rules.check_ancestors(
                customer["id"], ancestors, self._levels_below(customer["id"]), self.switches
            )

    def _levels_below(self, id_: int, depth: int = 0) -> int:
        children = self.records.children(NAME, id_)
        if not children or depth > rules.MAX_DEPTH:
            return depth
        return max(self._levels_below(child["id"], depth + 1) for child in children)
