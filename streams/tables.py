"""The table `state`: Faust assigns its partitions and keeps their place on disk, we restore and write them."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import faust
from faust.stores import rocksdb

from streams.rows import Rows


class Recovery(Protocol):
    """Who is told about the table's partitions."""

    async def revoke(self, partitions: set[int]) -> None: ...

    async def recover(self, partitions: Mapping[int, Callable[[], Rows]]) -> None: ...

    async def close(self) -> None: ...


class StateStore(rocksdb.Store):  # type: ignore[misc]  # Faust ships no types
    """RocksDB under `View` and `Owner`; never read or written through the table's mapping interface.

    Faust would apply a changelog record by record and put the offset beside the batch, not in it.
    """

    recovery: Recovery

    def persisted_offset(self, tp: Any) -> int | None:  # noqa: ARG002  # Faust's signature
        """Faust's own recovery has nothing to do; see `restore.py`."""
        return None

    async def need_active_standby_for(self, tp: Any) -> bool:  # noqa: ARG002  # Faust's signature
        return False

    async def on_rebalance(
        self,
        assigned: set[Any],  # noqa: ARG002  # Faust's signature
        revoked: set[Any],
        newly_assigned: set[Any],  # noqa: ARG002  # ditto
        generation_id: int = 0,  # noqa: ARG002  # ditto
    ) -> None:
        mine = self.table.changelog_topic.topics
        await self.recovery.revoke({tp.partition for tp in revoked if tp.topic in mine})

    async def on_recovery_completed(self, active_tps: set[Any], standby_tps: set[Any]) -> None:  # noqa: ARG002  # ditto
        await self.recovery.recover({tp.partition: self._opener(tp.partition) for tp in active_tps})

    async def stop(self) -> None:
        await self.recovery.close()

    def _opener(self, partition: int) -> Callable[[], Rows]:
        return lambda: Rows(self.partition_path(partition), self.rocksdb_options.as_options())


class StateTable(faust.Table):  # type: ignore[misc]  # Faust ships no types
    """A Faust table whose store is ours."""

    recovery: Recovery

    def _new_store(self) -> Any:
        store = StateStore(
            "rocksdb://",
            self.app,
            self,
            table_name=self.name,
            key_type=self.key_type,
            value_type=self.value_type,
            key_serializer="raw",
            value_serializer="raw",
            options=dict(self.options or {}),
        )
        store.recovery = self.recovery
        return store
