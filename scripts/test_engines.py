"""`make test-engines`: the tests of the real engine, on other engines than the machine's own, one after another.

Words before `--` choose engines (`26.1 28.5 podman`; all), those after it go to pytest in the place of the selection.
The same rule as for `make test` holds: a few failed tests run once more. What each engine lacks is in docs/engines.md.
Where Debian has moved on to another version than was tried, a failure is told, and does not make the run red.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.private_engine import EngineDidNotStart, PodmanEngine, PrivateEngine, RawEngine  # noqa: E402

LONGEST_S = 30 * 60
SELECTION = [
    "tests/live/engine",
    "tests/live/sockets",
    "tests/live/containers/test_every_operation.py",
    "tests/live/containers/test_lossless.py",
    "tests/live/containers/test_recreating.py",
    "tests/live/containers/test_files.py",
    "tests/live/images/test_listing.py",
    "tests/live/images/test_pages.py",
    "tests/live/images/transfer",
]
ON_PODMAN = [
    "tests/live/engine/aio",
    "tests/live/engine/test_containers_live.py",
    "tests/live/engine/test_exec_system_live.py",
    "tests/live/sockets/test_attach.py",
    "tests/live/sockets/test_exec.py",
    "tests/live/sockets/test_logs.py",
    "tests/live/sockets/test_stats_and_events.py",
    "tests/live/containers/test_every_operation.py",
    "tests/live/containers/test_recreating.py",
    "tests/live/images/test_listing.py",
]
ENGINES = {"26.1": "trixie", "28.5": "sid", "podman": ""}
"""Each engine under test, and the Debian tree below var/engines/ that has it; Podman is the machine's own."""
TRIED_PODMAN = "4.3"


@dataclass(frozen=True)
class Ran:
    """How an engine did; `told` is the line that the tests ended with."""

    engine: str
    version: str
    is_green: bool
    told: str
    seconds: float
    is_known: bool = True

    @property
    def line(self) -> str:
        """How it did, in a line."""
        version = f" ({self.version})" if self.version else ""
        unknown = "" if self.is_known else " - not the version that was tried: told, not counted"
        return f"{self.engine}: {self.told} in {self.seconds:.0f} s{version}{unknown}"


def facts_of(tree: str) -> dict[str, str]:
    """Start the engine once and ask for its versions. Raise EngineDidNotStart."""
    directory = tempfile.mkdtemp(prefix="dw-", dir="/tmp")
    engine = PrivateEngine(directory, tree=ROOT / "var/engines" / tree) if tree else PodmanEngine(directory)
    try:
        engine.start()
        answer = RawEngine(engine.socket_path).get("/version")[1]
        return {name: value for name, value in answer.items() if isinstance(value, str)}
    finally:
        engine.destroy()


def run(name: str, words: list[str]) -> Ran:
    """Run the tests on one engine, in a process and a folder of their own."""
    began = time.monotonic()
    tree = ENGINES[name]
    try:
        facts = facts_of(tree)
    except (EngineDidNotStart, OSError) as error:
        return Ran(name, "", False, f"did not start: {error}", time.monotonic() - began)
    speaks = f"{facts['MinAPIVersion']}-{facts['ApiVersion']}"
    version = f"{facts['Version']} (API {speaks})"
    print(f"\n== {name}: {version}", flush=True)
    folder = ROOT / "var/pytest/engines" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "summary").unlink(missing_ok=True)
    environment = {
        **os.environ,
        "TEST_ENGINE": str(ROOT / "var/engines" / tree) if tree else "podman",
        "TEST_ENGINE_API": speaks,
        "TEST_FOLDER": str(folder),
    }
    command = [sys.executable, "scripts/test.py", *(words or (SELECTION if tree else ON_PODMAN))]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
    try:
        status: int | None = process.wait(timeout=LONGEST_S)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.wait()
        status = None
    summary = folder / "summary"
    told = summary.read_text().strip() if summary.exists() else "0 passed, 1 failed"
    if status is None:
        told = f"not done within {LONGEST_S // 60} minutes"
    is_known = facts["Version"].startswith(f"{name if tree else TRIED_PODMAN}.")
    return Ran(name, version, status == 0, told, time.monotonic() - began, is_known)


def note(lines: list[str]) -> None:
    """Leave the lines where .ci/run finds them."""
    (ROOT / "var/pytest/engines-summary").write_text("\n".join(lines) + "\n")


def main(words: list[str]) -> int:
    """Run the engines that are wanted, and say how each did."""
    cut = words.index("--") if "--" in words else len(words)
    names, words = words[:cut] or list(ENGINES), words[cut + 1 :]
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        print(f"There is no engine {', '.join(unknown)}: {', '.join(ENGINES)}.", file=sys.stderr)
        return 2
    all_ran = [run(name, words) for name in names]
    lines = [ran.line for ran in all_ran]
    print("\n== all engines", *lines, sep="\n", flush=True)
    note(lines)
    return 0 if all(ran.is_green or not ran.is_known for ran in all_ran) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
