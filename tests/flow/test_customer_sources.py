"""Systems that cannot be read for a while, and records nobody can read: the rest goes on, what is wrong is listed."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.flow.customer_api import SYSTEMS, Name, Record, other
from tests.flow.installation import Installation, Pair

FreshPair = Callable[[], Pair]
PAGES: tuple[dict[str, Any], ...] = (
    {"kind": "bad_json", "times": 2},
    {"kind": "error", "status": 500, "times": 3},
    {"kind": "throttle", "times": 1},
    {"kind": "drop_connection", "times": 2},
    {"kind": "stale_read", "times": 8},
)


@pytest.mark.parametrize("here", SYSTEMS)
def test_lists_that_fail(installation: Installation, pair: FreshPair, here: Name) -> None:
    """Broken, refused, cut and stale pages of one system lose no edit of its users, and the other side is not held up."""
    one, two, there = pair(), pair(), other(here)
    with ExitStack() as stack:
        api = installation.api(here)
        faults = [stack.enter_context(api.fault(path="^/customers$", method="GET", **page)) for page in PAGES]
        api.edit(one.on(here), city="Edited Meanwhile")
        installation.api(there).edit(two.on(there), city="The Other Way")

        installation.until_both(two, city="The Other Way")
        installation.until_both(one, city="Edited Meanwhile")
        installation.until([page["times"] for page in PAGES], lambda: [fault.hits() for fault in faults])
    installation.quiet()


def migrate(installation: Installation, system: Name, record_id: Any, **fields: Any) -> None:
    """Writes into a system's own database past its API, as a careless migration does; the stamps rise."""
    record = installation.api(system).get(record_id) | installation.api(system).body(**fields)
    moment = datetime.now(UTC)
    file = installation.root / ".tandem" / "state" / system / f"{system}.db"
    with closing(sqlite3.connect(file, timeout=10)) as db, db:
        if system == "crm":
            text = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            record |= {"Version": record["Version"] + 1, "UpdatedAt": text}
            told: tuple[Any, ...] = (json.dumps(record).encode(), int(moment.timestamp() * 1000), record_id)
            db.execute("UPDATE records SET body = ?, updated = ? WHERE id = ?", told)
        else:
            record |= {"updated_at": int(moment.timestamp())}
            told = (json.dumps(record), record["updated_at"], record_id)
            db.execute("UPDATE records SET document = ?, updated_at = ? WHERE id = ?", told)


@pytest.mark.parametrize("here", SYSTEMS)
def test_fields_nobody_knows(installation: Installation, pair: FreshPair, here: Name) -> None:
    """Fields a system begins to show are no edit, harm nobody, and are left alone when the record is written."""
    one, there, since = pair(), other(here), installation.marks()
    migrate(installation, here, one.on(here), Score={"level": 3}, Tags=["a"], city="Malmö")

    installation.until_both(one, city="Malmö")
    installation.api(there).edit(one.on(there), phone="+46 5")
    installation.until_both(one, city="Malmö", phone="+46 5")

    assert installation.api(here).get(one.on(here))["Score"] == {"level": 3}
    assert len(installation.writes_about(since, there, one.on(there))) == 1
    installation.quiet()


@pytest.mark.parametrize("here", SYSTEMS)
def test_a_value_of_the_wrong_type(installation: Installation, pair: FreshPair, here: Name) -> None:
    """A record that cannot be read is listed with its cause, others go on; once it is readable, it is in step again."""
    one, two, there, since = pair(), pair(), other(here), installation.marks()
    own = next(iter(installation.api(here).body(city=0)))
    migrate(installation, here, one.on(here), city=42)
    installation.until(
        True, lambda: f"{own} is int 42" in str(installation.link(here, one.on(here))["cause"])
    )
    installation.api(here).edit(two.on(here), city="Readable")
    installation.until_both(two, city="Readable")
    assert installation.writes_about(since, there, one.on(there)) == []

    installation.api(here).edit(one.on(here), city="Readable Again")

    installation.until_both(one, city="Readable Again")
    installation.quiet()
    assert installation.link(here, one.on(here))["cause"] is None


def test_a_new_record_of_the_wrong_type(
    installation: Installation, organisation: Callable[[], Record]
) -> None:
    """A record nobody could read from its first day is listed; once it is readable, it is made on the other side."""
    values = organisation()
    with installation.crm.fault("delay", "^/customers$", method="GET", delay_ms=1000, times=1) as held:
        installation.until(1, held.hits)
        made = installation.crm.create(**values)
        migrate(installation, "crm", made, city=42)
    ref = installation.crm.ref(made)

    def listed() -> str:
        entries = installation.ask("links", "list", "--unlinked", "--limit", "1000")["unlinked"]
        return next((str(one["state"]) for one in entries if one["ref"] == ref), "")

    installation.until("unreadable", listed)
    installation.crm.edit(made, city="Readable")

    pair = installation.born(values["name"], "crm")
    installation.until_both(pair, city="Readable")
