"""The private engine itself: others' tests rely on what it says about itself."""

import subprocess
import sys
from pathlib import Path

from scripts.private_engine import PrivateEngine, RawEngine, demo
from tests.engines.private import MakeContainer

ROOT = Path(__file__).resolve().parents[3]


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


def test_the_demonstration_shows_every_state_and_is_made_once(own_engine: PrivateEngine) -> None:
    raw = RawEngine(own_engine.socket_path)
    names = demo.fill(own_engine.socket_path)
    assert demo.fill(own_engine.socket_path) == names
    shown = {container["Names"][0].lstrip("/"): container for container in raw.containers(label=demo.LABEL)}
    assert set(shown) == set(names)
    assert shown["night-shift"]["State"] == "paused"
    assert raw.inspect("stumbling")["HostConfig"]["RestartPolicy"]["Name"] == "always"
    assert raw.inspect("workbench")["Config"]["Tty"]
    assert shown["shop-api-1"]["Labels"]["com.docker.compose.project"] == "shop"
    assert raw.inspect("small-room")["HostConfig"]["Memory"] == 32 * 2**20
    assert [port["PrivatePort"] for port in shown["website"]["Ports"]] == [80]


def test_the_engine_is_started_found_and_removed_by_hand(tmp_path: Path) -> None:
    folder = tmp_path / ("a-folder-with-a-name-that-no-socket-path-could-hold" * 2)

    def engine(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "scripts/engine", *words]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    try:
        started = engine("start", "--dir", str(folder))
        assert started.returncode == 0, started.stderr
        url = started.stdout.strip()
        assert engine("answers", url).returncode == 0
        assert engine("status", "--dir", str(folder)).returncode == 0
        assert engine("start", "--dir", str(folder)).stdout == started.stdout
        assert engine("stop", "--dir", str(folder)).returncode == 0
        assert engine("answers", url).returncode == 1
    finally:
        removed = engine("remove", "--dir", str(folder))
    assert removed.returncode == 0, removed.stderr
    assert not folder.exists()
