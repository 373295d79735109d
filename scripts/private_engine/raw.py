"""The Engine API asked directly: http.client over a unix socket, no version in the path unless the caller writes one.

Tests assert the outside with it, so it shares no line with `apps.engine`.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, socket_path: Path, *, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._socket_path = socket_path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._socket_path))


class RawEngine:
    """One engine behind a unix socket; every request opens a connection of its own, so it is safe in any thread."""

    def __init__(self, socket_path: str | Path, *, timeout_s: float = 60) -> None:
        self.socket_path = Path(socket_path)
        self._timeout_s = timeout_s

    def get(self, path: str) -> tuple[int, Any]:
        """Status and the parsed JSON answer (text where it is not JSON)."""
        return self.request("GET", path)

    def post(self, path: str, json: object = None) -> tuple[int, Any]:
        """POST with an optional JSON body; status and the parsed answer."""
        return self.request("POST", path, body=json)

    def delete(self, path: str) -> tuple[int, Any]:
        """DELETE; status and the parsed answer."""
        return self.request("DELETE", path)

    def request(
        self, method: str, path: str, *, body: object = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """Any request: `bytes` travel as they are, every other body as JSON. Raises OSError when no engine answers."""
        sent = dict(headers or {})
        if isinstance(body, bytes):
            content: bytes | None = body
        elif body is not None:
            content = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        else:
            content = None
        connection = _UnixConnection(self.socket_path, timeout_s=self._timeout_s)
        try:
            connection.request(method, path, body=content, headers=sent)
            answer = connection.getresponse()
            return answer.status, _parsed(answer.read())
        finally:
            connection.close()

    def container(
        self,
        *,
        image: str = "dockerweb/base:1",
        cmd: Sequence[str] | None = None,
        name: str | None = None,
        tty: bool = False,
        labels: Mapping[str, str] | None = None,
        start: bool = True,
        host_config: Mapping[str, Any] | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> str:
        """Create (and start) a container; its full id. `fields` are further members of the create body.

        It stops within a second of being asked (`StopTimeout`), its stdin is open, and it has no network of its own
        unless `host_config` names one: that makes it quick.
        """
        body: dict[str, Any] = {
            "Image": image,
            "Tty": tty,
            "OpenStdin": True,
            "Labels": dict(labels or {}),
            "StopTimeout": 1,
            "HostConfig": {"NetworkMode": "none", **(host_config or {})},
        }
        if cmd is not None:
            body["Cmd"] = list(cmd)
        body.update(fields or {})
        status, answer = self.post("/containers/create" + (f"?name={quote(name)}" if name else ""), json=body)
        if status != 201:
            raise AssertionError(f"the engine did not create the container: {status} {answer}")
        container_id = str(answer["Id"])
        if start:
            status, answer = self.post(f"/containers/{container_id}/start")
            if status != 204:
                raise AssertionError(f"the engine did not start the container: {status} {answer}")
        return container_id

    def inspect(self, container_id: str) -> dict[str, Any]:
        """The engine's own inspect answer of a container that must exist."""
        status, answer = self.get(f"/containers/{quote(container_id)}/json")
        if status != 200:
            raise AssertionError(f"the engine does not know {container_id}: {status} {answer}")
        return dict(answer)

    def remove(self, container_id: str) -> None:
        """Remove a container with its anonymous volumes, running or not; one that is gone already is fine."""
        status, answer = self.delete(f"/containers/{quote(container_id)}?force=1&v=1")
        if status not in (204, 404, 409):
            raise AssertionError(f"the engine did not remove {container_id}: {status} {answer}")

    def containers(self, **filters: str) -> list[dict[str, Any]]:
        """All containers, stopped ones too; `filters` as the API names them, e.g. `label="a=b"`."""
        query = {"all": "1", "filters": json.dumps({key: [value] for key, value in filters.items()})}
        status, answer = self.get("/containers/json?" + urlencode(query))
        if status != 200:
            raise AssertionError(f"the engine did not list its containers: {status} {answer}")
        return list(answer)


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode("utf-8", "replace")
