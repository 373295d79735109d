"""A server asked over HTTP, as programs ask it, and its activities waited for."""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.parse
import uuid
from typing import Any

from tests.engines.registry import Registry
from tests.live.server import PASSWORDS, Server

IMAGES = "/hosts/local/images/"
PATIENCE_S = 90.0
_TOKEN = re.compile(r'data-csrf="([^"]+)"')


_with_grace: set[str] = set()


def grace(server: Server) -> str:
    """An admin of a server for what is done here: the ends of her activities are told to her, on nobody else's page."""
    if server.url not in _with_grace:
        PASSWORDS["grace"] = "operator of engines"
        server.manage("user_add", "grace", "--role", "admin", "--password-stdin", typed=PASSWORDS["grace"])
        _with_grace.add(server.url)
    return "grace"


class Wire:
    """One person, asking for JSON; Grace unless another is named."""

    def __init__(self, server: Server, user: str = "") -> None:
        self.server = server
        self._user = user or grace(server)
        _, _, page = self.ask("GET", "/activities/", accept="text/html")
        found = _TOKEN.search(page.decode())
        assert found, "a page without a CSRF token"
        self._token = found[1]

    def post(self, path: str, **fields: str) -> tuple[int, Any]:
        """Status and JSON."""
        body = urllib.parse.urlencode(fields).encode()
        return self._posted(path, body, content_type="application/x-www-form-urlencoded")

    def upload(self, path: str, content: bytes, *, name: str, **fields: str) -> tuple[int, Any]:
        """Send a file as `archive`, as a form does; status and JSON."""
        edge = uuid.uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="archive"; filename="{name}"\r\n'
        parts += [head.encode(), b"Content-Type: application/octet-stream\r\n\r\n", content, b"\r\n"]
        parts.append(f"--{edge}--\r\n".encode())
        return self._posted(path, b"".join(parts), content_type=f"multipart/form-data; boundary={edge}")

    def done(self, begun: tuple[int, Any], *, state: str = "done") -> dict[str, Any]:
        """Wait until what was begun has ended like this; the activity."""
        status, answer = begun
        assert status == 202, begun
        give_up_at = time.monotonic() + PATIENCE_S
        while (told := self.told(answer["activity"]))["state"] == "running":
            assert time.monotonic() < give_up_at, told
            time.sleep(0.05)
        assert told["state"] == state, told
        return told

    def told(self, activity: str) -> dict[str, Any]:
        """The activity as it is now."""
        status, _, body = self.ask("GET", f"/activities/{activity}/")
        assert status == 200, (status, body)
        found: dict[str, Any] = json.loads(body)
        return found

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        accept: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of an answer."""
        sent = {"Cookie": self.server.session_cookie(self._user), "Accept": accept, **(headers or {})}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=90)
        try:
            connection.request(method, self.server.prefix + path, body, sent)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def headers_to_post(self, *, content_type: str) -> dict[str, str]:
        """What a request of hers must carry that changes something."""
        headers = {"Origin": self.server.origin, "X-CSRFToken": self._token, "Content-Type": content_type}
        return {**headers, "Cookie": self.server.session_cookie(self._user), "Accept": "application/json"}

    def _posted(self, path: str, body: bytes, *, content_type: str) -> tuple[int, Any]:
        status, _, answer = self.ask("POST", path, body, headers=self.headers_to_post(content_type=content_type))
        return status, json.loads(answer)


def keep_credentials(server: Server, registry: Registry) -> None:
    """Have a running server keep the right credentials of the registry."""
    lines = (
        "from apps.registries.models import Registry, SecretKind",
        "from apps.registries.credentials import keep_secret",
        f"known, _ = Registry.objects.get_or_create(host={registry.address!r}, defaults={{'name': 'Tests'}})",
        f"known.scheme, known.username = 'http', {registry.username!r}",
        f"keep_secret(known, {registry.password!r}, kind=SecretKind.PASSWORD)",
        "known.save()",
    )
    server.manage("shell", "--no-imports", "-c", "\n".join(lines))
