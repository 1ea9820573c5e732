"""What a story knows of its own things while it is drawn: which are there, and what may be done to each."""

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from tests.flow.customer_api import SYSTEMS, Name
from tests.oracle.coverage import COLUMNS, NONE, RESTART, Cell, reachable
from tests.oracle.entities import CONTACT, CUSTOMER, PERSON, Entity, Operation

ANCHORS, MOST = 2, 10
MOST_AT_FIRST = 6
QUIET = (
    "edit",
    "clear",
    "conflict",
    "apart",
    "refer",
    "price",
)  # a second act may follow in the same chapter
EXCHANGES = {"customer": ("person",), "person": ("customer", "contact"), "contact": ("person",)}


class Role(Struct):
    """One thing: `born` and `done` are chapters, `acts` what was done to it in this one."""

    name: str
    entity: Entity
    born: int
    anchor: bool = False
    parent: str | None = None
    archived: bool = False
    erased_on: Name | None = None
    acts: list[Operation] = field(default_factory=list)
    filled: set[str] = field(default_factory=set)  # the properties somebody has given a value
    lines: list[str] = field(default_factory=list)  # of an order, those that stand


class Cast(Struct):
    """All things of one story."""

    entities: Mapping[str, Entity]
    roles: list[Role] = field(default_factory=list)
    chapter: int = 0

    def turn(self) -> None:
        """The next chapter begins: all has arrived."""
        self.chapter += 1
        for role in self.roles:
            role.acts.clear()

    def cells(self, *, killed: bool) -> list[Cell]:
        """What could be done next to anything, and could meet which fault."""
        other = NONE if killed else RESTART
        return [
            Cell(entity.name, operation, fault)
            for entity in self.entities.values()
            for operation in entity.operations
            if self.fitting(entity, operation)
            for fault in COLUMNS
            if fault != other and reachable(entity, operation, fault)
        ]

    def fitting(self, entity: Entity, operation: Operation) -> list[Role]:
        """The things it could be done to; for a create one that is not there yet."""
        if operation == "create":
            return self._unborn(entity)
        return [one for one in self.roles if one.entity.name == entity.name and self._may(one, operation)]

    def anchors(self, but: str | None = None) -> list[Role]:
        """Customers that serve as parents: they stay in use, and what they are."""
        return [one for one in self.roles if one.anchor and one.born < self.chapter and one.name != but]

    def sides(self, role: Role, operation: Operation, target: str) -> Iterator[Name]:
        """The sides whose users can do it."""
        for side in SYSTEMS:
            if operation == "flow" and side != (
                "crm" if CONTACT.name in {role.entity.name, target} else "invoiced"
            ):
                continue
            # What stands below a customer of Invoiced stays there, and who enters it once more enters another one.
            if role.entity.needs_parent and operation in {"refer", "restore"} and side == "invoiced":
                continue
            yield side

    def targets(self, role: Role) -> list[str]:
        """The entities it could become by a change of flow."""
        reached = [name for name in EXCHANGES.get(role.entity.name, ()) if name in self.entities]
        return [name for name in reached if name != CONTACT.name or self.anchors()]

    def _unborn(self, entity: Entity) -> list[Role]:
        anchors = sum(one.anchor for one in self.roles)
        at_first = self.chapter == 0 and len(self.roles) >= MOST_AT_FIRST
        if len(self.roles) >= MOST or at_first or (anchors < ANCHORS and entity.name != CUSTOMER.name):
            return []
        if entity.needs_parent and not self.anchors():
            return []
        name = chr(ord("A") + len(self.roles))
        return [Role(name, entity, self.chapter, anchor=anchors < ANCHORS)]

    def _may(self, role: Role, operation: Operation) -> bool:
        if role.born == self.chapter or len(role.acts) > 1 or not self._beside(role, operation):
            return False
        if operation == "restore":
            return role.archived
        if role.archived or (role.anchor and operation in {"archive", "refer", "flow"}):
            return False
        if (
            operation == "refer"
        ):  # of a contact that moves on at once nobody may write the first move, nor meet its fault
            return bool(self.anchors(role.parent)) and not (role.entity is CONTACT and role.acts)
        # A customer below another one keeps being a customer: a person has no parent.
        return operation != "flow" or (
            not (role.parent and role.entity is CUSTOMER) and bool(self.targets(role))
        )

    def _beside(self, role: Role, operation: Operation) -> bool:
        """Whether it may follow what was done to the thing in this chapter already."""
        together = [operation, *role.acts]
        return len(together) == 1 or all(one in QUIET for one in together)


def becomes(role: Role, act_entity: str, entities: Mapping[str, Entity], parent: str | None) -> None:
    """A change of flow."""
    role.entity = entities[act_entity]
    role.parent = parent if role.entity.name != PERSON.name else None
