"""The private engine itself: others' tests rely on what it says about itself."""

from pathlib import Path

from scripts.private_engine import PrivateEngine, RawEngine
from tests.engines.private import MakeContainer


def test_a_made_container_runs_on_the_sessions_engine_and_bears_the_tests_label(
    raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sleep", "600"], name="infra-labelled")
    found = raw.inspect(container_id)
    assert found["State"]["Running"]
    assert "test_a_made_container_runs" in found["Config"]["Labels"]["dockerweb.test"]


def test_an_engine_survives_a_crash_on_the_same_address_and_leaves_nothing_behind(own_engine: PrivateEngine) -> None:
    raw = RawEngine(own_engine.socket_path)
    container_id = raw.container(cmd=["sh"])
    own_engine.kill()
    assert not own_engine.answers
    own_engine.start()
    assert raw.inspect(container_id)["State"]["Status"] == "exited"
    own_engine.destroy()
    assert not own_engine.directory.exists()
    assert str(own_engine.directory) not in Path("/proc/self/mounts").read_text()
