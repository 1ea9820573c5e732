"""Hazards that the simulator does not tell: of processes, Kafka and HTTP, with the tests that do; or of later flows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A hazard, what holds all the same, the tests that show it, and the flow it belongs to where that is still to come."""

    id: str
    says: str
    tests: tuple[str, ...] = ()
    later: str = ""


PROCESSES: tuple[Elsewhere, ...] = (
    Elsewhere("A4", "A key that does not belong to its event's partition is refused; all that feeds the log is keyed alike.",
              ("unit/test_chunks_view.py::test_foreign_key", "unit/test_schemas_topics.py::test_partitions_follow_the_rule_of_each_topic")),
    Elsewhere("A5", "Holes in a compacted or transactional topic do not hold the commit back.",
              ("unit/test_chunks_contract.py::test_gaps_and_pressure_do_nothing", "flow/test_chunks_sync.py::test_holes_and_aborted_records")),
    Elsewhere("A12", "Reading goes on behind the last record seen: what moves between pages is not skipped.",
              ("property/test_poller_keyset.py::test_invoiced_reading_is_complete", "property/test_poller_keyset.py::test_crm_reading_is_complete",
               "flow/test_poller_contacts.py::test_a_gap_in_the_feed_asks_for_a_sweep", "flow/test_poller_items.py::test_an_edit_is_found_by_reading_all")),
    Elsewhere("A15", "A parent's row does not grow with its children, and telling them is spread over many events.",
              ("property/test_scale.py::test_no_row_grows_with_the_children", "property/test_scale.py::test_no_event_does_more_than_its_share",
               "property/test_scale_waiting.py::test_who_waits_for_a_parent_costs_nothing")),
    Elsewhere("A19", "A set that is written whole is read, merged, written and compared: a user's own entries stay.",
              ("flow/test_sink_invoiced.py::test_metadata_is_merged",
               "flow/test_sink_invoice_lines.py::test_a_line_that_a_user_adds_between_look_and_write_is_told",
               "flow/test_sink_invoice_lines.py::test_a_line_that_a_user_edits_between_look_and_write_is_told",
               "property/test_order_stories.py::test_any_life_of_lines_ends_in_step")),
    Elsewhere("B1", "Who slept past its lease writes nothing when it wakes, and an old image it left is set right.",
              ("chaos/test_customer_sleep.py::test_connectors_asleep", "chaos/test_customer_sleep.py::test_worker_asleep",
               "flow/test_sink_lease.py::test_a_holder_that_was_stopped_knows_it_is_late")),
    Elsewhere("B2", "A poller's copy is fed by its topic alone, and dropped when that topic is another.",
              ("flow/test_poller_copies.py::test_a_copy_of_another_cluster_is_dropped",
               "flow/test_poller_copies.py::test_our_own_write_counts_until_it_is_read_back")),
    Elsewhere("B9", "A record that fails for an hour ends as `retry_at` and holds up nobody behind it.",
              ("flow/test_sink_crm_creates.py::test_tries_end_with_a_time",)),
    Elsewhere("B12", "A crash between the DELETE and the POST of an item loses nothing of it: it is noted whole before, and owed.",
              ("flow/test_sink_items_anew.py::test_a_crash_leaves_the_item_whole", "flow/test_sink_items_anew.py::test_a_lost_answer_leaves_the_item_whole",
               "flow/test_sink_items_anew.py::test_a_pause_in_the_gap_waits_for_the_item")),
    Elsewhere("B14", "Pending lines that vanish are held until their invoice is seen.", (), "orders (pending lines)"),
    Elsewhere("B16", "Writing is a lens: what was not changed keeps the destination's own form, a name's split too.",
              ("property/test_laws_values.py::test_writing_what_is_there_changes_nothing",
               "property/test_laws_values.py::test_what_is_written_is_read_back",
               "unit/test_domain_contacts.py::test_an_unchanged_split_of_a_name_stays")),
    Elsewhere("B17", "One budget a system, with shares by kind: an idle share is lent, none is exceeded.",
              ("unit/test_connectors_values.py::test_shares_are_kept_and_lent",)),
    Elsewhere("B18", "A breaker counts a flow's links in the state, so that no restart or hand-over begins anew.",
              ("property/hazards_work.py::too_many_at_once",)),
    Elsewhere("B19", "Faust restores nothing: our own recovery knows one table, and ends or says where it stood.",
              ("unit/test_chunks_contract.py::test_faust_restores_nothing", "flow/test_chunks_restore.py::test_state_lost",
               "flow/test_chunks_restore.py::test_deadline")),
    Elsewhere("B20", "What is too large to be kept is parked with its place.",
              ("unit/test_chunks_poison.py::test_too_large_to_be_kept",), "orders (an invoice of a thousand lines)"),
    Elsewhere("B21", "Tombstones and superseded changes stay long enough for a reader that was away.",
              ("house/test_topics.py::test_settings_are_deliberate", "contract/test_topics_apply.py::test_sets_a_drifted_setting_back")),
    Elsewhere("B22", "A write that timed out is looked for before it is repeated, and who takes over waits one client's time-out first; what lands later still, behind another write of ours, is taken for an edit.",
              ("flow/test_customer_faults.py::test_nothing_is_left_of_it", "chaos/test_customer_takeover.py::test_create_without_answer_and_killed")),
    Elsewhere("N6", "A chunk is one transaction: none of it is repeated half, whatever died where.",
              ("chaos/test_worker_kill.py::test_kill_nine",)),
    Elsewhere("N10", "A create looks by cross-reference and by natural key; a number that was taken meanwhile is found.",
              ("flow/test_sink_crm_creates.py::test_a_create_looks_first", "flow/test_sink_invoiced.py::test_a_number_taken_meanwhile_is_found")),
    Elsewhere("N13", "A worker that was taken over from is fenced by its transaction; recovery passes over markers.",
              ("chaos/test_worker_kill.py::test_asleep_through_its_session", "flow/test_chunks_restore.py::test_state_lost")),
    Elsewhere("N14e", "A look that shows what an event met already tells to be replaced is a past of its record: nothing is written, or deleted, on its word.",
              ("flow/test_sink_contacts.py::test_a_delete_waits_for_the_edit_it_was_told_of",)),
    Elsewhere("N15", "Pending lines are one set with generations.", (), "orders (pending lines)"),
    Elsewhere("N16", "Settled means: nobody waits for anything a round can bring, and rounds have passed since.",
              ("unit/test_ops_quiet.py::test_settling", "contract/test_cli_settle.py::test_it_settles_after_a_silent_round")),
    Elsewhere("T1", "Killed amid a chunk, a worker leaves all of it or nothing of it.",
              ("chaos/test_worker_kill.py::test_kill_nine", "chaos/test_worker_stops.py::test_killed_in_a_transaction")),
    Elsewhere("T14", "The invoice that pending lines went into is reserved for their link.", (), "orders (pending lines)"),
    Elsewhere("T16", "An image left by an older epoch is followed by what stood there before.",
              ("flow/test_poller_crm.py::test_a_record_of_an_older_epoch_is_set_right",)),
    Elsewhere("T17", "Stopped between check and send, a worker that wakes is refused by the broker, not by its own check.",
              ("chaos/test_worker_kill.py::test_asleep_through_its_session",)),
    Elsewhere("T19", "What was applied is remembered across a hand-over and without a disk, and acted on only once read.",
              ("flow/test_sink_crm.py::test_a_restart_without_disk_remembers",
               "flow/test_sink_kafka.py::test_a_standby_takes_over_and_a_replay_writes_nothing")),
)  # fmt: skip

