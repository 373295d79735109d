"""What an engine leaves behind on the machine: its processes and its mounts, found by the names only it uses."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

_SYSTEM_FOLDERS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def environment() -> dict[str, str]:
    """This process's environment with the system folders in PATH (root's PATH lacks them under some shells)."""
    return {**os.environ, "PATH": os.environ.get("PATH", "") + ":" + _SYSTEM_FOLDERS}


def program(name: str) -> str:
    """The full path of a program; FileNotFoundError names it when it is missing."""
    found = shutil.which(name, path=environment()["PATH"])
    if found is None:
        raise FileNotFoundError(f"{name} is not installed")
    return found


def is_running(pid: int, *, program: str) -> bool:
    """Whether `pid` is a live process (no zombie) of that program."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    name, rest = stat[stat.index("(") + 1 :].rsplit(")", 1)
    return rest.split()[0] not in "ZX" and name == program


def end_shims(namespace: str) -> None:
    """Kill the shims (and what runs below them) that a killed engine of this containerd namespace left alive."""
    shims = [
        pid
        for pid, words in _command_lines()
        if "containerd-shim" in words[0] and "-namespace" in words and namespace in words
    ]
    _kill(shims + _descendants(shims))


def end_monitors(directory: Path) -> None:
    """Kill the conmon processes that a Podman of this folder left alive: those of an exec wait for five minutes."""
    at = f"{directory}/"
    monitors = [
        pid
        for pid, words in _command_lines()
        if words[0].endswith("conmon") and any(word.startswith(at) for word in words)
    ]
    _kill(monitors + _descendants(monitors))


def _kill(ended: list[int]) -> None:
    for pid in ended:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}/exe").exists() for pid in ended) and time.monotonic() < deadline:
        time.sleep(0.02)


def unmount_below(directory: Path) -> None:
    """Unmount everything mounted at or below `directory`, the deepest first."""
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for mount in sorted((m for m in mounts if m.startswith(f"{directory}/")), key=len, reverse=True):
        subprocess.run(["umount", "-l", mount], check=False, capture_output=True, env=environment())


def _command_lines() -> list[tuple[int, list[str]]]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
                found.append((int(entry.name), words))
    return found


def _descendants(pids: list[int]) -> list[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
    found: list[int] = []
    generation = set(pids)
    while generation:
        generation = {pid for pid, parent in parents.items() if parent in generation}
        found.extend(generation)
    return found
