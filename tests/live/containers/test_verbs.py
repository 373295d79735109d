"""The verbs on a real engine: what it says of its containers afterwards, asked directly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from scripts.private_engine import RawEngine

LIST = "/hosts/local/containers/"
Make = Callable[..., str]


def do(client: Client, ref: str, verb: str, **fields: str) -> tuple[int, dict[str, Any]]:
    answer = client.post(f"{LIST}{ref}/{verb}/", fields)
    return answer.status_code, answer.json()


def state(raw: RawEngine, container_id: str) -> dict[str, Any]:
    return dict(raw.inspect(container_id)["State"])


def test_start_and_stop_and_that_it_was_so_already(ada: Client, raw: RawEngine, make_container: Make) -> None:
    container_id = make_container(name="verbs-start", start=False)
    assert do(ada, container_id, "start")[1]["title"] == "verbs-start is running"
    assert state(raw, container_id)["Running"] is True
    status, told = do(ada, "verbs-start", "start")
    assert (status, told["was_needed"], told["title"]) == (200, False, "verbs-start was running already")
    assert do(ada, container_id[:12], "stop", timeout="0")[0] == 200
    assert state(raw, container_id)["Running"] is False
    assert do(ada, container_id, "stop")[1]["title"] == "verbs-start was stopped already"


def test_stop_waits_as_long_as_it_is_told(ada: Client, raw: RawEngine, make_container: Make) -> None:
    graceful = make_container(["sh", "-c", "trap 'sleep 1; exit 5' TERM; while :; do sleep 0.1; done"])
    assert do(ada, graceful, "stop", timeout="30")[0] == 200
    assert state(raw, graceful)["ExitCode"] == 5
    stubborn = make_container(["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"])
    assert do(ada, stubborn, "stop", timeout="0")[0] == 200
    assert state(raw, stubborn)["ExitCode"] == 137


def test_restart_begins_anew_and_starts_what_was_stopped(ada: Client, raw: RawEngine, make_container: Make) -> None:
    container_id = make_container()
    before = state(raw, container_id)["StartedAt"]
    assert do(ada, container_id, "restart", timeout="0")[0] == 200
    assert state(raw, container_id)["StartedAt"] > before
    stopped = make_container(start=False)
    assert do(ada, stopped, "restart")[0] == 200
    assert state(raw, stopped)["Running"] is True


def test_kill_sends_the_signal_it_is_told(ada: Client, raw: RawEngine, make_container: Make) -> None:
    loop = "trap 'exit 7' USR1; while :; do sleep 0.1; done"
    container_id = make_container(["sh", "-c", f"{loop}"])
    assert do(ada, container_id, "kill", signal="SIGUSR1")[0] == 200
    assert raw.post(f"/containers/{container_id}/wait")[1]["StatusCode"] == 7
    status, told = do(ada, container_id, "kill")
    assert (status, told["was_needed"]) == (200, False)
    assert told["title"].endswith("was not running")


@pytest.mark.parametrize("fields", [{"signal": "A B"}, {"signal": "0"}, {"timeout": "-1"}, {"timeout": "soon"}])
def test_nonsense_never_reaches_the_engine(
    ada: Client, raw: RawEngine, make_container: Make, fields: dict[str, str]
) -> None:
    container_id = make_container()
    verb = "kill" if "signal" in fields else "stop"
    status, told = do(ada, container_id, verb, **fields)
    assert status == 400
    assert told["title"]
    assert state(raw, container_id)["Running"] is True


def test_pause_and_unpause_and_what_is_in_the_way(ada: Client, raw: RawEngine, make_container: Make) -> None:
    """Conformance 8: an unpause of what is not paused is no failure of the engine."""
    container_id = make_container(name="verbs-pause")
    assert do(ada, container_id, "pause")[0] == 200
    assert state(raw, container_id)["Paused"] is True
    assert do(ada, container_id, "pause")[1]["title"] == "verbs-pause was paused already"
    assert do(ada, container_id, "unpause")[0] == 200
    assert state(raw, container_id)["Paused"] is False
    status, told = do(ada, container_id, "unpause")
    assert (status, told["title"]) == (200, "verbs-pause was not paused")
    stopped = make_container(start=False)
    status, told = do(ada, stopped, "pause")
    assert status == 409
    assert "not running" in told["detail"]


def test_a_running_container_is_removed_only_by_force(ada: Client, raw: RawEngine, make_container: Make) -> None:
    container_id = make_container(Volumes={"/scratch": {}})
    volume = raw.inspect(container_id)["Mounts"][0]["Name"]
    status, told = do(ada, container_id, "remove")
    assert status == 409
    assert "running" in told["detail"]
    assert "container" in told["detail"]
    assert do(ada, container_id, "remove", force="1")[0] == 200
    assert raw.get(f"/containers/{container_id}/json")[0] == 404
    assert raw.get(f"/volumes/{volume}")[0] == 200
    raw.delete(f"/volumes/{volume}")


def test_removal_takes_anonymous_volumes_when_told(ada: Client, raw: RawEngine, make_container: Make) -> None:
    container_id = make_container(start=False, Volumes={"/scratch": {}})
    volume = raw.inspect(container_id)["Mounts"][0]["Name"]
    assert do(ada, container_id, "remove", volumes="1")[0] == 200
    assert raw.get(f"/volumes/{volume}")[0] == 404


def test_removing_twice_is_removed(ada: Client, make_container: Make) -> None:
    """Conformance 9."""
    container_id = make_container(start=False)
    assert do(ada, container_id, "remove")[1]["was_needed"] is True
    status, told = do(ada, container_id, "remove")
    assert (status, told["was_needed"]) == (200, False)


def test_conformance_11_a_failed_start_tells_the_engines_reason_and_its_code(ada: Client, make_container: Make) -> None:
    """Conformance 11."""
    container_id = make_container(["/no/such/program"], name="verbs-broken", start=False)
    status, told = do(ada, container_id, "start")
    assert status == 409
    assert told["title"] == "verbs-broken did not start"
    assert "/no/such/program" in told["detail"]
    assert "127" in told["hint"]


def test_bad_names_find_nothing_and_change_nothing(ada: Client, raw: RawEngine, make_container: Make) -> None:
    """Conformance 13: a prefix is never sent on."""
    container_id = make_container(name="verbs-Named")
    bad = [container_id[:11], container_id[:4], container_id[:63], container_id.upper(), "verbs-named", "verbs-Name"]
    for ref in [*bad, "%2e%2e", "..%2fother", "-", container_id + "0"]:
        for verb in ("stop", "remove", "kill"):
            assert ada.post(f"{LIST}{ref}/{verb}/", {"force": "1", "timeout": "0"}).status_code == 404, ref
    assert state(raw, container_id)["Running"] is True


def test_several_at_once_have_a_result_each(ada: Client, raw: RawEngine, make_container: Make) -> None:
    running = [make_container(name=f"verbs-bulk-{at}") for at in range(3)]
    stopped = make_container(name="verbs-bulk-off", start=False)
    ids = [*running, stopped, "no-such-one", running[0]]
    answer = ada.post(f"{LIST}bulk/", {"verb": "stop", "id": ids, "timeout": "0"})
    told = answer.json()
    assert (answer.status_code, told["failed"], len(told["results"])) == (200, 1, 5)
    by_id = {result["id"]: result for result in told["results"]}
    assert by_id[stopped]["title"] == "verbs-bulk-off was stopped already"
    assert by_id["no-such-one"]["status"] == 404
    assert [state(raw, one)["Running"] for one in running] == [False, False, False]


def test_several_at_once_need_a_verb_and_a_choice(ada: Client) -> None:
    assert ada.post(f"{LIST}bulk/", {"verb": "explode", "id": "x"}).status_code == 400
    assert ada.post(f"{LIST}bulk/", {"verb": "stop"}).status_code == 400


def test_a_viewer_changes_nothing(joan: Client, raw: RawEngine, make_container: Make) -> None:
    container_id = make_container()
    for verb in ("start", "stop", "restart", "kill", "pause", "unpause", "remove"):
        assert do(joan, container_id, verb)[0] == 403
    assert joan.post(f"{LIST}bulk/", {"verb": "kill", "id": container_id}).status_code == 403
    assert state(raw, container_id)["Running"] is True


def test_pages_and_fragments_get_their_own_answers(ada: Client, make_container: Make) -> None:
    container_id = make_container(start=False)
    script = ada.post(f"{LIST}{container_id}/start/", headers={"X-Fragment": "1", "Accept": "text/html"})
    assert (script.status_code, "is running" in script["X-Toast"]) == (204, True)
    plain = ada.post(f"{LIST}{container_id}/kill/", headers={"Accept": "text/html"})
    assert (plain.status_code, plain["Location"]) == (302, f"{LIST}{container_id}/")
    gone = ada.post(f"{LIST}{container_id}/remove/", headers={"Accept": "text/html"})
    assert gone["Location"] == LIST
