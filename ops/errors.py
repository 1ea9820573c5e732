"""What a command can end with besides an answer, named by what its caller must do.

Failure             the command ends here, and its exit code says how
  + Negative   (1)  the answer is no: look at the reason
  + Mistake    (2)  the command or a setting is wrong: correct it and run again
  + Excess     (3)  more than the threshold allows: look before going on
  + Unreached  (4)  something Tandem depends on does not answer: bring it up and run again
"""

from typing import ClassVar


class Failure(Exception):  # noqa: N818 - the tree is named by what its reader must do
    """An end with a code, the place it was met and the cure."""

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, message: str, *, where: str = "", cure: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.where = where
        self.cure = cure

    def as_json(self) -> dict[str, dict[str, str]]:
        """The shape every failure has on stderr under `--output json`."""
        return {"error": {"code": self.code, "message": self.message, "where": self.where, "cure": self.cure}}


class Negative(Failure):
    """The answer is no: not found, not settled, a check failed."""

    exit_code = 1


class Mistake(Failure):
    """The command line or the configuration cannot be used."""

    exit_code = 2


class Excess(Failure):
    """A threshold was passed, or something drifted."""

    exit_code = 3


class Unreached(Failure):
    """A dependency gave no answer in time."""

    exit_code = 4
