"""Puts the layer's parts together around an application."""

from collections.abc import Callable, MutableMapping
from pathlib import Path
from sqlite3 import Connection

import orjson
from starlette.types import ASGIApp

from .clock import Clock
from .faults import Faults
from .journal import Journal
from .layer import Actor, ErrorBody, Layer
from .routes import Control
from .stale import Stale
from .store import open_control, read_setting


def wrap(
    app: ASGIApp,
    *,
    data_dir: Path | None,
    actor: Actor,
    error: ErrorBody,
    switches: MutableMapping[str, bool],
    reset_data: Callable[[], None],
    clock: Clock,
    faults: Faults | None = None,
    stale: Stale | None = None,
) -> ASGIApp:
    """The application with `/_sandbox` beside it, its log, faults, clock and switches as they were left.

    `actor` tells Tandem from a user by the API key (None: neither). `error` renders the API's own error body.
    `switches` and `clock` are read by the application and changed here. An application that carries out
    `duplicate_event` and `late_event` passes its own `faults` and asks `faults.take(kind, request)`. `stale`
    gives the older answer of a read; without it the layer remembers the body before the present one per path.
    """
    db = open_control(data_dir)
    faults = faults or Faults()
    faults.attach(db)
    journal, defaults = Journal(db), dict(switches)
    bring_back(db, switches, clock)
    control = Control(
        db=db,
        journal=journal,
        faults=faults,
        clock=clock,
        switches=switches,
        reset_data=reset_data,
        defaults=defaults,
    )
    return Layer(
        app, control.app(), journal=journal, faults=faults, clock=clock, actor=actor, error=error, stale=stale
    )


def bring_back(db: Connection, switches: MutableMapping[str, bool], clock: Clock) -> None:
    """Sets switches and clock as they were left; a switch that has gone since is forgotten."""
    kept = orjson.loads(read_setting(db, "switches") or "{}")
    switches.update({name: value for name, value in kept.items() if name in switches})
    clock.offset_s = float(read_setting(db, "offset_s") or clock.offset_s)
