"""The stage of a measurement: a private engine and a server of ours on it, both gone at its end."""

import contextlib
import http.client
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from scripts.private_engine import PrivateEngine, RawEngine, make_base_image

ROOT = Path(__file__).resolve().parent.parent
START_DEADLINE_S = 60.0
ADMIN = "ada"


@dataclass(frozen=True)
class Stage:
    """Where the engine and the server of a measurement are."""

    engine: PrivateEngine
    raw: RawEngine
    port: int
    server_pid: int
    cookie: str

    def page(self, path: str) -> bytes:
        """Return the body of one page, asked on a connection of its own."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            return self.page_over(connection, path)

    def page_over(self, connection: http.client.HTTPConnection, path: str) -> bytes:
        """Return the body of one page, asked on `connection`, which is kept."""
        connection.request("GET", path, headers={"Cookie": self.cookie, "Accept": "text/html"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}: {body[:300]!r}")
        return body

    def resident_mib(self) -> float:
        """Return the server's resident memory in MiB."""
        status = Path(f"/proc/{self.server_pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) / 1024

    def cpu_s(self) -> float:
        """Return the processor time that the server has taken so far, in seconds."""
        fields = Path(f"/proc/{self.server_pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def stage(*, engine_settings: Mapping[str, object] | None = None) -> Iterator[Stage]:
    """Start an engine (with settings of its daemon.json) and a server on it; sign in as an admin."""
    directory = Path(tempfile.mkdtemp(prefix="dw-b", dir="/tmp"))
    engine = PrivateEngine(directory / "e", settings=engine_settings)
    password = secrets.token_urlsafe(16)
    port = _free_port()
    try:
        engine.start()
        make_base_image(engine.socket_path)
        environment = os.environ | {
            "DOCKER_HOST": engine.url,
            "DOCKERWEB_DATA": str(directory / "data"),
            "DOCKERWEB_ADMIN_USER": ADMIN,
            "DOCKERWEB_ADMIN_PASSWORD": password,
            "PORT": str(port),
        }
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
        server = subprocess.Popen(
            [sys.executable, "-X", "no_debug_ranges", "-m", "dockerweb.serve"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            _wait_until_served(port, server)
            yield Stage(engine, RawEngine(engine.socket_path), port, server.pid, _sign_in(port, password))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)
    finally:
        engine.stop()
        shutil.rmtree(directory, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_served(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_DEADLINE_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"The server ended with code {server.returncode} while it started.")
        with contextlib.suppress(OSError, http.client.HTTPException):
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
        time.sleep(0.05)
    raise RuntimeError("The server did not answer within a minute.")


def _sign_in(port: int, password: str) -> str:
    """Sign in through the form, as a browser does; return the Cookie header."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", "/accounts/login/")
        answer = connection.getresponse()
        page = answer.read().decode()
        cookie = _cookies(answer)
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
        form = urlencode({"login": ADMIN, "password": password, "csrfmiddlewaretoken": token})
        headers = {
            "Cookie": cookie,
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://127.0.0.1:{port}",
        }
        connection.request("POST", "/accounts/login/", body=form, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 302:
            raise RuntimeError(f"Signing in answered {answer.status}.")
        return _cookies(answer)


def _cookies(answer: http.client.HTTPResponse) -> str:
    return "; ".join(line.split(";", 1)[0] for line in answer.headers.get_all("Set-Cookie") or [])
