"""The commands that are running for browsers, written down, so that a server that crashed leaves none behind.

Each process keeps one file under `DOCKERWEB_DATA/execs/`, locked for as long as the process lives: a file whose lock
can be had belongs to a process that is gone, and what it lists as open has to be ended by whoever finds it.
"""

import contextlib
import fcntl
import json
import logging
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from apps.terminals.reaper import Marked

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A command that was running on a host."""

    host_slug: str
    marked: Marked


class Journal:
    """The file of this process. Made with its first entry; writing is one short line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None
        self._open: dict[str, Entry] = {}

    @property
    def path(self) -> Path | None:
        """Where the file is, once there is one."""
        return None if self._file is None else Path(self._file.name)

    def began(self, entry: Entry) -> None:
        """Write down a command before it is started."""
        self._open[entry.marked.token] = entry
        self._write({"host": entry.host_slug, **asdict(entry.marked)})

    def ended(self, token: str) -> None:
        """Write down that a command is no more. An empty journal begins anew."""
        if self._open.pop(token, None) is None or self._file is None:
            return
        if self._open:
            self._write({"ended": token})
        else:
            with contextlib.suppress(OSError):
                self._file.truncate(0)

    def close(self) -> None:
        """Let go of the file; an empty one is removed."""
        if self._file is None:
            return
        if not self._open:
            Path(self._file.name).unlink(missing_ok=True)
        self._file.close()
        self._file = None

    def left_by_others(self) -> list[tuple[Path, list[Entry]]]:
        """The open entries of processes that are gone, by file. Take them up, then remove the file."""
        found: list[tuple[Path, list[Entry]]] = []
        for path in sorted(self._folder.glob("*.jsonl")):
            if self._file is not None and path == Path(self._file.name):
                continue
            with contextlib.suppress(OSError), path.open() as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises while its process lives
                found.append((path, _open_entries(file)))
        return found

    def _write(self, line: dict[str, object]) -> None:
        try:
            if self._file is None:
                self._file = self._make()
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
        except OSError as exc:  # a full disk must not keep anybody from her terminal
            log.warning("a running command could not be written down: %s", exc)

    def _make(self) -> IO[str]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{os.getpid()}-{secrets.token_hex(4)}.jsonl"
        file = open(path, "a", opener=lambda name, flags: os.open(name, flags | os.O_EXCL, 0o600))  # noqa: SIM115
        fcntl.flock(file, fcntl.LOCK_EX)
        return file


def _open_entries(file: IO[str]) -> list[Entry]:
    entries: dict[str, Entry] = {}
    for line in file:
        try:
            noted = json.loads(line)
            if "ended" in noted:
                entries.pop(noted["ended"], None)
            else:
                host_slug = noted.pop("host")
                entries[noted["token"]] = Entry(host_slug, Marked(**noted))
        except (ValueError, KeyError, TypeError):  # a line cut by the crash
            continue
    return list(entries.values())
