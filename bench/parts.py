"""The parts of a run: each measures one thing and notes its figures."""

from collections.abc import Mapping

from bench import applied, backfill, domain_time, latency, quiet, restore, sync_stage
from bench.book import Book
from bench.embedded import Servers
from bench.sizes import Sizes
from bench.stack import Memory, stack
from bench.sync_stage import Speed
from bench.worker import WAYS

OURS = ("worker", "connector")
#: By phase: how many times as fast as a plain agent the chunk path should be.
TARGET = {
    "empty": ">= 5",
    "first sight": ">= 2",
    "echo": ">= 2",
    "change": ">= 2",
    "result of a change": ">= 2",
}


def domain(book: Book, sizes: Sizes) -> None:
    """The domain's share of an event, in this process."""
    for phase in domain_time.phases(sizes.lap):
        for step in domain_time.STEPS:
            book.note(f"domain.{phase.name}.{step}", phase.spent[step] / phase.events * 1e6, "us/event")
        book.note(f"domain.{phase.name}", sum(phase.spent.values()) / phase.events * 1e6, "us/event")


def stage(book: Book, sizes: Sizes, servers: Servers) -> None:
    """Both ways through the sync stage, without a domain and with ours."""
    empties, laps = (sizes.empty, sizes.plain_empty), (sizes.lap, sizes.plain_lap)
    found = dict[str, dict[str, Speed]]()
    for way, empty, lap in zip(WAYS, empties, laps, strict=True):
        found[way] = {"empty": sync_stage.empty(servers, way, empty, sizes.laps)}
        found[way] |= sync_stage.ours(servers, way, lap, sizes.laps)
        for phase, speed in found[way].items():
            book.note(f"sync.{way}.{phase}", speed.rate, "events/s")
            book.note(f"sync.{way}.{phase}.cpu", speed.cpu_us, "us/event")
    chunks, plain = found["chunks"], found["plain"]
    for phase, speed in chunks.items():
        book.note(f"sync.ratio.{phase}", speed.rate / plain[phase].rate, "x", TARGET.get(phase, ""))
        book.note(f"sync.ratio.{phase}.cpu", plain[phase].cpu_us / speed.cpu_us, "x", TARGET.get(phase, ""))
    book.note("sync.echo over change", chunks["echo"].rate / chunks["change"].rate, "x", ">= 3")
    book.note("sync.echo over change.cpu", chunks["change"].cpu_us / chunks["echo"].cpu_us, "x", ">= 3")


def idle(book: Book, sizes: Sizes, servers: Servers) -> None:
    """How long one event takes through an idle stage."""
    for way in WAYS:
        for name, value in latency.latency(servers, way, sizes.latency_s).items():
            book.note(f"latency.{way}.{name}", value, "ms")


def restored(book: Book, sizes: Sizes, servers: Servers) -> None:
    """A wiped state back from its changelog."""
    runs, size = restore.restored(servers, sizes.rows, sizes.restores)
    seconds = restore.median_seconds(runs)
    book.note("restore.rows", sizes.rows, "rows")
    book.note("restore.seconds", seconds, "s", "< 10 for 1,000,000 rows")
    book.note("restore.cpu", restore.median_cpu(runs), "s")
    book.note("restore.rate", sizes.rows / seconds, "rows/s", ">= 100,000")
    book.note("restore.bytes", size / sizes.rows, "bytes/row")
    book.note("restore.memory", max(run.megabytes for run in runs), "MB", "< 400")


def steady(book: Book, sizes: Sizes) -> None:
    """A running installation: quiet, then edited a little."""
    with stack(sizes.quiet) as running:
        interval = float(running.manifest["poll_interval_s"])
        book.note("applied.interval", interval, "s")
        running.settle(backfill.PATIENCE_S)
        _quiet(book, quiet.quiet(running))
        updates = applied.edited(running, applied.Updates(running), sizes.updates, "update")
        _applied(book, "update", updates, f"p95 < {interval + 1:g}")
        creates = applied.edited(running, applied.create, sizes.creates, "create")
        _applied(book, "create", creates, f"p95 < {2 * interval + 1:g}")


def _quiet(book: Book, found: quiet.Quiet) -> None:
    for system, kinds in found.requests.items():
        target = "<= 30" if system == "invoiced" else ""
        asked = sum(count for kind, count in kinds.items() if kind != "scan")
        book.note(f"quiet.{system}.ten rounds", asked, "requests", target)
        book.note(f"quiet.{system}.scans", kinds["scan"], "requests")


def _applied(book: Book, kind: str, found: applied.Edits, target: str) -> None:
    for direction, taken in found.taken.items():
        for name, value in latency.quantiles(taken).items():
            book.note(f"applied.{kind}.{direction}.{name}", value, "s", target if name == "p95" else "")
    book.note(f"applied.{kind}.writes", found.writes, "requests/edit")
    book.note(f"applied.{kind}.looks", found.looks, "requests/edit")


def first(book: Book, sizes: Sizes) -> None:
    """A first run over two full systems."""
    with stack(sizes.first_run) as running:
        found = backfill.first_run(running, sizes.first_run)
    for system, reading in found.reading.items():
        book.note(f"first run.{system}.pages", reading.pages, "requests")
        book.note(f"first run.{system}.reading", reading.seconds, "s")
    for system, writing in found.writing.items():
        book.note(f"first run.{system}.writing", writing.seconds, "s")
        book.note(f"first run.{system}.budget used", writing.share * 100, "%", ">= 90")
    _memory(book, found.memory)


def _memory(book: Book, found: Mapping[str, Memory]) -> None:
    for process, memory in found.items():
        target = "< 400" if process.startswith(OURS) else ""
        book.note(f"memory.{process}.peak", memory.peak, "MB", target)
        book.note(f"memory.{process}.after", memory.now, "MB", target)
