"""Podman's Docker-compatible API in the place of dockerd, with folders, a socket and a network namespace of its own."""

from __future__ import annotations

from scripts.private_engine import processes
from scripts.private_engine.engine import PrivateEngine

# Podman asks for as many files and processes as the kernel allows at all, which root without CAP_SYS_RESOURCE cannot.
_SETTINGS = """[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
_WITH_PID_FILE = 'echo $$ >"$1/pid"; export CONTAINERS_CONF="$1/containers.conf"; shift; exec "$@"'


class PodmanEngine(PrivateEngine):
    """`podman system service`."""

    program = "podman"

    def destroy(self) -> None:
        """Do what every engine does, and end the monitors of execs."""
        super().destroy()
        processes.end_monitors(self.directory)

    def _command(self) -> list[str]:
        run = self._run_directory
        (run / "containers.conf").write_text(_SETTINGS)
        command = [
            processes.program("podman"),
            f"--root={self.directory / 'data'}",
            f"--runroot={run / 'exec'}",
            f"--tmpdir={run / 'tmp'}",
            "system",
            "service",
            "--time=0",
            self.url,
        ]
        return self.beside(["sh", "-ec", _WITH_PID_FILE, "podman", str(run), *command])
