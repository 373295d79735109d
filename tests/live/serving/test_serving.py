"""The program as a process: its start, its limits on the wire, its sub-path, its end."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dockerweb.serve import READER_GONE_MS, listen
from scripts.private_engine import PrivateEngine, RawEngine
from tests.live.server import ROOT, Server
from tests.live.sockets.client import Client

OwnServer = Callable[..., Server]
NO_ENGINE = "unix:///nowhere/docker.sock"


def ask(
    server: Server, path: str, *, user: str | None = None, accept: str = "text/html", forwarded_proto: str = ""
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Accept": accept}
    if forwarded_proto:
        headers["X-Forwarded-Proto"] = forwarded_proto
    if user:
        headers["Cookie"] = server.session_cookie(user)
    connection.request("GET", server.prefix + path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


async def test_sockets_end_with_their_right_and_all_of_them_with_1012_on_sigterm(
    own_server: OwnServer, engine_process: PrivateEngine, make_container: Any, raw: RawEngine
) -> None:
    container_id = make_container(["sh"], tty=True)
    server = await asyncio.to_thread(own_server, engine_process)
    sockets = [await Client.open(server, "events/") for _ in range(10)]
    sockets += [await Client.open(server, f"containers/{container_id}/exec/", {"cmd": "sh"}) for _ in range(3)]
    sockets += [await Client.open(server, f"containers/{container_id}/attach/")]
    for one in sockets:
        assert await one.step()  # ready
    viewers = await Client.open(server, "events/", user="joan")
    await asyncio.to_thread(server.manage, "user_role", "joan", "none")
    while await viewers.step():
        pass
    assert (viewers.close_code, viewers.messages[-1]["type"]) == (4401, "problem")

    os.kill(server.pid, signal.SIGTERM)
    for one in sockets:
        while await one.step():
            pass
    assert {one.close_code for one in sockets} == {1012}
    assert await asyncio.to_thread(server.stop) in {0, -signal.SIGTERM}
    assert "Traceback" not in server.log

    def shells() -> int:
        _, top = raw.get(f"/containers/{container_id}/top")
        return len(top["Processes"])

    deadline = time.monotonic() + 60
    while await asyncio.to_thread(shells) > 1:  # the container's own shell stays, those of the terminals go
        assert time.monotonic() < deadline


def _ask_plainly(server: Server, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


def test_500_megabytes_are_refused_before_they_are_sent(live_server: Server) -> None:
    with socket.create_connection(("127.0.0.1", live_server.port), timeout=60) as wire:
        head = f"POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1:{live_server.port}\r\nContent-Length: {500 * 2**20}\r\n\r\n"
        wire.sendall(head.encode())
        assert wire.recv(64).startswith(b"HTTP/1.1 413 ")


def test_500_megabytes_in_chunks_are_refused_on_the_way(live_server: Server) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    sent = 0
    with socket.create_connection(("127.0.0.1", live_server.port), timeout=60) as wire:
        head = f"POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1:{live_server.port}\r\nTransfer-Encoding: chunked\r\n\r\n"
        wire.sendall(head.encode())
        with pytest.raises(OSError):
            while sent < 500 * 2**20:
                wire.sendall(chunk)
                sent += len(chunk)
    assert sent < 64 * 2**20  # what the kernels on both sides hold included


def test_a_peer_that_stops_reading_is_given_up_by_the_kernel() -> None:
    with listen("127.0.0.1", 0) as listener:
        listener.listen()
        with socket.create_connection(listener.getsockname()) as _peer:
            accepted, _ = listener.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == READER_GONE_MS


def test_below_a_sub_path_everything_stays_below_it_also_without_an_engine(own_server: OwnServer) -> None:
    server = own_server(NO_ENGINE, DOCKERWEB_PREFIX="/docker")
    assert ask(server, "/healthz")[0] == 200
    status, headers, _ = ask(server, "/hosts/local/containers/")
    assert (status, headers["location"]) == (302, "/docker/accounts/login/?next=/docker/hosts/local/containers/")
    status, _, page = ask(server, "/accounts/sessions/", user="ada")
    assert status == 200
    assert _ask_plainly(server, "/healthz") == 200  # the proxy has taken the sub-path off
    assert _ask_plainly(server, "/static/img/mark.svg") == 200
    local = re.findall(r'(?:href|src|action|data-[a-z-]+)="(/[^"]*)"', page)
    assert local
    assert [address for address in local if not address.startswith("/docker/")] == []
    _, headers, _ = ask(server, "/accounts/login/")
    assert "Path=/docker/" in headers["set-cookie"]
    status, _, body = ask(server, "/hosts/local/containers/", user="ada", accept="application/json")
    assert status == 502
    assert set(json.loads(body)) == {"status", "title", "detail", "hint"}


def test_without_an_admin_the_console_shows_the_link_that_makes_one(own_server: OwnServer) -> None:
    proxied = {"DOCKERWEB_TRUSTED_PROXIES": "127.0.0.1", "DOCKERWEB_HTTPS": "1"}
    server = own_server(NO_ENGINE, DOCKERWEB_ADMIN_USER="", DOCKERWEB_ADMIN_PASSWORD="", **proxied)
    link = re.search(r"http://127\.0\.0\.1:\d+(/setup/\?token=\S+)", server.log)
    assert link
    assert ask(server, "/accounts/login/")[1]["location"] == "/setup/"
    assert ask(server, "/setup/")[0] == 403
    assert ask(server, link[1])[0] == 200
    # A proxy that is trusted is believed when it says that the reader came by https.
    assert "strict-transport-security" in ask(server, "/healthz", forwarded_proto="https")[1]
    assert "strict-transport-security" not in ask(server, "/healthz")[1]


def test_static_files_are_kept_for_ever_only_by_their_fingerprint(live_server: Server) -> None:
    _, _, page = ask(live_server, "/accounts/login/")
    marked = re.search(r'"(/static/[^"?]+)\?v=[0-9a-f]{12}"', page)
    assert marked
    assert ask(live_server, f"{marked[1]}?v=0")[1]["cache-control"].endswith("immutable")
    assert ask(live_server, marked[1])[1]["cache-control"] == "no-cache"
    assert ask(live_server, "/static/../manage.py")[0] == 404
    assert ask(live_server, "/static/%2e%2e/manage.py")[0] == 404


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORT", "eighty", "PORT is 'eighty'"),
        ("DOCKERWEB_DATA", "/proc/nowhere", "nothing can be written"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(tmp_path: Path, name: str, value: str, words: str) -> None:
    environment = {
        **os.environ,
        "DOCKERWEB_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "dockerweb.settings",
        name: value,
    }
    command = [sys.executable, "-m", "dockerweb.serve"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_without_its_tables_stops_the_start(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DOCKERWEB_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "dockerweb.settings",
        "PORT": "0",
    }
    command = [sys.executable, "-m", "dockerweb.serve"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert "manage.py migrate" in done.stderr
