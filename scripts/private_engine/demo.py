"""A small, lively household of containers to look at: every state, both log streams, a terminal, a project."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.private_engine.image import BASE_IMAGE, make_base_image
from scripts.private_engine.raw import RawEngine

LABEL = "dockerweb.demo"
_SECOND = 1_000_000_000
_MIB = 2**20

_CHATTER = r"""
n=0
while :; do
  n=$((n+1))
  printf '\033[32mINFO\033[0m  request %d served in \033[1m%d ms\033[0m\n' "$n" "$((n * 7 % 90 + 3))"
  [ $((n % 5)) -eq 0 ] && printf '\033[33mWARN\033[0m  cache is \033[4m%d %%\033[0m full\n' "$((n % 100))" >&2
  [ $((n % 17)) -eq 0 ] && printf '\033[1;31mERROR\033[0m upstream said no, trying again\n' >&2
  sleep 1
done
"""
_WEBSITE = r"""
printf '<!doctype html><title>A website</title><h1>It works.</h1><p>Served by a container.</p>' > /www/index.html
exec httpd -f -v -p 80 -h /www
"""
_SMALL_ROOM = r"""
kept=$(head -c 6000000 /dev/urandom | base64)
while :; do echo "${#kept} characters in mind"; i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done; sleep 1; done
"""


@dataclass(frozen=True)
class _Demo:
    name: str
    image: str
    cmd: list[str]
    tty: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    host_config: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    then: str | None = None  # a verb after the start


def _service(name: str, image: str, script: str, *, number: int = 1) -> _Demo:
    labels = {
        "com.docker.compose.project": "shop",
        "dockerweb.team": "shop",
        "com.docker.compose.service": name,
        "com.docker.compose.container-number": str(number),
    }
    return _Demo(f"shop-{name}-{number}", image, ["sh", "-c", script], labels=labels)


def _check(script: str) -> dict[str, Any]:
    return {
        "Healthcheck": {
            "Test": ["CMD-SHELL", script],
            "Interval": 15 * _SECOND,
            "Timeout": 3 * _SECOND,
            "Retries": 1,
            "StartPeriod": 0,
        }
    }


def _household() -> list[_Demo]:
    published = {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": _port_or_any(8081)}]}
    tick = "while :; do date; sleep {}; done"
    return [
        _Demo(
            "workbench",
            "demo/workbench:1",
            ["sh"],
            tty=True,
            fields={"Env": ["PS1=workbench:\\w$ ", "TERM=xterm-256color", "TOKEN=not-for-viewers"]},
        ),
        _Demo("chatter", "demo/chatter:2.1", ["sh", "-c", _CHATTER], labels={"dockerweb.team": "platform"}),
        _Demo(
            "website",
            "demo/website:1.4",
            ["sh", "-c", _WEBSITE],
            labels={"dockerweb.team": "web"},
            host_config={"NetworkMode": "bridge", "PortBindings": published},
            fields={"ExposedPorts": {"80/tcp": {}}},
        ),
        _Demo("ledger", "demo/ledger:3", ["sh", "-c", tick.format(5)], fields=_check("echo all books balance")),
        _Demo(
            "mailer",
            "demo/mailer:0.9",
            ["sh", "-c", tick.format(7)],
            fields=_check("echo cannot reach the mail relay >&2; exit 1"),
        ),
        _Demo("backup", "demo/backup:1", ["sh", "-c", "echo 4,211 files saved; exit 0"]),
        _Demo("import-prices", "demo/import:7", ["sh", "-c", "echo no such file: prices.csv >&2; exit 1"]),
        _Demo("night-shift", "demo/ledger:3", ["sh", "-c", tick.format(2)], then="pause"),
        _Demo(
            "stumbling",
            "demo/import:7",
            ["sh", "-c", "echo starting; sleep 1; echo out of luck >&2; exit 3"],
            host_config={"RestartPolicy": {"Name": "always"}},
        ),
        _service("api", "demo/shop-api:2024.11", "while :; do echo GET /prices 200; sleep 3; done"),
        _service("db", "demo/shop-db:15", "while :; do echo checkpoint complete; sleep 20; done"),
        _Demo(
            "small-room",
            "demo/chatter:2.1",
            ["sh", "-c", _SMALL_ROOM],
            host_config={
                "Memory": 32 * _MIB,
                "MemorySwap": 32 * _MIB,
                "NanoCpus": 250_000_000,
                "Binds": ["small-room:/var/cache"],
            },
        ),
    ]


def fill(socket_path: str | Path) -> list[str]:
    """Make the demonstration containers that are not there yet, and start the stopped ones of them; all their names."""
    make_base_image(socket_path)
    raw = RawEngine(socket_path, timeout_s=120)
    there = {container["Names"][0].lstrip("/"): container for container in raw.containers(label=LABEL)}
    household = _household()
    for demo in household:
        known = there.get(demo.name)
        if known is None:
            _make(raw, demo)
        elif known["State"] == "exited" and demo.name not in ("backup", "import-prices"):
            raw.post(f"/containers/{known['Id']}/start")
            if demo.then:
                raw.post(f"/containers/{known['Id']}/{demo.then}")
    return [demo.name for demo in household]


def _make(raw: RawEngine, demo: _Demo) -> None:
    repository, tag = demo.image.split(":")
    raw.post(f"/images/{BASE_IMAGE}/tag?repo={repository}&tag={tag}")
    container_id = raw.container(
        image=demo.image,
        cmd=demo.cmd,
        name=demo.name,
        tty=demo.tty,
        labels={LABEL: "1", **demo.labels},
        host_config=demo.host_config,
        fields=demo.fields,
    )
    if demo.then:
        status, answer = raw.post(f"/containers/{container_id}/{demo.then}")
        if status != http.client.NO_CONTENT:
            raise RuntimeError(f"the engine did not {demo.then} {demo.name}: {status} {answer}")


def _port_or_any(wanted: int) -> str:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", wanted))
        except OSError:
            return ""
    return str(wanted)
