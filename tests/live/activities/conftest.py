"""A server with the stage in it, and a hand that starts activities there."""

from __future__ import annotations

import http.client
import json
import re
import shlex
import time
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from scripts.private_engine import PrivateEngine
from tests.live.server import Server

Fields = Mapping[str, Sequence[str]]

PATIENCE_S = 60.0
STAGE = {"DJANGO_SETTINGS_MODULE": "tests.live.activities.stage.settings"}
_TOKEN = re.compile(r'data-csrf="([^"]+)"')


class Stage:
    """Asks a server over HTTP, as one person."""

    def __init__(self, server: Server, user: str = "ada") -> None:
        self.server = server
        self._user = user
        self._token = ""

    def start(self, ref: str, *, kind: str = "stage.follow", title: str = "") -> str:
        """Start an activity that follows a container; its id."""
        status, headers, _ = self.ask("POST", "/stage/start/", {"ref": ref, "kind": kind, "title": title})
        assert status == 302, status
        return headers["location"].rstrip("/").rpartition("/")[2]

    def told(self, activity_id: str) -> dict[str, Any]:
        """The activity as JSON."""
        status, _, body = self.ask("GET", f"/activities/{activity_id}/")
        assert status == 200, (status, body)
        found: dict[str, Any] = json.loads(body)
        return found

    def until(self, activity_id: str, state: str) -> dict[str, Any]:
        """Wait until it stands like this; as it is then."""
        give_up_at = time.monotonic() + PATIENCE_S
        while (told := self.told(activity_id))["state"] != state:
            assert time.monotonic() < give_up_at, told
            time.sleep(0.05)
        return told

    def ask(
        self,
        method: str,
        path: str,
        fields: Fields | None = None,
        *,
        accept: str = "application/json",
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of an answer."""
        headers = {"Cookie": self.server.session_cookie(self._user), "Accept": accept}
        if method == "POST":
            headers |= {
                "Origin": self.server.origin,
                "X-CSRFToken": self._csrf_token(),
                "Content-Type": "application/x-www-form-urlencoded",
            }
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            connection.request(
                method, self.server.prefix + path, urllib.parse.urlencode(fields or {}, doseq=True), headers
            )
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def _csrf_token(self) -> str:
        if not self._token:
            _, _, page = self.ask("GET", "/activities/", accept="text/html")
            found = _TOKEN.search(page.decode())
            assert found, "a page without a CSRF token"
            self._token = found[1]
        return self._token


def printing(*lines: str | dict[str, Any], then: str = "true") -> list[str]:
    """A command that prints these lines (messages as JSON), then does something."""
    said = [line if isinstance(line, str) else json.dumps(line, separators=(",", ":")) for line in lines]
    return ["sh", "-c", "".join(f"printf '%s\\n' {shlex.quote(line)}; " for line in said) + then]


@pytest.fixture
def staged(own_server: Callable[..., Server], engine_process: PrivateEngine) -> Callable[..., Server]:
    """`staged(SETTING="…")`: a server of this test's own on the session's engine, with the stage in it."""
    return lambda **settings: own_server(engine_process, **STAGE, **settings)
