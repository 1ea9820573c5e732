"""How the CRM refuses: one exception, rendered as `{"Error":{"Code","Message","Field"}}`."""

import orjson
from starlette.responses import Response


class Refusal(Exception):  # noqa: N818 - named for what happened, like every error here
    """A request the CRM does not carry out."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        field: str | None = None,
        existing_id: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"Code": code, "Message": message, "Field": field}
        if existing_id is not None:
            self.error["ExistingId"] = existing_id
        self.headers = headers

    def response(self) -> Response:
        """The answer."""
        body = orjson.dumps({"Error": self.error})
        return Response(body, self.status, headers=self.headers, media_type="application/json")


def invalid(field: str | None, message: str) -> Refusal:
    """A value that cannot be taken."""
    return Refusal(422, "invalid", message, field=field)


def not_found(path: str, record_id: str) -> Refusal:
    """An id that names nothing."""
    return Refusal(404, "not_found", f"/{path}/{record_id} does not exist; list /{path} for those that do")


CODES = {
    400: "malformed",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    412: "precondition_failed",
    422: "invalid",
    429: "rate_limited",
    501: "not_implemented",
}


def plain(status: int, message: str, param: str | None = None) -> Response:
    """An error known by its status only, as planned faults and the router make them."""
    return Refusal(status, CODES.get(status, "internal"), message, field=param).response()
