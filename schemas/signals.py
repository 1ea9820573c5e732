"""What Tandem tells about itself: every metric and every log event by name, so that a typo fails the type check.

The comment above a name is its documentation: `Kind, unit. Meaning. Labels: a, b.` for a metric,
`Level. Meaning.` for a log event. docs/reference/metrics.md is made from it.
"""

from typing import Literal

MetricName = Literal[
    # Counter, requests. HTTP requests sent to a system; status is none where no answer came. Labels: system, kind (read, write), status.
    "tandem_http_requests_total",
    # Histogram, seconds. From sending a request to having its answer. Labels: system, kind.
    "tandem_http_request_seconds",
    # Gauge, requests per second. What the request budget allows now. Labels: system.
    "tandem_budget_requests_per_second",
    # Counter, requests. Requests a system refused for coming too fast. Labels: system.
    "tandem_throttled_total",
    # Histogram, seconds. One poll round, from its beginning in the log to its last acknowledgement. Labels: system, entity.
    "tandem_poll_round_seconds",
    # Gauge, seconds. Unix time of the last round that passed. Labels: system, entity.
    "tandem_poll_passed_timestamp_seconds",
    # Gauge, seconds. Unix time of the last full scan that passed. Labels: system, entity.
    "tandem_scan_passed_timestamp_seconds",
    # Counter, records. Records read from a system, on pages or one by one. Labels: system, entity.
    "tandem_records_read_total",
    # Counter, changes. Changes published, after what the shadow already held was dropped. Labels: system, entity, op.
    "tandem_changes_published_total",
    # Counter, records. Records or pages nobody can read. Labels: system, entity.
    "tandem_unreadable_total",
    # Gauge, milliseconds. How far a system's clock is ahead of ours. Labels: system.
    "tandem_clock_skew_milliseconds",
    # Gauge, none. 1 while this process holds the lease of its system. Labels: system.
    "tandem_lease_held",
    # Counter, commands. Commands answered, by what came of them; a repeated one counts again. Labels: system, outcome.
    "tandem_commands_total",
    # Histogram, seconds. From beginning a command to the acknowledgement of its result. Labels: system.
    "tandem_command_seconds",
    # Gauge, commands. Commands read and not yet answered. Labels: system.
    "tandem_commands_in_flight",
    # Counter, entries. Entries of the log that were folded. Labels: kind.
    "tandem_events_total",
    # Histogram, seconds. One chunk, from its delivery to its acknowledgement. Labels: agent.
    "tandem_chunk_seconds",
    # Histogram, entries. How many entries stood in a chunk. Labels: agent.
    "tandem_chunk_entries",
    # Histogram, seconds. From reading a change in its system to folding it. Labels: system.
    "tandem_change_delay_seconds",
    # Gauge, entries. How far this worker is behind the end of a partition it reads, unsettled chunks included. Labels: topic, partition.
    "tandem_lag_entries",
    # Gauge, links. Links by what holds for them; one may hold in several ways. Labels: flow, state (all, in_flight, retrying, parked, refused, normalised, held, waiting, review, retired).
    "tandem_links",
    # Gauge, records. Records that stand in no link, by why. Labels: state.
    "tandem_unlinked",
    # Counter, conflicts. Properties edited on both sides, by who won. Labels: flow, winner.
    "tandem_conflicts_total",
    # Gauge, wishes. Wishes that cannot be applied. Labels: flow, direction.
    "tandem_parked",
    # Gauge, none. 1 while a flow and direction is open; 0 while paused, held or tripped. Labels: flow, direction.
    "tandem_gate_open",
    # Counter, events. Entries on which a fold raised; each is parked with its position. Labels: error.
    "tandem_poisoned_total",
    # Gauge, none. 1 while state is being rebuilt from the public topics. Labels: partition.
    "tandem_catching_up",
    # Histogram, seconds. From being given a partition to being able to fold it. Labels: partition.
    "tandem_recovery_seconds",
    # Gauge, bytes. Size of the state on disk. Labels: partition.
    "tandem_state_bytes",
]

LogEvent = Literal[
    # Info. A process has begun; it may take a while until it is ready.
    "process.started",
    # Info. A process has read what it must know and does its part.
    "process.ready",
    # Info. A process was told to stop and does.
    "process.stopping",
    # Error. Something that must not fail has failed; the process ends with it, a restart reads on.
    "process.ended",
    # Info. This process holds the lease of its system.
    "lease.taken",
    # Error. This process lost the lease of its system and ends.
    "lease.lost",
    # Info. A poll round passed and published something.
    "poll.passed",
    # Warning. A source cannot be read; rounds pass without it.
    "poll.failing",
    # Info. A source that could not be read is read again.
    "poll.recovered",
    # Info. A full scan or backfill passed.
    "scan.passed",
    # Warning. A full scan cannot go on for now.
    "scan.failing",
    # Warning. A record or page nobody can read; it is listed.
    "record.unreadable",
    # Warning. A record was deleted to be made anew and nobody did it: it is brought back as it was.
    "record.brought_back",
    # Warning. A system refuses our login; its direction pauses.
    "login.refused",
    # Warning. A command could not be applied in time; it is tried again later.
    "command.retry",
    # Warning. A system refused a command's values.
    "command.refused",
    # Warning. An entry of the command topic that is no command is passed over.
    "command.unreadable",
    # Warning. A wish was parked.
    "link.parked",
    # Debug. A conflict was decided.
    "conflict.decided",
    # Warning. A breaker tripped; its flow and direction waits for a person.
    "breaker.tripped",
    # Info. A flow and direction was opened or closed.
    "gate.changed",
    # Error. A fold raised on an entry; it is parked with its position.
    "event.poisoned",
    # Info. A partition's state is complete and is folded on from here.
    "state.restored",
    # Info. A rebalance took the partitions away while their state was restored.
    "state.abandoned",
    # Warning. Local state was of no use and is built anew from its changelog.
    "state.wiped",
    # Warning. The log and the state do not join up, so it catches up: what kind of gap there is.
    "state.gap",
    # Warning. The state is being brought back from the public topics; nothing is written until that is over.
    "catching_up.begun",
    # Info. The public topics have been read back; both systems are read whole once more.
    "catching_up.told",
    # Warning. The public topics could not be read back; it is tried again.
    "catching_up.failing",
    # Info. The state is back: what was edited meanwhile is written now.
    "catching_up.over",
    # Info. The log was trimmed: what is folded and old is gone from it.
    "log.trimmed",
    # Warning. The log could not be trimmed; that costs disk space, no more.
    "log.untrimmed",
]
