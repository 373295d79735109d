"""What an engine says of itself: ping, version, info."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field


class Ping(Struct):
    """The headers of a ping. `api_version` is the engine's newest; "" where the engine does not say something."""

    api_version: str = ""
    os_type: str = ""
    is_experimental: bool = False
    builder_version: str = ""
    swarm: str = ""
    server: str = ""


class SystemVersion(Struct, rename="pascal"):
    """The answer of `GET /version`. `min_api_version` is "" before API 1.25."""

    version: str = ""
    api_version: str = ""
    min_api_version: str = field(name="MinAPIVersion", default="")
    git_commit: str = ""
    go_version: str = ""
    os: str = ""
    arch: str = ""
    kernel_version: str = ""
    build_time: str = ""
    experimental: bool = False


class SystemInfo(Struct, rename="pascal"):
    """The part of `GET /info` that is shown. `memory_bytes` is the host's memory."""

    id: str = field(name="ID", default="")
    name: str = ""
    server_version: str = ""
    containers: int = 0
    containers_running: int | None = None
    containers_paused: int | None = None
    containers_stopped: int | None = None
    images: int = 0
    driver: str = ""
    logging_driver: str = ""
    cgroup_driver: str = ""
    cgroup_version: str = ""
    kernel_version: str = ""
    operating_system: str = ""
    os_type: str = field(name="OSType", default="")
    architecture: str = ""
    cpus: int = field(name="NCPU", default=0)
    memory_bytes: int = field(name="MemTotal", default=0)
    docker_root_dir: str = ""
    system_time: str = ""
    live_restore_enabled: bool = False
    default_runtime: str = ""
    raw_warnings: list[str] | None = field(name="Warnings", default=None)
    raw_labels: list[str] | None = field(name="Labels", default=None)
    raw_security_options: list[str] | None = field(name="SecurityOptions", default=None)
    swarm: dict[str, Any] | None = None

    @property
    def warnings(self) -> list[str]:
        """Complaints of the engine about its host, [] when there are none."""
        return self.raw_warnings or []

    @property
    def labels(self) -> list[str]:
        """Labels of the engine, [] when there are none."""
        return self.raw_labels or []

    @property
    def security_options(self) -> list[str]:
        """Security options: names below API 1.25, name=…,key=value from then on."""
        return self.raw_security_options or []


class AuthAnswer(Struct, rename="pascal"):
    """What a registry said to credentials. An `identity_token` is to be kept in the password's place."""

    status: str = ""
    identity_token: str | None = None
