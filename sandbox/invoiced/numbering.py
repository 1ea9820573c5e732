"""The numbers people read: taken as given if free, else the next one of the account."""

from collections.abc import Mapping
from dataclasses import dataclass

from .database import Database
from .errors import ConflictError, InvalidError
from .records import Document, Records


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one entity, such as CUST-00001."""

    entity: str
    prefix: str
    digits: int
    database: Database
    records: Records
    switches: Mapping[str, bool]

    def give(self, document: Document) -> None:
        """Sets the number of a new record that has none; a chosen one must be free."""
        if document["number"] is None and self.switches["invoiced.number_generated"]:
            document["number"] = self._free()
        else:
            self.check(document)

    def check(self, document: Document) -> None:
        """Refuses a number that is missing or another record's."""
        number = document["number"]
        if number is None and self.switches["invoiced.number_generated"]:
            raise InvalidError("number can not be blank", "number")
        if number is None or not self.switches["invoiced.number_unique"]:
            return
        holder = self.records.holder_of_number(self.entity, number)
        if holder is not None and holder != document["id"]:
            raise ConflictError(f"number {number!r} is taken by {self.entity} {holder}", "number")

    def _free(self) -> str:
        while True:
            number = f"{self.prefix}-{self.database.next_number(f'{self.entity}.number'):0{self.digits}}"
            if self.records.holder_of_number(self.entity, number) is None:
                return number
