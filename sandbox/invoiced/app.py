"""Puts the simulator together: one application with its state, its routes and the layer for tests."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.control import Clock, Faults, older_records, wrap

from . import siblings
from .account import Account, Keys
from .contacts.routes import ContactRoutes
from .contacts.state import Contacts
from .customers.routes import CustomerRoutes
from .customers.state import Customers
from .database import Database
from .endpoint import Handler, Runner
from .errors import error_response
from .events.log import EventLog
from .events.routes import EventRoutes
from .gate import Gate, UnderWay
from .idempotency import Answers
from .invoices.following import FollowingInvoices
from .invoices.overdue import Overdue
from .invoices.owed import Owed
from .invoices.routes import InvoiceRoutes
from .invoices.state import Invoices
from .items.routes import ItemRoutes
from .items.state import Items
from .line_items.catalogue import Catalogue
from .line_items.pending import PendingLines
from .line_items.routes import LineItemRoutes
from .listing import Listing
from .numbering import Numbers
from .parents import Parents
from .payments.routes import PaymentRoutes
from .payments.state import Payments
from .reads import Reads
from .records import Records
from .switches import defaults
from .versions import Versions
from .webhooks import Endpoint, Webhooks


def create_app(
    data_dir: Path | None = None,
    *,
    api_key: str = "inv-tandem",
    user_api_key: str = "inv-user",
    webhooks: Sequence[tuple[str, str]] = (),
    account: Account | None = None,
) -> ASGIApp:
    """The simulator, its records in `data_dir` or in memory; `webhooks` are pairs of address and secret."""
    database, clock, faults, switches = Database(data_dir), Clock(), Faults(), defaults()
    keys, account = Keys(api_key, user_api_key), account or Account()
    hooks = Webhooks(database, switches, [Endpoint(*each) for each in webhooks])
    records = Records(database)
    log = EventLog(database, clock, switches, hooks)
    events = EventRoutes(database, clock, switches)
    hooks.read_event = events.text
    own = _entities(database, records, log, switches, clock, account)
    table = [*own, *events.table(), *siblings.table()]
    runner = Runner(database, Answers(database, clock, switches), faults, switches)
    app = _routed(table, runner, switches, hooks, database)
    return UnderWay(
        wrap(
            Gate(app, keys, account.concurrency, switches),
            data_dir=data_dir,
            actor=keys.actor,
            error=partial(error_response, switches=switches),
            switches=switches,
            reset_data=database.clear,
            clock=clock,
            faults=faults,
            stale=older_records(lambda _, record: records.previous(record)),
        )
    )


def _entities(
    database: Database,
    records: Records,
    log: EventLog,
    switches: Mapping[str, bool],
    clock: Clock,
    account: Account,
) -> list[tuple[str, str, Handler]]:
    """What can be asked of each entity."""
    versions, reads = Versions(records, switches, clock), Reads(Listing(database), records, switches)
    contacts = Contacts(database, records, versions, log, switches)
    parents = Parents(records, versions, log, switches, account)
    pending = PendingLines(database, parents, Catalogue(records), switches)
    overdue, number = Overdue(database, parents), Numbers("invoice", "INV", 4, database, records, switches)
    invoices = Invoices(database, parents, pending, Catalogue(records), number, overdue, switches)
    payments = Payments(database, parents, invoices, switches)
    customers = Customers(
        database,
        records,
        versions,
        log,
        switches,
        account,
        Numbers("customer", "CUST", 5, database, records, switches),
        (contacts, pending, payments, FollowingInvoices(parents)),
    )
    items = Items(database, records, versions, switches, account)
    return [
        *CustomerRoutes(customers, Owed(parents, overdue), reads).table(),
        *ContactRoutes(contacts, reads).table(),
        *ItemRoutes(items, reads).table(),
        *LineItemRoutes(pending, reads).table(),
        *InvoiceRoutes(invoices, reads).table(),
        *PaymentRoutes(payments, reads).table(),
    ]


def _routed(
    table: Sequence[tuple[str, str, Handler]],
    runner: Runner,
    switches: Mapping[str, bool],
    hooks: Webhooks,
    database: Database,
) -> Starlette:
    async def unknown(request: Request, _: Exception) -> Response:
        message = f"Request was not recognized: {request.method} {request.url.path}"
        return error_response(404, message, None, switches)

    async def broken(_: Request, error: Exception) -> Response:
        return error_response(500, f"The simulator failed: {error!r}", None, switches)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        hooks.wake()
        yield
        await hooks.stop()
        database.close()

    routes = [Route(path, runner.endpoint(handler), methods=[method]) for method, path, handler in table]
    return Starlette(
        routes=routes, exception_handlers={HTTPException: unknown, Exception: broken}, lifespan=lifespan
    )
