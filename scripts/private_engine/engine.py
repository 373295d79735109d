"""`dockerd` with a folder, a socket, a bridge and (for tests) a network namespace of its own.

Nothing here touches an engine that somebody else runs: the containerd namespace is ours alone, so even on a machine
whose own containerd serves both, neither sees the other's containers. Never `--bridge=none`: that deletes `docker0`.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from scripts.private_engine import network, processes
from scripts.private_engine.raw import RawEngine

START_DEADLINE_S = 120.0
STOP_DEADLINE_S = 40.0
_LONGEST_FOLDER = 48  # a unix socket's path holds 107 bytes, and the engine makes sockets deep below its folders

# Holds the network namespace while engines come and go in it, and ends the engine when whoever started it is gone:
# its stdin is a pipe that closes with that process, however that process ended.
_HOLDER = """
ip link set lo up && ip link add br-dw type bridge || exit 1
ip addr add 172.30.0.1/16 dev br-dw && ip link set br-dw up || exit 1
echo ready
cat >/dev/null
pid=$(cat "$1/pid" 2>/dev/null) && kill -TERM "$pid" 2>/dev/null
"""

# Runs dockerd of another Debian tree in a mount namespace that ends with it, its own folders where they are outside.
# The tree is the root of that namespace: after a mere chroot an exec would find itself in the machine's own files, for
# it enters the container's mount namespace at the root.
_IN_TREE = """
tree=$1 directory=$2 run=$3; shift 3
mount --bind "$tree" "$tree"
for part in proc sys dev; do mount --rbind "/$part" "$tree/$part"; done
for part in "$directory" "$run"; do mkdir -p "$tree$part"; mount --bind "$part" "$tree$part"; done
cd "$tree"; mkdir -p machine; pivot_root . machine; umount -l machine; cd /
exec "$@"
"""


class EngineDidNotStart(Exception):
    """No answer in time; the last lines of the engine's own log are the message."""


