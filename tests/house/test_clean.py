"""Nothing in the tree ties it to one machine or one package index."""

import re
import tomllib
from pathlib import Path

TEXT = {
    ".md",
    ".py",
    ".toml",
    ".yaml",
    ".yml",
    ".txt",
    ".json",
    ".sh",
    ".cfg",
    ".in",
    ".rst",
    ".tpl",
    ".avsc",
    "",
}


def texts(tracked: tuple[Path, ...]) -> dict[Path, str]:
    """The tracked files that are text."""
    return {path: path.read_text(errors="replace") for path in tracked if path.suffix in TEXT}


def test_requirements_name_no_index(root: Path) -> None:
    """Requirement files carry versions and hashes, never the address of an index."""
    address = re.compile(r"--(extra-)?index-url|--find-links|--trusted-host|https?://", re.IGNORECASE)
    named = [
        path.name for path in sorted((root / "requirements").iterdir()) if address.search(path.read_text())
    ]

    assert named == []


def test_requirements_are_locked_by_hash(root: Path) -> None:
    """Every requirement of every lock has a version and a hash."""
    for path in sorted((root / "requirements").glob("*.txt")):
        entries = re.findall(
            r"^[a-z0-9][^\n]*(?:\n    [^\n]+)*", path.read_text(), re.MULTILINE | re.IGNORECASE
        )
        assert entries, path.name
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == [], (
            path.name
        )


def test_every_dependency_is_locked(root: Path) -> None:
    """What pyproject asks for stands in the lock that installs it."""
    project = tomllib.loads((root / "pyproject.toml").read_text())
    locked = (root / "requirements" / "run.txt").read_text().lower()
    names = [re.split(r"[<>=!\[; ]", line)[0].lower() for line in project["project"]["dependencies"]]

    assert [name for name in names if f"\n{name}==" not in f"\n{locked}"] == []


def test_no_configuration_names_an_index(root: Path, tracked: tuple[Path, ...]) -> None:
    """No tracked file sets a package index or a registry."""
    setting = re.compile(r"^\s*(index-url|extra-index-url|registry)\s*=", re.MULTILINE)
    configuration = {path: text for path, text in texts(tracked).items() if path.suffix != ".py"}
    named = [str(path.relative_to(root)) for path, text in configuration.items() if setting.search(text)]

    assert named == []


def test_no_path_of_one_machine(root: Path, tracked: tuple[Path, ...]) -> None:
    """No tracked file holds the path of this checkout, of a home folder or of a user's."""
    places = [re.escape(f"{place}/") for place in (root, Path.home()) if len(place.parts) > 1]
    machine = re.compile("|".join([*places, r"/(?:home|Users)/(?!tandem|nonroot)\w+/"]))
    held = [str(path.relative_to(root)) for path, text in texts(tracked).items() if machine.search(text)]

    assert held == []


def test_hooks_are_local(root: Path) -> None:
    """Every pre-commit hook runs from this checkout: none is fetched from a host."""
    text = (root / ".pre-commit-config.yaml").read_text()

    assert set(re.findall(r"repo:\s*(\S+)", text)) == {"local"}
    assert "http" not in text
