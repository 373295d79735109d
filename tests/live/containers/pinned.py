"""A server held to one API version, on the session's engine, and somebody in front of it."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from apps.engine.version import ApiVersion
from scripts.private_engine import PrivateEngine, RawEngine
from tests.live.server import Server
from tests.live.sockets.client import Client

LIST = "/hosts/local/containers/"
_CSRF = re.compile(r'data-csrf="([^"]+)"')


class Answer(NamedTuple):
    """What came over the wire; `json` is None where it is no JSON."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def text(self) -> str:
        return self.body.decode()


class Pinned:
    """Ada, signed in at a server that speaks `version` with its engine."""

    def __init__(self, server: Server, version: ApiVersion, raw: RawEngine) -> None:
        self.server = server
        self.version = version
        self.raw = raw
        self._token = ""

    @classmethod
    def start(cls, folder: Path, engine: PrivateEngine, version: str, *, prepared: Path) -> Pinned:
        """Start a server that is held to the version from its first breath, on a copy of a `prepared` data folder."""
        server = Server(folder, docker_host=engine.url)
        shutil.copytree(prepared, folder / "data")
        with contextlib.closing(sqlite3.connect(next((folder / "data").glob("*.sqlite3")))) as database:
            done = database.execute("UPDATE hosts_host SET api_version = ? WHERE slug = 'local'", [version])
            assert done.rowcount == 1
            database.commit()
        server.start()
        return cls(server, ApiVersion.parse(version), RawEngine(engine.socket_path))

    def has(self, since: str) -> bool:
        """Whether the version that is spoken has what came with `since`."""
        return self.version >= ApiVersion.parse(since)

    def get(self, at: str, /, *, accept: str = "application/json", **query: str) -> Answer:
        """Ask for an address; further keywords are its query."""
        return self._ask("GET", f"{at}?{urlencode(query)}" if query else at, accept=accept)

    def page(self, path: str) -> str:
        """The text of a page that is there."""
        answer = self.get(path, accept="text/html")
        assert answer.status == 200, answer
        return answer.text

    def post(
        self, path: str, fields: dict[str, str] | bytes | None = None, *, accept: str = "application/json"
    ) -> Answer:
        """Change something, with the token of a page that was looked at before."""
        if not self._token:
            found = _CSRF.search(self.page(LIST))
            assert found
            self._token = found[1]
        body = fields if isinstance(fields, bytes) else urlencode(fields or {}).encode()
        kind = "application/octet-stream" if isinstance(fields, bytes) else "application/x-www-form-urlencoded"
        headers = {"X-CSRFToken": self._token, "Content-Type": kind, "Origin": self.server.origin}
        return self._ask("POST", path, accept=accept, body=body, headers=headers)

    def _ask(
        self, method: str, path: str, *, accept: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=90)
        sent = {"Accept": accept, "Cookie": self.server.session_cookie("ada"), **(headers or {})}
        try:
            connection.request(method, self.server.prefix + path, body=body, headers=sent)
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, told, answer.read())
        finally:
            connection.close()

    async def socket(self, path: str, query: list[tuple[str, str]] | dict[str, str] | None = None) -> Client:
        """Open a socket below this host."""
        return await Client.open(self.server, path, query)
