"""All that inspect says of a container, dressed for its summary page. Environment values never get in here."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.containers.presenters.limits import Fact, limits_of
from apps.engine.types.container_inspect import ContainerInspect, Health, HealthLog, PortBinding
from apps.engine.types.containers import EndpointSettings, MountPoint

_EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - compared, not bound
_HTTPS_PORTS = frozenset({"443", "8443"})
_NOT_FOR_BROWSERS = frozenset({"22", "25", "53", "3306", "5432", "6379", "27017"})


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One run of the health check. `took_s` in seconds, None when it is not known."""

    at: str | None
    exit_code: int | None
    took_s: float | None
    output: str

    @property
    def is_good(self) -> bool:
        """Whether the check passed."""
        return self.exit_code == 0


@dataclass(frozen=True, slots=True)
class HealthView:
    """State of the health check and its last runs, newest first."""

    status: str
    failing_streak: int
    test: str
    checks: tuple[HealthCheck, ...]


@dataclass(frozen=True, slots=True)
class PortLine:
    """A port of the container and one place where it is published ("" when it is only exposed)."""

    inside: str
    outside: str
    url: str


@dataclass(frozen=True, slots=True)
class MountLine:
    """What is mounted where. `source` is the volume's name, or the path on the host."""

    type: str
    source: str
    target: str
    is_writable: bool
    driver: str


@dataclass(frozen=True, slots=True)
class NetworkLine:
    """The container's place in one network; empty words while it does not run."""

    name: str
    address: str
    address_v6: str
    gateway: str
    mac_address: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A legacy link: the other container's name, and what this one calls it."""

    other: str
    alias: str


@dataclass(frozen=True, slots=True)
class ContainerDetail:
    """The summary page. Moments are RFC 3339 as the engine gave them, None when they never were."""

    id: str
    image: str
    image_id: str
    exit_code: int | None
    error: str
    is_oom_killed: bool
    pid: int
    command: str
    entrypoint: str
    user: str
    workdir: str
    hostname: str
    stop_signal: str
    created: str
    started_at: str | None
    finished_at: str | None
    health: HealthView | None
    ports: tuple[PortLine, ...]
    mounts: tuple[MountLine, ...]
    networks: tuple[NetworkLine, ...]
    links: tuple[LinkLine, ...]
    network_mode: str
    limits: tuple[Fact, ...]
    security: tuple[Fact, ...]
    restart: str
    restart_count: int
    log_driver: str
    labels: tuple[tuple[str, str], ...]
    env_names: tuple[str, ...]


def container_detail(container: ContainerInspect, *, page_host: str) -> ContainerDetail:
    """Dress the summary. `page_host` (without port) is what published ports are linked to when bound everywhere."""
    state, config, host_config = container.state, container.config, container.host_config
    return ContainerDetail(
        id=container.id,
        image=config.image,
        image_id=container.image_id,
        exit_code=None if container.is_running or not (state.started_at or state.error) else state.exit_code,
        error=state.error,
        is_oom_killed=state.oom_killed,
        pid=state.pid,
        command=command_line([container.path, *container.args]) if container.path else command_line(config.cmd),
        entrypoint=command_line(config.entrypoint),
        user=config.user,
        workdir=config.working_dir,
        hostname=config.hostname,
        stop_signal=config.stop_signal,
        created=container.created,
        started_at=state.started_at,
        finished_at=None if container.is_running else state.finished_at,
        health=health_view(state.health, test=_health_test(config.healthcheck)),
        ports=_ports(container, page_host=page_host),
        mounts=tuple(_mount(mount) for mount in sorted(container.mounts, key=lambda found: found.destination or "")),
        networks=tuple(_network(name, settings) for name, settings in sorted(container.networks.items())),
        links=tuple(LinkLine(other, alias) for alias, other in sorted(host_config.links.items())),
        network_mode=host_config.network_mode,
        limits=limits_of(host_config),
        security=_security(container),
        restart=restart_words(container),
        restart_count=container.restart_count,
        log_driver=(host_config.log_config.type if host_config.log_config else None) or "",
        labels=tuple(sorted(container.labels.items())),
        env_names=tuple(name for name, _value in env_pairs(container)),
    )


def env_pairs(container: ContainerInspect) -> list[tuple[str, str]]:
    """The environment as (name, value), by name. Values may be secrets: only for who may see them."""
    pairs = (entry.partition("=") for entry in container.config.env)
    return sorted((name, value) for name, _equals, value in pairs)


def command_line(words: list[str]) -> str:
    """Arguments as one would type them in a shell."""
    return shlex.join(words)


def health_view(health: Health | None, *, test: str) -> HealthView | None:
    """The health check's state, None without one."""
    if health is None or health.status in (None, "none"):
        return None
    checks = tuple(_check(run) for run in reversed(health.log))
    return HealthView(health.status or "", health.failing_streak or 0, test, checks)


def port_lines(ports: dict[str, list[PortBinding]], *, page_host: str) -> tuple[PortLine, ...]:
    """One line per published place, the same port on IPv4 and IPv6 once; then what is only exposed.

    Without `page_host` nothing is a link.
    """
    lines: dict[PortLine, None] = {}
    for inside in sorted(ports, key=_port_order):
        for binding in ports[inside]:
            lines.setdefault(_port(inside, binding, page_host=page_host))
    for inside in sorted(ports, key=_port_order):
        if not ports[inside]:
            lines.setdefault(PortLine(inside, "", ""))
    return tuple(lines)


