"""Ada at the running program, without a browser: forms with their token, and every body that came back."""

from __future__ import annotations

import http.client
import re
from urllib.parse import urlencode

from tests.live.server import Server

_TOKEN = re.compile(r'data-csrf="([^"]+)"')


class Visitor:
    """`bodies` holds every answer's body and headers."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._cookie = server.session_cookie("ada")
        self.bodies: list[str] = []

    def get(self, path: str, *, accept: str = "text/html") -> str:
        """The body of a page."""
        return self._asked("GET", path, accept=accept)

    def post(self, path: str, fields: dict[str, str], *, accept: str = "text/html") -> str:
        """The body of what a form's submission gives."""
        token = _TOKEN.search(self.get("/registries/"))
        assert token
        return self._asked("POST", path, accept=accept, fields={**fields, "csrfmiddlewaretoken": token[1]})

    def _asked(self, method: str, path: str, *, accept: str, fields: dict[str, str] | None = None) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        headers = {"Accept": accept, "Cookie": self._cookie, "Origin": self._server.origin}
        body = None
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(fields)
        try:
            connection.request(method, self._server.prefix + path, headers=headers, body=body)
            answer = connection.getresponse()
            content = answer.read().decode()
            self.bodies.append(f"{answer.getheaders()}\n{content}")
            return content
        finally:
            connection.close()