# Hazards the simulator tells have a side that only real processes show.
BESIDE: dict[str, tuple[str, ...]] = {
    "A11": ("unit/test_schemas_codec.py::test_a_field_its_writer_lacked_is_unknown", "unit/test_schemas_image.py::test_unknown_is_not_empty"),
    "A13": ("flow/test_poller_crm.py::test_a_purged_record_is_found_by_a_scan",
            "flow/test_poller_unread.py::test_too_many_missing_records_are_not_believed",
            "flow/test_poller_items.py::test_two_misses_lie_apart", "flow/test_poller_items.py::test_what_we_make_anew_is_not_gone",
            "flow/test_poller_contacts.py::test_a_deleted_contact_is_gone_after_two_misses"),
    "A14": ("flow/test_poller_invoiced.py::test_a_clock_set_back_loses_no_edit",),
    "A17": ("chaos/test_worker_kill.py::test_kill_nine",),
    "B4": ("flow/test_customer_gate.py::test_nothing_is_written_before_approval",),
    "N9": ("flow/test_sink_crm.py::test_a_lost_answer_of_a_normalising_api_is_done",),
    "T2": ("chaos/test_customer_replay.py::test_replayed_from_the_beginning",),
    "T6": ("flow/test_chunks_sync.py::test_offsets_set_forward", "flow/test_chunks_trim.py::test_trim"),
    "T8": ("property/test_laws_rows.py::test_a_row_of_an_older_version_is_moved_up",),
    "T18": ("flow/test_customer_sources.py::test_a_value_of_the_wrong_type",),
    "T20": ("unit/test_chunks_fold.py::test_time_never_runs_back", "unit/test_chunks_fold.py::test_a_poisonous_record"),
}  # fmt: skip
