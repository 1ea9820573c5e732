"""A CRM's profile read from YAML: our own by name, another one by its path; every mistake reported at once."""

from pathlib import Path

from pydantic import TypeAdapter

from schemas.document import Document, DocumentError, Problem
from schemas.profile import Profile
from schemas.wording import did_you_mean

OWN_PROFILES = Path(__file__).parent / "profiles"

_PROFILE = TypeAdapter(Profile)


class ProfileError(DocumentError):
    """Every mistake in a profile, as plain lines."""


def load_profile(name_or_path: str = "reference") -> Profile:
    """The profile of a name (`reference`) or of a file's path."""
    document = Document(_path(name_or_path))
    profile = document.check(_PROFILE, Profile)
    if profile is not None:
        _check(document, profile)
    if profile is None or document.problems:
        raise ProfileError(document.problems)
    return profile


def _path(name_or_path: str) -> Path:
    own = {path.stem: path for path in OWN_PROFILES.glob("*.yaml")}
    if name_or_path in own:
        return own[name_or_path]
    path = Path(name_or_path)
    if not path.is_file():
        raise ProfileError(
            [
                Problem(
                    name_or_path,
                    1,
                    f"is neither a file nor a profile of ours; {did_you_mean(name_or_path, sorted(own))}",
                )
            ]
        )
    return path


def _check(document: Document, profile: Profile) -> None:
    if profile.paging.per_page < 1:
        document.wrong(
            ("paging", "per_page"), f"paging.per_page is {profile.paging.per_page}; write 1 or more"
        )
    if profile.paging.style == "token" and profile.paging.next is None:
        document.wrong(
            ("paging",), "paging by token needs `next`: where in the answer the next page's token stands"
        )
    if profile.rate.requests_per_s <= 0:
        document.wrong(
            ("rate", "requests_per_s"),
            f"rate.requests_per_s is {profile.rate.requests_per_s}; write more than 0",
        )
    if profile.archive.by == "update" and not profile.archive.archived:
        document.wrong(
            ("archive",), "archive by update needs `archived`: what is written, such as {IsDeleted: true}"
        )
    if not profile.entities:
        document.wrong(("entities",), "entities is empty; add one, such as customer: {path: /customers}")
    for name, entity in profile.entities.items():
        if not entity.path.startswith("/"):
            document.wrong(
                ("entities", name, "path"), f"the path of {name!r} is {entity.path!r}; begin it with /"
            )
    for status in profile.errors.status:
        if not _is_status(status):
            document.wrong(
                ("errors", "status", status), f'{status!r} is no status; write one such as "404", or "5xx"'
            )


def _is_status(text: str) -> bool:
    return len(text) == 3 and text[0] in "12345" and (text[1:].isdigit() or text[1:] == "xx")
