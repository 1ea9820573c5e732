"""Profiles: the reference CRM's, and every mistake one can make in writing one."""

import re
from pathlib import Path

import pytest

from schemas.profile_file import OWN_PROFILES, ProfileError, load_profile

REFERENCE = (OWN_PROFILES / "reference.yaml").read_text()


def test_the_reference_profile_says_what_the_contract_says() -> None:
    """Filters, parameters and headers of the profile stand in the CRM's OpenAPI contract, where it has the entity."""
    profile = load_profile()
    contract = (OWN_PROFILES.parent / "crm" / "openapi.yaml").read_text()

    described = set(re.findall(r"^  (/\w+):$", contract, re.MULTILINE))
    assert "/customers" in described
    for entity in profile.entities.values():
        if entity.path not in described:
            continue
        for parameter in entity.filters.values():
            assert f"name: {parameter}" in contract, parameter
    for word in (
        profile.cursor.parameter,
        profile.external_id.parameter,
        profile.version.header,
        "include_deleted",
    ):
        assert f"name: {word}" in contract, word


def test_a_status_has_a_meaning_of_its_own_or_of_its_hundred() -> None:
    """An exact status goes before its hundred; what is not listed means nothing."""
    errors = load_profile().errors

    assert [errors.meaning(status) for status in (412, 503, 418, 200)] == ["stale", "retry", None, None]


def test_a_profile_is_read_by_its_path(tmp_path: Path) -> None:
    """Another CRM is connected by a file."""
    path = tmp_path / "other.yaml"
    path.write_text(
        REFERENCE.replace("name: reference", "name: other").replace("per_page: 200", "per_page: 50")
    )

    profile = load_profile(str(path))

    assert (profile.name, profile.paging.per_page) == ("other", 50)


MISTAKES = [
    ("scheme: bearer", "scheme: beaver", "auth.scheme has 'beaver'; did you mean 'bearer'?"),
    ("style: link", "style: pages", "paging.style has 'pages'; did you mean 'page'?"),
    ("per_page: 200", "per_page: 0", "paging.per_page is 0; write 1 or more"),
    ("per_page: 200", "per_page: many", "paging.per_page is 'many'; write a whole number"),
    ("style: link,", "style: token,", "paging by token needs `next`"),
    ("format: rfc3339", "format: iso", "cursor.format has 'iso'"),
    ("inclusive: true", "inclusve: true", "cursor.inclusve is unknown here; did you mean 'inclusive'?"),
    ("id_field: Id\n", "id_feild: Id\n", "id_feild is unknown here; did you mean 'id_field'?"),
    ("path: /products", "path: products", "the path of 'product' is 'products'; begin it with /"),
    ("path: /products", "pth: /products", "entities.product.pth is unknown here; did you mean 'path'?"),
    ('"404": gone', '"404": missing', "errors.status.404 has 'missing'"),
    ('"404": gone', '"4o4": gone', "'4o4' is no status"),
    ("  by: delete\n", "  by: erase\n", "archive.by has 'erase'; known: delete, update"),
    (
        "  by: delete\n  flag: IsDeleted\n  archived: {IsDeleted: true}\n",
        "  by: update\n",
        "archive by update needs `archived`",
    ),
    ("requests_per_s: 50", "requests_per_s: 0", "rate.requests_per_s is 0.0; write more than 0"),
    (
        "rate: {requests_per_s: 50, in_flight: 8, retry_after_header: Retry-After}",
        "",
        "rate is missing; add it",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "message"), MISTAKES, ids=[message[:40] for _, _, message in MISTAKES]
)
def test_a_mistake_is_named_with_its_line_and_cure(tmp_path: Path, old: str, new: str, message: str) -> None:
    """Each mistake is one line: the file, the line, the value, what to write instead."""
    assert REFERENCE.count(old) == 1
    path = tmp_path / "crm.yaml"
    path.write_text(REFERENCE.replace(old, new))

    with pytest.raises(ProfileError) as caught:
        load_profile(str(path))

    (problem,) = [each for each in caught.value.problems if message in each.message]
    expected = 1 if "missing; add" in message else REFERENCE[: REFERENCE.index(old)].count("\n") + 1
    assert problem.line in (expected, expected - 1), str(caught.value)


def test_an_unknown_profile_is_named_with_those_there_are() -> None:
    """Neither a file nor ours: the known ones are listed."""
    with pytest.raises(ProfileError, match=r"refrence.*did you mean 'reference'"):
        load_profile("refrence")
