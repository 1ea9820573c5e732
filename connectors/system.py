"""One system's parts, by its name: how to read it, how to write it, how to log in, how to read its errors."""

import base64
from collections.abc import Callable
from functools import partial

import httpx
from msgspec import Struct

from connectors.budget import Budget
from connectors.clock import Clock
from connectors.config import ConnectorConfig
from connectors.crm import records as crm_records
from connectors.crm.sink import CrmSink
from connectors.crm.source import CrmSource
from connectors.errors import Meaning
from connectors.http import Client, ErrorReader, GuardedTransport
from connectors.invoiced import records as invoiced_records
from connectors.invoiced.events import InvoicedFeed
from connectors.invoiced.sink import InvoicedSink
from connectors.invoiced.source import InvoicedSource, nobody
from connectors.sink import Sink
from connectors.source import Feed, Source
from connectors.surroundings import Replacer
from schemas.profile import Auth, Profile

_MEANINGS: dict[str, Meaning] = {
    "rejected": "rejected",
    "login": "login",
    "gone": "gone",
    "duplicate": "duplicate",
    "stale": "stale",
    "throttled": "throttled",
    "retry": "retry",
}


class SystemParts(Struct, frozen=True):
    """A system's halves and its client."""

    source: Source
    sink: Sink
    client: Client
    feed: Feed | None
    replacer: Replacer | None = None


def parts_of(
    config: ConnectorConfig,
    clock: Clock,
    check: Callable[[], None],
    transport: httpx.AsyncBaseTransport | None = None,
    parent_of: Callable[[str], str | None] = nobody,
) -> SystemParts:
    """Return the parts of the configured system; `check` runs right before the bytes of every request.

    `parent_of`: the id of the record below which another one lives, as far as it is known.
    """
    if config.system == "invoiced":
        source = InvoicedSource(config.modelled, config.entities, parent_of, config.item_confirm_s)
        client = _client(
            config, clock, check, basic(config.api_key), invoiced_records.read_error, None, transport
        )
        sink = InvoicedSink(source)
        return SystemParts(source, sink, client, InvoicedFeed(), sink)
    if config.profile is None:
        raise LookupError("a CRM is reached by its profile: set `profile`")
    crm = CrmSource(config.profile, config.entities, config.modelled)
    reader = partial(crm_records.read_error, config.profile)
    login = login_header(config.profile.auth, config.api_key)
    client = _client(config, clock, check, login, reader, config.profile, transport)
    return SystemParts(crm, CrmSink(config.profile, crm), client, None)


def _client(
    config: ConnectorConfig,
    clock: Clock,
    check: Callable[[], None],
    login: dict[str, str],
    read_error: ErrorReader,
    profile: Profile | None,
    transport: httpx.AsyncBaseTransport | None,
) -> Client:
    # Idle connections end before a server's own five seconds: a write into a closing one would be doubtful.
    limits = httpx.Limits(keepalive_expiry=3.0)
    inner = transport if transport is not None else httpx.AsyncHTTPTransport(retries=0, limits=limits)
    http = httpx.AsyncClient(
        base_url=config.url,
        headers={"user-agent": "tandem", **login},
        timeout=config.client_timeout_s,
        transport=GuardedTransport(inner, check),
    )
    rps = config.rps if profile is None else min(config.rps, profile.rate.requests_per_s)
    meaning = partial(meaning_in, profile)
    return Client(http, Budget(rps, clock), clock, read_error, meaning, config.system)


def meaning_in(profile: Profile | None, status: int) -> Meaning | None:
    """Return what a profile says about a status."""
    own = profile.errors.meaning(status) if profile is not None else None
    return None if own is None else _MEANINGS[own]


def login_header(auth: Auth, key: str) -> dict[str, str]:
    """Return the header a CRM's key goes into."""
    match auth.scheme:
        case "bearer":
            return {"authorization": f"Bearer {key}"}
        case "basic":
            return basic(key)
        case "header":
            return {auth.header: key}


def basic(key: str) -> dict[str, str]:
    """Return Invoiced's login: the key as user, no password."""
    user = key if ":" in key else f"{key}:"
    return {"authorization": "Basic " + base64.b64encode(user.encode()).decode()}