class PrivateEngine:
    """One engine below `directory`, which is made when it is missing.

    `isolated` gives it a network namespace of its own that ends with this process; without it the engine lives in the
    machine's network (published ports can be reached from a browser) and outlives this process. `settings` are those of
    daemon.json. `tree` is the root of a Debian installation whose dockerd is taken instead of the machine's.
    """

    program = "dockerd"

    def __init__(
        self,
        directory: str | Path,
        *,
        isolated: bool = True,
        live_restore: bool = False,
        settings: Mapping[str, object] | None = None,
        tree: Path | None = None,
    ) -> None:
        self.directory = Path(directory).absolute()
        self._isolated = isolated
        self._live_restore = live_restore
        self._settings = dict(settings or {})
        self._tree = tree
        self._key = hashlib.sha256(str(self.directory).encode()).hexdigest()[:8]
        is_short = len(str(self.directory)) <= _LONGEST_FOLDER
        self._run_directory = self.directory if is_short else Path(f"/run/dw-{self._key}")
        self._holder: subprocess.Popen[str] | None = None
        self._engine: subprocess.Popen[bytes] | None = None

    @property
    def socket_path(self) -> Path:
        """Where the engine listens."""
        return self._run_directory / "docker.sock"

    @property
    def url(self) -> str:
        """What to put into DOCKER_HOST."""
        return f"unix://{self.socket_path}"

    @property
    def pid(self) -> int | None:
        """The process id of a running engine, also of one that an earlier process started here."""
        try:
            pid = int((self._run_directory / "pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if processes.is_running(pid, program=self.program) else None

    @property
    def answers(self) -> bool:
        """Whether `GET /_ping` is answered now."""
        try:
            return RawEngine(self.socket_path, timeout_s=5).get("/_ping")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def beside(self, command: list[str]) -> list[str]:
        """Return the command that runs `command` where the engine's 127.0.0.1 is: in its network namespace."""
        if not self._isolated:
            return command
        return [processes.program("nsenter"), f"--net={self.network_namespace}", "--", *command]

    @property
    def network_namespace(self) -> Path:
        """The file that stands for the network the engine lives in."""
        return Path(f"/proc/{self._hold_namespace() if self._isolated else 'self'}/ns/net")

    def start(self) -> None:
        """Start, and return once it answers. One that runs already is left as it is."""
        if self.pid is None:
            self.directory.mkdir(parents=True, exist_ok=True)
            self._run_directory.mkdir(parents=True, exist_ok=True)
            # A killed engine leaves its containerd's pid file. Where that process still is a zombie (an init that does
            # not reap) the next engine would wait for it to answer.
            for stale in ("pid", "docker.sock", "exec/containerd/containerd.pid"):
                (self._run_directory / stale).unlink(missing_ok=True)
            # Also without settings: so that the machine's own do not count here.
            (self.directory / "daemon.json").write_text(json.dumps(self._settings) + "\n")
            with (self.directory / "log").open("ab") as log:
                self._engine = subprocess.Popen(
                    self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
                )
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Ask it to stop, and return once it is gone; its containers stop with it (not with `live_restore`)."""
        self._end(signal.SIGTERM)
        if not self._isolated:
            network.remove_bridge(self._bridge)

    def kill(self) -> None:
        """What a crash looks like: SIGKILL, no goodbye to anybody."""
        containerd_pid = self._containerd_pid
        self._end(signal.SIGKILL)
        if containerd_pid is not None:
            # It dies with its engine a moment later. An engine started in that moment would try to use it.
            self._wait_until_gone(containerd_pid, program="containerd")

    def restart(self) -> None:
        """Stop, then start on the same folder and the same socket path."""
        self.stop()
        self.start()

    def destroy(self) -> None:
        """Stop it and remove everything it had: containers, left-over processes, mounts, folders, bridge."""
        if self.answers:
            raw = RawEngine(self.socket_path)
            with contextlib.suppress(OSError, http.client.HTTPException, AssertionError):
                for container in raw.containers():
                    raw.remove(container["Id"])
        self.stop()
        processes.end_shims(self._containerd_namespace)
        for directory in {self.directory, self._run_directory}:
            processes.unmount_below(directory)
            shutil.rmtree(directory, ignore_errors=True)
        if self._holder is not None:
            if self._holder.stdin is not None:
                self._holder.stdin.close()
            self._holder.wait(timeout=STOP_DEADLINE_S)
            if self._holder.stdout is not None:
                self._holder.stdout.close()
            self._holder = None

    @property
    def _containerd_pid(self) -> int | None:
        try:
            return int((self._run_directory / "exec/containerd/containerd.pid").read_text())
        except (OSError, ValueError):
            return None

    @property
    def _containerd_namespace(self) -> str:
        return f"dw-{self._key}"

    @property
    def _bridge(self) -> str:
        return "br-dw" if self._isolated else f"dw-{self._key}"

    def _command(self) -> list[str]:
        run = self._run_directory
        command = [
            "dockerd" if self._tree else processes.program("dockerd"),
            f"--data-root={self.directory / 'data'}",
            f"--exec-root={run / 'exec'}",
            f"--pidfile={run / 'pid'}",
            f"--host={self.url}",
            f"--bridge={self._bridge}",
            f"--containerd-namespace={self._containerd_namespace}",
            f"--containerd-plugins-namespace={self._containerd_namespace}-plugins",
            f"--config-file={self.directory / 'daemon.json'}",
            "--iptables=false",
            "--ip6tables=false",
            "--log-level=warn",
            *(["--live-restore"] if self._live_restore else []),
        ]
        if not self._isolated:
            network.ensure_bridge(self._bridge, key=self._key)
        if self._tree is not None:
            folders = [str(self._tree), str(self.directory), str(run)]
            own_mounts = [processes.program("unshare"), "--mount", "--propagation=private", "--"]
            command = [*own_mounts, "sh", "-ec", _IN_TREE, "dockerd", *folders, *command]
        return self.beside(command)

    def _hold_namespace(self) -> int:
        if self._holder is None or self._holder.poll() is not None:
            self._holder = subprocess.Popen(
                ["unshare", "--net", "--", "sh", "-c", _HOLDER, "holder", str(self._run_directory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=processes.environment(),
                start_new_session=True,
            )
            assert self._holder.stdout is not None
            if self._holder.stdout.readline().strip() != "ready":
                raise EngineDidNotStart("no network namespace of its own: this needs root and the iproute2 package")
        return self._holder.pid

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_DEADLINE_S
        while not self.answers:
            has_ended = self._engine is not None and self._engine.poll() is not None
            if has_ended or time.monotonic() > deadline:
                raise EngineDidNotStart(self._last_words())
            time.sleep(0.05)

    def _last_words(self) -> str:
        try:
            lines = (self.directory / "log").read_text(errors="replace").splitlines()
        except OSError:
            lines = []
        return "the engine did not start:\n" + "\n".join(lines[-15:])

    def _end(self, with_signal: signal.Signals) -> None:
        pid = self.pid
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, with_signal)
            self._wait_until_gone(pid, program=self.program)
        if self._engine is not None:
            self._engine.wait(timeout=STOP_DEADLINE_S)
            self._engine = None

    def _wait_until_gone(self, pid: int, *, program: str) -> None:
        deadline = time.monotonic() + STOP_DEADLINE_S
        while processes.is_running(pid, program=program):
            if self._engine is not None:
                self._engine.poll()  # takes the ended child off the process table
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                deadline += STOP_DEADLINE_S
            time.sleep(0.02)
