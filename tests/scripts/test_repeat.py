"""`make test` repeats failed live and browser tests once, openly, and nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FAILS_FIRST = """
from pathlib import Path

def test_nervous():
    mark = Path(__file__).with_suffix(".mark")
    was_there = mark.exists()
    mark.touch()
    assert was_there

def test_calm():
    pass
"""
FAILS = "def test_broken():\n    assert 1 == 2\n"


def run_suite(folder: Path, files: dict[str, str]) -> tuple[int, str]:
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/test.py", folder / "scripts")
    (folder / "pytest.ini").write_text("[pytest]\ntestpaths = tests\naddopts = -p no:django --import-mode=importlib\n")
    for name, text in files.items():
        path = folder / "tests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    command = [sys.executable, "scripts/test.py", "-q"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_a_live_test_that_failed_once_is_repeated_and_named(tmp_path: Path) -> None:
    status, said = run_suite(tmp_path, {"live/test_a.py": FAILS_FIRST, "unit/test_b.py": "def test_b(): pass\n"})
    assert status == 0
    assert "repeated: tests/live/test_a.py::test_nervous" in said
    assert "passed this time: tests/live/test_a.py::test_nervous" in said
    assert said.splitlines()[-1] == "3 passed, 0 failed"


def test_a_live_test_that_fails_twice_fails_the_run(tmp_path: Path) -> None:
    status, said = run_suite(tmp_path, {"browser/test_a.py": FAILS, "live/test_b.py": FAILS_FIRST})
    assert status == 1
    assert "failed again: tests/browser/test_a.py::test_broken" in said
    assert said.splitlines()[-1] == "2 passed, 1 failed"


def test_a_failed_unit_test_is_never_repeated_nor_is_anything_beside_it(tmp_path: Path) -> None:
    status, said = run_suite(tmp_path, {"unit/test_a.py": FAILS_FIRST, "live/test_b.py": FAILS_FIRST})
    assert status == 1
    assert "repeated:" not in said
    assert "2 failed, 2 passed" in said.splitlines()[-1]


def test_many_failed_live_tests_are_no_accident(tmp_path: Path) -> None:
    many = "\n".join(f"def test_{number}():\n    assert False\n" for number in range(9))
    status, said = run_suite(tmp_path, {"live/test_a.py": many})
    assert status == 1
    assert "repeated:" not in said
    assert "9 failed" in said.splitlines()[-1]
