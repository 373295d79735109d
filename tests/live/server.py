"""The program as its users run it: `python -m dockerweb.serve`, a process of its own on a free port."""

from __future__ import annotations

import http.client
import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.private_engine import PrivateEngine

ROOT = Path(__file__).resolve().parents[2]
STARTED_WITHIN_S = 90
PASSWORDS = {"ada": "correct horse battery", "joan": "staple of the viewer"}
_TOKEN = re.compile(r'name="csrfmiddlewaretoken"\s+value="([^"]+)"')


class Server:
    """One running program. `admin` and `viewer` are (name, password)."""

    admin = ("ada", PASSWORDS["ada"])
    viewer = ("joan", PASSWORDS["joan"])

    def __init__(self, folder: Path, *, docker_host: str, settings: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.port = _free_port()
        self.prefix = (settings or {}).get("DOCKERWEB_PREFIX", "").rstrip("/")
        self.origin = f"http://127.0.0.1:{self.port}"
        self.url = self.origin + self.prefix
        self.ws_url = f"ws://127.0.0.1:{self.port}{self.prefix}"
        self._cookies: dict[str, list[http.cookiejar.Cookie]] = {}
        self._signing_in = threading.Lock()  # several at once from many threads would trip over the limit of sign-ins
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DOCKER", "DJANGO_")) and name not in ("PORT", "BIND")
        }
        self._environment = {
            **kept,
            "DOCKERWEB_DATA": str(folder / "data"),
            "DOCKERWEB_ADMIN_USER": "ada",
            "DOCKERWEB_ADMIN_PASSWORD": PASSWORDS["ada"],
            "DOCKER_HOST": docker_host,
            "BIND": "127.0.0.1",
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            **(settings or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the running program."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """Everything it has written so far."""
        return (self.folder / "log").read_text(errors="replace")

    def start(self) -> None:
        """Start on the port it always has, and return once it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "dockerweb.serve"], cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + STARTED_WITHIN_S
        while not self._answers():
            assert self._process.poll() is None, f"the server ended:\n{self.log}"
            assert time.monotonic() < deadline, f"the server does not answer:\n{self.log}"
            time.sleep(0.05)

    def stop(self, *, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and wait for the end; its exit status. 0 when it was never started."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(with_signal)
        try:
            return self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait(timeout=60)

    def prepare(self) -> None:
        """Make the database and the viewer (the admin is made by the environment at the first start)."""
        (self.folder / "data").mkdir(mode=0o700, parents=True, exist_ok=True)
        self.manage("migrate", "--verbosity=0")
        self.manage("user_add", "joan", "--role", "viewer", "--password-stdin", typed=PASSWORDS["joan"])

    def manage(self, *words: str, typed: str = "") -> str:
        """Run a `manage.py` command with this server's settings; what it printed."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self._environment, input=typed, capture_output=True, text=True)
        assert done.returncode == 0, f"manage.py {' '.join(words)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def session_cookie(self, username: str) -> str:
        """The value of a Cookie header that bears this person's session; signed in once, by the login form."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies(username))

    def cookies(self, username: str) -> list[http.cookiejar.Cookie]:
        """This person's cookies after signing in; safe in any thread."""
        with self._signing_in:
            if username not in self._cookies:
                self._cookies[username] = self._signed_in(username)
            return self._cookies[username]

    def _signed_in(self, username: str) -> list[http.cookiejar.Cookie]:
        jar = http.cookiejar.CookieJar()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar))
        address = f"{self.url}/accounts/login/"
        with opener.open(address, timeout=60) as page:
            found = _TOKEN.search(page.read().decode())
        assert found, f"no form with a CSRF token at {address}"
        fields = {"login": username, "password": PASSWORDS[username], "csrfmiddlewaretoken": found[1]}
        request = urllib.request.Request(address, data=urllib.parse.urlencode(fields).encode())
        request.add_header("Origin", self.origin)
        request.add_header("Accept", "text/html")
        try:
            with opener.open(request, timeout=60) as page:
                landed = page.geturl()
        except urllib.error.HTTPError as refused:
            landed = refused.geturl()
            refused.close()
        assert "/accounts/login" not in landed, f"{username} was not signed in"
        return list(jar)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", f"{self.prefix}/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@pytest.fixture(scope="session")
def live_server(engine_process: PrivateEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The session's server on the session's engine."""
    server = Server(tmp_path_factory.mktemp("server"), docker_host=engine_process.url)
    server.prepare()
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _live_server_helper() -> None:
    """Take the place of pytest-django's: it prepares its own live server (a thread and this process's database)."""


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """`own_server(engine, DOCKERWEB_PREFIX="/docker")`: a server of this test's own; a str is a DOCKER_HOST."""
    made: list[Server] = []

    def make(engine: PrivateEngine | str, **settings: str) -> Server:
        folder = tmp_path / f"server-{len(made)}"
        folder.mkdir()
        docker_host = engine if isinstance(engine, str) else engine.url
        server = Server(folder, docker_host=docker_host, settings=settings)
        server.prepare()
        made.append(server)
        server.start()
        return server

    yield make
    for server in made:
        server.stop()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
