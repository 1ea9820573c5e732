"""One value of one line, as a property of the record the line lives in."""

from dataclasses import dataclass

from schemas.flow_property import Property


@dataclass(frozen=True, slots=True, kw_only=True)
class LineProperty(Property):
    """A property below a line's key. Its mark says, per system, whether the line is there: else the rest is unknown.

    The mark is a property of its own, true or empty: a line that is not there is an empty value, so that at a first
    match it never wins over one that is.
    """

    key: str
    marks: tuple[str, str]

    def mark(self, system: str) -> str:
        """The image's name that tells whether the line is there."""
        return self.marks[0] if system == "invoiced" else self.marks[1]
