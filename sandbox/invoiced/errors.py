"""What Invoiced answers when it refuses, and the body it says so with.

* ApiError
  - InvalidError     400: the request or one of its fields cannot be used
  - ConflictError    400: it can, but not beside what is stored (422/409 with `invoiced.refusals_are_400` off)
  - UnauthorizedError 401, ForbiddenError 403, NotFoundError 404, TooManyError 429, NotYetError 501
"""

from collections.abc import Mapping

from starlette.responses import Response

from .exact_json import dumps

JSON = "application/json"


class ApiError(Exception):
    """A refusal; `status_if_strict` is its status where refusals are told apart from one another."""

    status = 400
    status_if_strict = 400

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param


class InvalidError(ApiError):
    """The request, or one of its fields, cannot be used."""

    status_if_strict = 422


class ConflictError(ApiError):
    """Valid by itself, but not beside what is stored."""

    status_if_strict = 409


class UnauthorizedError(ApiError):
    """No key, or a wrong one."""

    status = status_if_strict = 401


class ForbiddenError(ApiError):
    """The key may not do this."""

    status = status_if_strict = 403


class NotFoundError(ApiError):
    """There is no such record or route."""

    status = status_if_strict = 404


class TooManyError(ApiError):
    """Too many requests of this key are under way."""

    status = status_if_strict = 429


class NotYetError(ApiError):
    """Invoiced knows this, the simulator does not yet."""

    status = status_if_strict = 501


def error_type(status: int, *, assumed: bool) -> str:
    """The `type` of an error body: the documented two, or the assumed three."""
    if not assumed:
        return "invalid_request" if status < 500 else "api"
    if status == 429:
        return "rate_limit_error"
    return "invalid_request" if status < 500 else "api_error"


def error_response(status: int, message: str, param: str | None, switches: Mapping[str, bool]) -> Response:
    """An error as Invoiced answers it."""
    body = {"type": error_type(status, assumed=switches["invoiced.error_types_assumed"]), "message": message}
    if param is not None:
        body["param"] = param
    return Response(dumps(body), status, media_type=JSON)


def refusal(error: ApiError, switches: Mapping[str, bool]) -> Response:
    """The answer to a request that was refused."""
    status = error.status if switches["invoiced.refusals_are_400"] else error.status_if_strict
    answer = error_response(status, error.message, error.param, switches)
    if status == 429 and not switches["invoiced.retry_after_absent"]:
        answer.headers["Retry-After"] = "1"
    return answer
