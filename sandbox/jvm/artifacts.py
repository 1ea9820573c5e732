"""The cache of locked artifacts: filled once from Maven, by any number of processes, then used offline."""

import contextlib
import fcntl
import hashlib
import os
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from jgo.maven import MavenContext, PythonResolver
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from sandbox.jvm.lock import TITLES, Locked, read_lock

Advance = Callable[[int], None]


class ArtifactError(Exception):
    """An artifact is neither cached nor to be had, or is not the locked one; the message says what to do."""


def cache_dir() -> Path:
    """`$XDG_CACHE_HOME/tandem`, else `~/.cache/tandem`."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root and Path(root).is_absolute() else Path.home() / ".cache") / "tandem"


def place(item: Locked, cache: Path) -> Path:
    """Where the item stands once fetched: a file, or for an archive its unpacked folder.

    The checksum is in the path, so a changed lock can never meet an old file.
    """
    folder = cache / "jvm" / f"{item.artifact}-{item.version}-{item.sha256[:12]}"
    return folder if item.packaging == "tar.gz" else folder / item.filename


def fetch(program: str, cache: Path | None = None) -> tuple[Path, ...]:
    """The paths of a program's files, class path order; downloads and verifies what the cache lacks."""
    cache, items = cache or cache_dir(), read_lock()[program]
    if _missing(items, cache):
        with _only_one(cache):
            _fill(TITLES[program], _missing(items, cache), cache)
    return tuple(place(item, cache) for item in items)


def _missing(items: Sequence[Locked], cache: Path) -> list[Locked]:
    return [item for item in items if not _is_whole(item, place(item, cache))]


def _is_whole(item: Locked, path: Path) -> bool:
    return path.is_dir() or (path.is_file() and path.stat().st_size == item.size)


def _fill(title: str, items: Sequence[Locked], cache: Path) -> None:
    if items:
        with _progress(title, items) as advance, ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda item: _bring(item, cache, advance), items))


@contextlib.contextmanager
def _only_one(cache: Path) -> Iterator[None]:
    """One process fills the cache; others wait and then find it filled. The lock goes with its holder."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "fetch.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _progress(title: str, items: Sequence[Locked]) -> Iterator[Advance]:
    """A bar on a terminal; elsewhere one line before and one after."""
    console = Console(stderr=True)
    total = sum(item.size for item in items)
    what = f"{title}: {len(items)} files, {total / 1e6:.0f} MB"
    if not console.is_terminal:
        console.print(f"Fetching {what} …", highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(f"Fetching {title}", total=total)
        yield lambda size: bar.advance(task, size)
    console.print(f"Fetched {what}.", highlight=False)


def _bring(item: Locked, cache: Path, advance: Advance) -> None:
    """Download beside the cache, verify, then move into place in one step."""
    target = place(item, cache)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="part-", dir=cache) as part:
        file = _download(item, Path(part))
        _verify(item, file)
        if item.packaging == "tar.gz":
            file = _unpack(file, Path(part) / "unpacked")
        file.replace(target)
    advance(item.size)


def _download(item: Locked, folder: Path) -> Path:
    try:
        return _patiently(item, folder)
    except (requests.RequestException, RuntimeError, OSError) as error:
        raise ArtifactError(
            f"Cannot fetch {item.filename}: {_cause(error)}. It is needed once: connect to the network (or let it "
            f"reach Maven Central) and run again, or copy {cache_dir() / 'jvm'} from a machine that has it."
        ) from error


def _patiently(item: Locked, folder: Path) -> Path:
    for pause in (0.5, 2.0):
        with contextlib.suppress(requests.RequestException):
            return _request(item, folder)
        time.sleep(pause)
    return _request(item, folder)


def _request(item: Locked, folder: Path) -> Path:
    """Each try begins in an empty folder: a broken download leaves half a file that would pass for a whole one."""
    context = MavenContext(
        resolver=PythonResolver(), repo_cache=Path(tempfile.mkdtemp(dir=folder)), timeout=60
    )
    component = context.project(item.group, item.artifact).at_version(item.version)
    return Path(component.artifact(item.classifier, item.packaging).resolve())


def _cause(error: BaseException) -> str:
    """The innermost reason: what lies around it repeats the address."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return f"{type(error).__name__}: {error}"[:200]


def _verify(item: Locked, file: Path) -> None:
    with file.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != item.sha256:
        raise ArtifactError(
            f"{item.filename} is not the locked file: SHA-256 {found} instead of {item.sha256}. "
            "The download was altered on the way; nothing was kept. Try another network."
        )


def _unpack(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as tar:
        # The filter came with 3.11.4; without it the verified checksum is what makes this safe.
        tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        tar.extractall(folder)  # noqa: S202 - see above
    archive.unlink()
    return folder
