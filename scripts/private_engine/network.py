"""The bridge of an engine that lives in the machine's own network, on a subnet that nothing else there uses."""

from __future__ import annotations

import ipaddress
import json
import subprocess

from scripts.private_engine import processes


def ensure_bridge(name: str, *, key: str) -> None:
    """Make the bridge `name` with a free /24; one that exists is kept. `key` (hex) picks where the search begins."""
    if _ip("link", "show", "dev", name, check=False).returncode == 0:
        return
    subnet = _free_subnet(first=int(key[:2], 16))
    _ip("link", "add", name, "type", "bridge")
    _ip("addr", "add", f"{subnet.network_address + 1}/{subnet.prefixlen}", "dev", name)
    _ip("link", "set", name, "up")


def remove_bridge(name: str) -> None:
    """Remove the bridge; one that is gone is fine."""
    _ip("link", "del", name, check=False)


def _free_subnet(*, first: int) -> ipaddress.IPv4Network:
    routes = json.loads(_ip("-j", "-4", "route", "show", "table", "all").stdout or "[]")
    taken = []
    for route in routes:
        if route.get("dst", "default") != "default":
            taken.append(ipaddress.IPv4Network(route["dst"], strict=False))
    for step in range(256):
        subnet = ipaddress.IPv4Network(f"172.29.{(first + step) % 256}.0/24")
        if not any(subnet.overlaps(other) for other in taken):
            return subnet
    raise RuntimeError("no free subnet below 172.29.0.0/16 for the engine's bridge")


def _ip(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [processes.program("ip"), *words]
    return subprocess.run(command, check=check, capture_output=True, text=True)
