"""Rounds in the tenant's log: begun before the first request, passed after the last ack, with the topic's ends."""

from connectors.clock import Clock
from connectors.log.log import Binding, Cluster
from connectors.publisher import Publisher
from schemas import meters
from schemas.records import LogEnd, RoundBegun, RoundPassed
from schemas.topics import Topics


class Rounds:
    """Appends both marks. What a round proves is decided by their order in the log, never by a clock.

    `scan`: beside the live rounds, everything is read. `whole`: a live round in which everything is read.
    """

    def __init__(
        self,
        system: str,
        epoch: int,
        publisher: Publisher,
        cluster: Cluster,
        binding: Binding,
        topics: Topics,
        clock: Clock,
    ) -> None:
        self._system = system
        self._epoch = epoch
        self._publisher = publisher
        self._cluster = cluster
        self._binding = binding
        self._topics = topics
        self._clock = clock
        self._number = 0
        self._began: dict[str, float] = {}

    async def begin(self, entity: str, *, scan: bool = False, whole: bool = False) -> str:
        """Say that a round begins; done with its ack, only then may its first request go."""
        self._number += 1
        round_id = f"{self._system}/{entity}/{self._epoch}/{self._number}"
        if not scan:
            self._began[entity] = self._clock.monotonic()
        body = RoundBegun(round_id, self._system, entity, self._epoch, scan or whole)
        await self._publisher.say(f"begun/{round_id}", body)
        return round_id

    async def passed(
        self,
        begun: str,
        entity: str,
        *,
        complete: bool,
        published: int,
        skew_ms: int = 0,
        scan: bool = False,
        whole: bool = False,
    ) -> None:
        """Say that a round has passed; call it when everything it found is acknowledged."""
        topic = self._topics.name(f"{self._system}.{entity}")
        body = RoundPassed(
            begun=begun,
            system=self._system,
            entity=entity,
            epoch=self._epoch,
            ends=await self._ends(topic),
            scan=scan or whole,
            complete=complete,
            published=published,
            skew_ms=skew_ms,
        )
        await self._publisher.say(f"passed/{begun}/{self._epoch}", body)
        self._measure(entity, scan=scan, whole=whole)

    def _measure(self, entity: str, *, scan: bool, whole: bool) -> None:
        """Tell of a round that passed; how long a scan took is not told, it may have begun in an earlier process."""
        system, now = self._system, self._clock.now_ms() / 1000
        if scan or whole:
            meters.gauge("tandem_scan_passed_timestamp_seconds", now, system=system, entity=entity)
        if scan:
            return
        took = self._clock.monotonic() - self._began[entity]
        meters.gauge("tandem_poll_passed_timestamp_seconds", now, system=system, entity=entity)
        meters.observe("tandem_poll_round_seconds", took, system=system, entity=entity)

    async def _ends(self, topic: str) -> tuple[LogEnd, ...]:
        places = [(topic, number) for number in range(self._binding.partitions[topic])]
        ends = await self._cluster.ends(places)
        topic_id = self._binding.topic_ids[topic]
        return tuple(LogEnd(topic, topic_id, place[1], ends[place]) for place in places)
