"""Asks a system once, with the key, for one record: whether it answers, and whether it takes the login."""

from collections.abc import Mapping
from typing import Literal

import httpx
from msgspec import Struct

from connectors.invoiced.entities import CUSTOMER
from connectors.system import basic, login_header, meaning_in
from ops.configuration import required
from ops.errors import Mistake, Negative, Unreached
from ops.profile import profile_of
from ops.settings import Crm, Invoiced, Settings
from schemas.profile import Profile

HTTP_S = 5.0
System = Literal["invoiced", "crm"]


class Read(Struct, frozen=True):
    """A read that changes nothing and costs little."""

    url: str
    headers: Mapping[str, str]
    params: Mapping[str, str]


def look(settings: Settings, system: System) -> str:
    """What came of one read, in words; what is wrong ends in a failure that names the cure."""
    name = system.upper()
    required(settings, f"TANDEM_{name}__URL", f"TANDEM_{name}__API_KEY")
    profile = profile_of(settings) if system == "crm" else None
    access = settings.invoiced if profile is None else settings.crm
    read = _read(access, profile)
    try:
        answer = httpx.get(read.url, headers=dict(read.headers), params=dict(read.params), timeout=HTTP_S)
    except httpx.HTTPError as error:
        cure = f"see that it runs, or correct TANDEM_{name}__URL; Tandem goes on by itself once it answers"
        raise Unreached(
            "system", f"{read.url} does not answer: {error}", where=read.url, cure=cure
        ) from error
    _judge(answer.status_code, profile, read.url, name)
    return f"{read.url} answers and takes the key ({answer.status_code})"


def _read(access: Invoiced | Crm, profile: Profile | None) -> Read:
    key = access.api_key.get_secret_value() if access.api_key else ""
    if profile is None:
        return Read(f"{access.url}{CUSTOMER.path}", basic(key), {"per_page": "1"})
    path = profile.base_path + next(iter(profile.entities.values())).path
    params = {profile.paging.per_page_parameter: "1"}
    return Read(f"{access.url}{path}", login_header(profile.auth, key), params)


def _judge(status: int, profile: Profile | None, url: str, name: str) -> None:
    if meaning_in(profile, status) == "login" or status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        message = f"{url} refuses the key ({status})"
        cure = (
            f"correct TANDEM_{name}__API_KEY (a key that may read and write), restart that connector, "
            "and look here again"
        )
        raise Mistake("login", message, where=f"TANDEM_{name}__API_KEY", cure=cure)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        cure = "bring it back, or ask whoever runs it; Tandem goes on by itself once it answers"
        raise Unreached("system", f"{url} fails ({status})", where=url, cure=cure)
    if status == httpx.codes.NOT_FOUND:
        cure = f"correct TANDEM_{name}__URL" + ("" if profile is None else ", or the paths in its profile")
        raise Mistake("system", f"{url} is not there (404)", where=url, cure=cure)
    if status >= httpx.codes.BAD_REQUEST and status != httpx.codes.TOO_MANY_REQUESTS:
        cure = f"see that TANDEM_{name}__URL is this system's API"
        raise Negative("system", f"{url} answers {status}", where=url, cure=cure)