def _ports(container: ContainerInspect, *, page_host: str) -> tuple[PortLine, ...]:
    """The ports as they are published; of a container that does not run, as they will be, and without links."""
    if container.is_running:
        return port_lines(container.ports, page_host=page_host)
    wanted = container.host_config.raw_port_bindings or {}
    ports: dict[str, list[PortBinding]] = {port: [] for port in container.config.exposed_ports} | {
        port: found or [] for port, found in wanted.items()
    }
    return port_lines(ports, page_host="")


def restart_words(container: ContainerInspect) -> str:
    """The restart policy in words."""
    policy = container.host_config.restart_policy
    name = (policy.name if policy else None) or "no"
    most = (policy.maximum_retry_count if policy else None) or 0
    if name == "on-failure" and most:
        return ngettext("on failure, at most %d time", "on failure, at most %d times", most) % most
    names = {
        "no": _("never"),
        "always": _("always"),
        "unless-stopped": _("unless it was stopped"),
        "on-failure": _("on failure"),
    }
    return names.get(name, name)


def _check(run: HealthLog) -> HealthCheck:
    start, end = _moment(run.start), _moment(run.end)
    took_s = round((end - start).total_seconds(), 3) if start and end else None
    return HealthCheck(run.start, run.exit_code, took_s, (run.output or "").strip())


def _moment(text: str | None) -> datetime | None:
    """An engine's RFC 3339 with nine digits of fraction; None when it is none."""
    if not text or text.startswith("0001-"):
        return None
    head, dot, tail = text.partition(".")
    digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
    try:
        found = datetime.fromisoformat(f"{head}.{digits[:6].ljust(6, '0')}{tail[len(digits) :]}" if dot else text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _health_test(healthcheck: dict[str, object] | None) -> str:
    test = (healthcheck or {}).get("Test")
    if not isinstance(test, list) or not test:
        return ""
    words = [str(word) for word in test]
    if words[0] == "CMD-SHELL":
        return " ".join(words[1:])
    return command_line(words[1:] if words[0] == "CMD" else words)


def _port_order(inside: str) -> tuple[int, str]:
    number, _slash, protocol = inside.partition("/")
    return (int(number) if number.isdecimal() else 0, protocol)


def _port(inside: str, binding: PortBinding, *, page_host: str) -> PortLine:
    port, host_ip = binding.host_port or "", binding.host_ip or ""
    is_everywhere = host_ip in _EVERYWHERE
    outside = port if is_everywhere else f"[{host_ip}]:{port}" if ":" in host_ip else f"{host_ip}:{port}"
    number, _slash, protocol = inside.partition("/")
    if protocol != "tcp" or not port or not page_host or number in _NOT_FOR_BROWSERS:
        return PortLine(inside, outside, "")
    host = page_host if is_everywhere else host_ip
    scheme = "https" if number in _HTTPS_PORTS else "http"
    return PortLine(inside, outside, f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}/")


def host_name_of(authority: str) -> str:
    """The host of `example.org:8000` or `[::1]:8000`, without port and brackets."""
    return urlsplit(f"//{authority}").hostname or "localhost"


def _mount(mount: MountPoint) -> MountLine:
    source = (mount.name if mount.type == "volume" else None) or mount.source or ""
    return MountLine(
        type=mount.type or "",
        source=source,
        target=mount.destination or "",
        is_writable=mount.is_writable is not False,
        driver=mount.driver or "",
    )


def _network(name: str, settings: EndpointSettings) -> NetworkLine:
    address, prefix = settings.ip_address or "", settings.ip_prefix_len
    address_v6, prefix_v6 = settings.global_ipv6_address or "", settings.global_ipv6_prefix_len
    return NetworkLine(
        name=name,
        address=f"{address}/{prefix}" if address and prefix else address,
        address_v6=f"{address_v6}/{prefix_v6}" if address_v6 and prefix_v6 else address_v6,
        gateway=settings.gateway or "",
        mac_address=settings.mac_address or "",
        aliases=tuple(settings.aliases),
    )


def _security(container: ContainerInspect) -> tuple[Fact, ...]:
    host_config = container.host_config
    facts = (
        (_("Privileged"), _("yes") if host_config.privileged else ""),
        (_("Root file system"), _("read-only") if host_config.readonly_rootfs else ""),
        (_("Capabilities added"), ", ".join(host_config.cap_add)),
        (_("Capabilities dropped"), ", ".join(host_config.cap_drop)),
        (_("Security options"), ", ".join(host_config.raw_security_opt or [])),
        (_("Process namespace"), host_config.pid_mode),
        (_("IPC namespace"), host_config.ipc_mode if host_config.ipc_mode not in {"private", "shareable"} else ""),
        (_("User namespace"), host_config.userns_mode),
        (_("Runtime"), host_config.runtime if host_config.runtime not in {"", "runc"} else ""),
        (_("Removed when it ends"), _("yes") if host_config.auto_remove else ""),
    )
    return tuple(Fact(name, words) for name, words in facts if words)
