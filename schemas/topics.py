"""Topics as one tenant sees them: full names, partitions and what `tandem topics list` shows."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.topic_table import TABLE, TopicSpec

DEFAULT_TENANT = "default"


@dataclass(frozen=True, slots=True)
class Topics:
    """The table as one tenant sees it: full names and partition counts."""

    prefix: str = "tandem."
    tenant: str = DEFAULT_TENANT
    partitions: int = 4
    sync_partitions: int = 1

    def __iter__(self) -> Iterator[TopicSpec]:
        return iter(TABLE)

    def name(self, short: str) -> str:
        """The topic's full name; a tenant's own topics carry the tenant, the shared ones do not."""
        own = spec(short).per_tenant and self.tenant != DEFAULT_TENANT
        return f"{self.prefix}{self.tenant}.{short}" if own else f"{self.prefix}{short}"

    def subject(self, short: str) -> str:
        """The registry's name for the schema of the topic's values."""
        return f"{self.name(short)}-value"

    def partitions_of(self, short: str) -> int:
        """How many partitions the topic has."""
        return {"n": self.partitions, "tenants": self.sync_partitions, "one": 1}[spec(short).spread]

    def list_topics(self) -> list[dict[str, object]]:
        """What `tandem topics list` shows, sorted by name."""
        rows: list[dict[str, object]] = [
            {
                "name": self.name(each.name),
                "key": each.key,
                "subject": self.subject(each.name) if each.schema else None,
                "partitions": self.partitions_of(each.name),
                "cleanup": each.cleanup,
                "public": each.public,
            }
            for each in TABLE
        ]
        return sorted(rows, key=lambda row: str(row["name"]))


_BY_NAME = {each.name: each for each in TABLE}


def spec(short: str) -> TopicSpec:
    """The table's row of a short name."""
    found = _BY_NAME.get(short)
    if found is None:
        raise KeyError(f"no topic {short!r}; the table has {', '.join(sorted(_BY_NAME))}")
    return found
