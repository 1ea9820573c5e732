"""Topics by tenant: names, subjects, partitions, and what the command line lists."""

import pytest

from schemas.topics import Topics, spec

SHARED = {"sync.in", "worker-state-changelog"}


def test_the_default_tenant_has_the_plain_prefix() -> None:
    """Names are the prefix and the short name, subjects the name and `-value`."""
    topics = Topics()

    assert {topics.name(each.name) for each in topics} == {f"tandem.{each.name}" for each in topics}
    assert topics.subject("crm.customer") == "tandem.crm.customer-value"


def test_another_tenant_shares_only_the_log_and_its_state() -> None:
    """Two tenants' records never meet in one compacted topic; the log is one for all."""
    one, other = Topics(), Topics(tenant="acme")
    shared = {each.name for each in one if one.name(each.name) == other.name(each.name)}

    assert shared == SHARED
    assert other.name("crm.customer") == "tandem.acme.crm.customer"


def test_partitions_follow_the_rule_of_each_topic() -> None:
    """Changes and commands spread over N, the log over tenants, memories stay whole."""
    topics = Topics(partitions=12, sync_partitions=3)

    assert {topics.partitions_of(name) for name in SHARED} == {3}
    assert {topics.partitions_of(name) for name in ("control", "cursors", "leases")} == {1}
    rest = {each.name for each in topics} - SHARED - {"control", "cursors", "leases"}
    assert {topics.partitions_of(name) for name in rest} == {12}


def test_the_list_has_the_agreed_shape_and_order() -> None:
    """One row a topic, sorted by name, with the agreed keys."""
    rows = Topics().list_topics()

    assert {frozenset(row) for row in rows} == {
        frozenset({"name", "key", "subject", "partitions", "cleanup", "public"})
    }
    assert [row["name"] for row in rows] == sorted(f"tandem.{each.name}" for each in Topics())
    assert {
        "name": "tandem.links",
        "key": "link id",
        "subject": "tandem.links-value",
        "partitions": 4,
        "cleanup": "compact",
        "public": True,
    } in rows
    assert [row["subject"] for row in rows if row["name"] == "tandem.leases"] == [None]


def test_an_unknown_topic_is_named_with_those_there_are() -> None:
    """A short name outside the table is refused with the table's names."""
    with pytest.raises(KeyError, match=r"no topic 'crm\.unicorn'; the table has applied\.crm"):
        spec("crm.unicorn")
