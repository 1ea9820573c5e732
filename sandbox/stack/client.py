"""Bringing a sandbox up and down from outside: what `make up`, `make down`, the demo and the tests call."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import httpx
import msgspec

from sandbox.jvm import TITLES, fetch, java
from sandbox.ready import tail
from sandbox.stack import tenure
from sandbox.stack.layout import Layout, checkout
from sandbox.stack.options import Options, read_faults, read_flows, read_profile
from sandbox.stack.plan import given_in

DOWN_S = 24.0
Say = Callable[[str], None]


class StackError(Exception):
    """The sandbox is not up; the message says why and what to do."""


def prepare(options: Options, given: Mapping[str, str]) -> None:
    """Everything that needs the network or may be refused, before anything starts."""
    if options.faults:
        read_faults(options.faults)
    if options.profile:
        read_profile(options.profile)
    if flows := given.get("TANDEM_FLOWS"):
        read_flows(flows, options.profile or given.get("TANDEM_CRM__PROFILE", "reference"))
    java()
    for program in TITLES:
        fetch(program)


def up(options: Options, layout: Layout, say: Say) -> bool:
    """Start a sandbox that outlives this process; False when the same one is up already."""
    if tenure.holder(layout.lock) is not None:
        _ensure_same(options, layout)
        return False
    with _leash(options, layout, say) as process:
        _pipe(process.stdin).write(b"keep\n")
        _pipe(process.stdin).flush()
    return True


@contextlib.contextmanager
def running(
    options: Options, root: Path | None = None, say: Say = lambda _: None
) -> Iterator[dict[str, Any]]:
    """A sandbox for as long as the block runs: yields its manifest; gone with this process, however it ends."""
    layout = Layout(root or checkout())
    if tenure.holder(layout.lock) is not None:
        raise StackError(f"A sandbox is running in {layout.root}: run `make down` first.")
    with _leash(options, layout, say) as process:
        try:
            yield read_manifest(layout)
        finally:
            _release(process)


def down(layout: Layout) -> bool:
    """Stop what runs here and keep its state; False when nothing ran."""
    pid = tenure.holder(layout.lock)
    if pid is not None:
        _ask_to_leave(layout, pid)
        if not _gone(layout, DOWN_S):
            os.kill(pid, signal.SIGKILL)  # its children go with it
            _gone(layout, 5)
    for left in (layout.socket, layout.manifest):
        left.unlink(missing_ok=True)
    return pid is not None


def clean(layout: Layout) -> None:
    """Stop what runs here and delete its state."""
    down(layout)
    shutil.rmtree(layout.home, ignore_errors=True)


def read_manifest(layout: Layout) -> dict[str, Any]:
    """The content of `sandbox.json`."""
    content: dict[str, Any] = msgspec.json.decode(layout.manifest.read_bytes())
    return content


@contextlib.contextmanager
def _leash(options: Options, layout: Layout, say: Say) -> Iterator[subprocess.Popen[bytes]]:
    """A supervisor that has everything up; it leaves when the leash is let go without `keep`."""
    prepare(options, given_in(os.environ, layout.root))
    layout.make()
    log = layout.log("supervisor")
    with log.open("ab") as errors:
        process = subprocess.Popen(  # noqa: S603 - this project's own module
            [sys.executable, "-m", "sandbox.stack.daemon", str(layout.root), msgspec.json.encode(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=checkout(),
            start_new_session=True,
        )
    try:
        _follow(_pipe(process.stdout), say, log)
        yield process
    except BaseException:
        _release(process)
        raise


def _follow(lines: IO[bytes], say: Say, log: Path) -> None:
    """Tell each step until the supervisor is ready, or raise with its reason."""
    for line in lines:
        step = msgspec.json.decode(line)
        if "ready" in step:
            return
        if "failed" in step:
            raise StackError(step["failed"])
        say(step["say"])
    raise StackError(f"The supervisor ended. Its log says:\n{tail(log)}")


def _release(process: subprocess.Popen[bytes]) -> None:
    """Let go of the leash and wait until everything is down."""
    with contextlib.suppress(BrokenPipeError):
        _pipe(process.stdin).close()
    try:
        process.wait(DOWN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _ensure_same(options: Options, layout: Layout) -> None:
    found = read_manifest(layout) if layout.manifest.exists() else {}
    if found.get("state") != "ready":
        raise StackError("A sandbox of this checkout is just starting or leaving: run `make down` first.")
    if found.get("options") != msgspec.to_builtins(options):
        raise StackError(
            f"A sandbox runs here with other wishes ({found.get('options')}): run `make down` first."
        )


def _ask_to_leave(layout: Layout, pid: int) -> None:
    try:
        path = min(str(layout.socket), os.path.relpath(layout.socket), key=len)
        with httpx.Client(transport=httpx.HTTPTransport(uds=path), timeout=5) as client:
            client.post("http://sandbox/down")
    except httpx.TransportError:
        os.kill(pid, signal.SIGTERM)


def _gone(layout: Layout, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while tenure.holder(layout.lock) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise TypeError("the supervisor is started with pipes")
    return pipe
