"""What is written down of running commands, and who takes up what is left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from apps.terminals.journal import Entry, Journal
from apps.terminals.reaper import Marked


def entry(token: str) -> Entry:
    return Entry("local", Marked("c" * 64, token, user=None, exec_id="e1"))


def test_what_a_process_that_is_gone_left_open_is_found_by_the_next(tmp_path: Path) -> None:
    crashed = Journal(tmp_path)
    for token in ("one", "two", "three"):
        crashed.began(entry(token))
    crashed.ended("two")
    assert crashed.path is not None
    next_one = Journal(tmp_path)
    assert next_one.left_by_others() == []  # its process lives
    with crashed.path.open("a") as file:
        file.write('{"host": "local", "tok')  # cut by the crash
    kept = crashed.path
    crashed.close()
    [(path, entries)] = next_one.left_by_others()
    assert path == kept
    assert entries == [entry("one"), entry("three")]


def test_an_orderly_end_leaves_no_file(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.began(entry("one"))
    journal.ended("one")
    journal.close()
    assert list(tmp_path.iterdir()) == []


def test_others_cannot_read_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "execs")
    journal.began(entry("one"))
    assert journal.path is not None
    assert journal.path.stat().st_mode & 0o077 == 0
    journal.close()


def test_a_disk_that_takes_nothing_keeps_nobody_from_a_terminal(tmp_path: Path) -> None:
    in_the_way = tmp_path / "execs"
    in_the_way.write_text("a file where the folder should be")
    journal = Journal(in_the_way)
    journal.began(entry("one"))
    journal.ended("one")
    journal.close()


def test_the_lock_is_that_of_the_process(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from apps.terminals.journal import Entry, Journal;"
        "from apps.terminals.reaper import Marked;"
        "j = Journal(pathlib.Path(sys.argv[1])); j.began(Entry('local', Marked('c', 't', user=None, exec_id='e')));"
        "print('ready', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    assert other.stdout is not None
    assert other.stdin is not None
    assert other.stdout.readline() == b"ready\n"
    assert Journal(tmp_path).left_by_others() == []
    other.kill()
    other.wait(30)
    other.stdout.close()
    other.stdin.close()
    [(_path, entries)] = Journal(tmp_path).left_by_others()
    assert [one.marked.token for one in entries] == ["t"]
