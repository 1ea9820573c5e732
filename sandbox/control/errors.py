"""What can be wrong with a request to `/_sandbox`, told with the place, the value and the cure."""

from typing import Any


class BadInput(ValueError):  # noqa: N818 - named for what happened, like every error here
    """A field of a `/_sandbox` request that cannot be used; answered with `status`."""

    def __init__(self, where: str, value: Any, cure: str, *, status: int = 400) -> None:
        super().__init__(f"{where}: {value!r} cannot be used; {cure}")
        self.where = where
        self.value = value
        self.cure = cure
        self.status = status

    def body(self) -> dict[str, Any]:
        """The answer's body."""
        error = {"code": "bad_input", "message": str(self), "where": self.where}
        return {"error": {**error, "value": self.value, "cure": self.cure}}
