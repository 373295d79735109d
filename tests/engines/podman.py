"""What Podman does not have or does otherwise, seen on 4.3.1: the tests that are left out on it, and why.

Everything else of the selection in scripts/test_engines.py passes on it. docs/engines.md tells the same to readers.
"""

from __future__ import annotations

import pytest

LEFT_OUT = {
    "it has no WebSocket to attach by": [
        "test_what_is_typed_reaches_the_terminal_and_its_answer_comes_back[ws]",
        "test_without_a_wish_the_websocket_is_taken",
        "test_ctrl_p_is_not_held_back[ws]",
        "test_keys_asked_for_detach_and_the_container_runs_on[ws]",
        "test_without_a_terminal_a_websocket_mixes_them",
        "test_conformance_24_attached_to_a_stopped_container_it_speaks_once_started[ws]",
        "test_conformance_26_the_end_of_a_container_is_an_end_and_inspect_knows_the_code[ws]",
        "test_removing_a_container_ends_its_attach[ws]",
        "test_a_paused_container_refuses_attach_and_exec[ws]",
        "test_conformance_27_closing_stdin_ends_no_session_of_a_container_without_stdin_once[ws]",
        "test_closing_stdin_of_a_stdin_once_container_lets_it_finish[ws]",
        "test_a_megabyte_goes_through_an_attach_and_back_unchanged[ws]",
        "test_the_older_wire_works_too",
    ],
    "it hears keys that detach only one by one": [
        "test_keys_asked_for_detach_and_the_container_runs_on[hijack]",
        "test_container_attach_resize_and_detach_keys",
    ],
    "it tells of events of its own (init, cleanup), with other words and no sequence that can be counted on": [
        "test_what_happens_after_entering_is_seen",
        "test_conformance_31_a_reconnect_replays_from_the_last_event_without_repeating_it",
        "test_conformance_32_after_more_events_than_the_engine_keeps_the_replay_is_merely_shorter",
        "test_past_events_are_read_as_a_closed_stream",
        "test_events_come_as_the_engine_says_them",
        "test_command_lines_and_exec_ids_do_not_reach_a_viewer",
        "test_what_happened_before_can_be_asked_for",
    ],
    "its log has seconds without a fraction, and is silent until the first line": [
        "test_conformance_21_a_line_of_40_kb_comes_whole_in_records_of_one_time",
        "test_conformance_22_the_second_a_log_ends_with_is_read_whole_again",
        "test_conformance_22_tail_0_shows_new_lines_only_and_odd_moments_are_never_sent",
        "test_a_followed_log_ends_properly_with_its_container[restart?t=0]",
        "test_conformance_23_a_log_driver_that_cannot_be_read_says_so",
        "test_a_stopped_or_killed_engine_is_told_from_a_stopped_container",
        "test_container_logs_as_a_stream_and_as_a_file",
        "test_since_and_until_cut_exactly",
        "test_a_log_driver_that_cannot_be_read_is_said_in_words",
        "test_a_reader_that_does_not_read_costs_nothing_and_loses_nothing",
    ],
    "its errors have other words and, for a mistake of the asker, often the status 500": [
        "test_the_log_of_no_container_is_not_found",
        "test_a_paused_container_refuses_attach_and_exec[hijack]",
        "test_conformance_28_a_missing_program_is_told_in_the_stream_and_by_an_exit_code",
        "test_an_exec_whose_container_has_stopped_is_not_found",
        "test_what_is_not_there_is_not_found",
        "test_signals_reach_the_program_and_unknown_ones_are_refused",
        "test_names_are_given_and_refused",
        "test_a_program_that_is_not_there_fails_its_start",
        "test_what_the_engine_does_not_make_never_stops_the_old_one",
        "test_a_program_that_is_not_there_is_told_when_started_detached",
        "test_conformance_05_errors_are_words_in_every_version",
        "test_a_stopped_container_refuses_a_shell_in_words",
        "test_a_container_without_a_shell_says_so_and_keeps_no_command",
    ],
    "it speaks to registries by TLS alone unless its own settings say otherwise": [
        "test_credentials_are_checked_in_every_version",
        "test_an_identity_token_needs_a_version_that_knows_it",
        "test_the_newest_image_is_pulled_and_nothing_is_done_when_there_is_none",
    ],
    "it names images with their registry": ["test_a_container_is_listed_and_inspected_in_every_version"],
    "it has no order of its own in an environment, no addresses kept, names images with their registry": [
        "test_an_edit_changes_what_was_changed_and_keeps_the_rest",
        "test_networks_with_their_addresses_and_names_stay_and_one_in_use_rolls_back",
        "test_a_container_that_removes_itself_is_replaced_and_made_anew_when_that_fails",
        "test_a_revision_is_restored_with_the_image_of_its_time",
        "test_the_list_says_what_the_engine_says",
        "test_the_engine_resolves_its_own_filters",
        "test_pages_of_fifty",
    ],
    "it keeps a container whose network another one shares": [
        "test_without_scripts_the_form_comes_back_with_what_was_typed_or_leads_to_the_new_one",
    ],
    "it has no layers of builds, and measures nothing that layers share": [
        "test_layers_of_builds_come_on_request",
        "test_shared_bytes_are_measured_on_request_and_shown_from_then_on",
    ],
    "it has no links between containers": ["test_container_delete_takes_a_link_away"],
    "it changes no limits of a container that exists": ["test_limits_are_changed", "test_container_update_in_place"],
    "it lists no networks of a container": ["test_container_list_with_every_filter"],
    "its list of changes has more": ["test_container_top_changes_and_export", "test_processes_and_changes_are_told"],
    "its single sample has no CPU figure, and a stopped container has none at all": [
        "test_one_sample_of_statistics_holds_figures",
        "test_samples_of_one_container_are_computed_and_stop_with_it",
    ],
    "it ends attached connections and execs in an order of its own": [
        "test_a_container_that_ends_at_any_moment_ends_its_sockets_properly",
        "test_closed_tabs_leave_no_process_behind",  # but zombies, in a container whose first process takes none
    ],
    "it knows no exit code after a removal": ["test_a_wait_for_the_removal_returns_the_exit_code"],
    "it remembers execs that have ended, and tells 0 of those that run": [
        "test_exec_one_off_with_a_terminal_and_detached",
        "test_a_program_is_run_in_a_container",
        "test_environment_and_folder_of_an_exec_need_their_versions",
    ],
}
_WHY = {name: why for why, names in LEFT_OUT.items() for name in names}


def leave_out(items: list[pytest.Item]) -> None:
    """Skip what Podman cannot pass, saying why."""
    for item in items:
        why = _WHY.get(item.name) or _WHY.get(item.name.partition("[")[0])
        if why is not None:
            item.add_marker(pytest.mark.skip(reason=f"Podman: {why}"))
