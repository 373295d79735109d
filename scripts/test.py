"""`make test`: the suite in one pytest process, in the order unit, live, browser; arguments go to pytest.

When nothing but a few tests of the real engine or the real browser failed, exactly these run once more in a fresh
process, and it is said (docs/adr/0002-repeated-live-tests.md). Unit tests are never repeated.
TEST_FOLDER is where the cache, the report and the summary go (var/pytest).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_REPEATED = 8
REPEATABLE = ("tests/live/", "tests/browser/")
TESTS_FAILED = 1  # pytest's exit status for it; anything higher is no matter of single tests


@dataclass(frozen=True)
class Outcome:
    """One pytest process. `failed` are node ids; `passed` counts."""

    status: int
    passed: int
    failed: list[str]


def run(words: list[str], *, folder: Path) -> Outcome:
    """Run pytest with its cache and report in `folder`."""
    last_failed = folder / "cache/v/cache/lastfailed"
    report = folder / "report.xml"
    for stale in (last_failed, report):
        stale.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-o", f"cache_dir={folder / 'cache'}", f"--junit-xml={report}", *words]
    status = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode
    failed = list(json.loads(last_failed.read_text())) if last_failed.exists() else []
    passed = 0
    if report.exists():
        for suite in ET.parse(report).getroot().iter("testsuite"):
            counts = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
            passed += counts["tests"] - counts["failures"] - counts["errors"] - counts["skipped"]
    return Outcome(status, max(passed, 0), failed)


def may_be_repeated(outcome: Outcome) -> bool:
    """Whether single tests failed, few, and all of them such that meet a real engine or browser."""
    return (
        outcome.status == TESTS_FAILED
        and 0 < len(outcome.failed) <= MOST_REPEATED
        and all("::" in name and name.startswith(REPEATABLE) for name in outcome.failed)
    )


def main(words: list[str]) -> int:
    """Run, repeat what may be, say so; pytest's exit status."""
    folder = Path(os.environ.get("TEST_FOLDER", ROOT / "var/pytest"))
    folder.mkdir(parents=True, exist_ok=True)
    first = run(words, folder=folder)
    passed, failed, status = first.passed, len(first.failed), first.status
    if may_be_repeated(first):
        print(f"\nRunning {len(first.failed)} failed once more, in a process of its own:", flush=True)
        second = run(first.failed, folder=folder / "again")
        print(f"\nrepeated: {', '.join(first.failed)}")
        for name in first.failed:
            print(f"  {'failed again' if name in second.failed else 'passed this time'}: {name}")
        status = second.status
        passed, failed = first.passed + second.passed, len(second.failed)
        print(f"{passed} passed, {failed} failed", flush=True)
    (folder / "summary").write_text(f"{passed} passed, {failed} failed\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
