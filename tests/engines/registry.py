"""A real registry with a password, for engines and for the program alike.

An engine of the tests lives in a network namespace of its own, the program does not, and both must find the registry
at the same address. So it is two processes on one folder and one port number: one outside, one beside each engine.
Neither remembers anything (no cache), so what one stores or deletes the other serves or misses at once.
"""

from __future__ import annotations

import base64
import http.client
import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from scripts.private_engine import PrivateEngine, RawEngine, processes

STARTED_WITHIN_S = 60.0

_CONFIG = """version: 0.1
log: {{level: warn, accesslog: {{disabled: true}}}}
storage:
  filesystem: {{rootdirectory: {folder}/images}}
  delete: {{enabled: true}}
http: {{addr: "{address}", secret: one-for-both-processes}}
auth: {{htpasswd: {{realm: tests, path: {folder}/passwords}}}}
"""
# Ends the registry when whoever started it is gone: stdin closes with that process, however it ended.
_KEEPER = '"$@" & cat >/dev/null; kill $!; wait'


@dataclass(frozen=True)
class Deleted:
    """What `Registry.delete` did: the status, and the digest that was deleted."""

    status: int
    digest: str


class Registry:
    """`docker-registry` on 127.0.0.1 with one user. Nothing is in it that tests did not put there."""

    username = "ada"
    password = "push>>>pull???1"  # in base64 of the wrong alphabet it has "+" and "/", which no engine takes

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dw-registry-", dir="/tmp"))
        self.port = _free_port()
        self.address = f"127.0.0.1:{self.port}"
        self._keepers: list[subprocess.Popen[bytes]] = []

    @property
    def auth_header(self) -> str:
        """The right credentials as X-Registry-Auth takes them: URL-safe base64 with padding."""
        return registry_auth(self.username, self.password)

    def start(self) -> None:
        """Start the process that the program meets, and return once it answers."""
        self._write_settings()
        self._run([])
        deadline = time.monotonic() + STARTED_WITHIN_S
        while not self._answers():
            assert time.monotonic() < deadline, f"the registry does not answer:\n{self.log}"
            time.sleep(0.05)

    def stand_beside(self, engine: PrivateEngine) -> None:
        """Start the process that this engine meets, and return once it answers."""
        self._run(engine.beside([]))
        raw, deadline = RawEngine(engine.socket_path), time.monotonic() + STARTED_WITHIN_S
        credentials = {"username": self.username, "password": self.password, "serveraddress": self.address}
        while (answer := raw.post("/auth", json=credentials))[0] != 200:
            assert time.monotonic() < deadline, f"the engine does not meet the registry: {answer}\n{self.log}"
            time.sleep(0.05)

    def stop(self) -> None:
        """End all its processes and remove what it held."""
        for keeper in self._keepers:
            assert keeper.stdin is not None
            keeper.stdin.close()
        for keeper in self._keepers:
            keeper.wait(timeout=60)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def log(self) -> str:
        """What its processes wrote."""
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    # what tests do with it

    def push(self, raw: RawEngine, image: str, *, name: str, tag: str = "latest") -> str:
        """Put an image of an engine into it as `name:tag`; the reference that pulls it. The engine keeps its tag."""
        repository = f"{self.address}/{name}"
        status, answer = raw.post(f"/images/{image}/tag?" + urlencode({"repo": repository, "tag": tag}))
        assert status == 201, answer
        headers = {"X-Registry-Auth": self.auth_header}
        status, answer = raw.request("POST", f"/images/{repository}/push?tag={tag}", headers=headers)
        assert status == 200, answer
        assert "errorDetail" not in str(answer), answer
        return f"{repository}:{tag}"

    def tags(self, name: str) -> list[str]:
        """The tags of a repository, as the registry itself lists them; [] when there is none of the name."""
        status, answer, _ = self.ask("GET", f"/v2/{name}/tags/list")
        return sorted(answer["tags"] or []) if status == 200 else []

    def digest(self, name: str, tag: str) -> str:
        """The digest of a manifest, "" when there is none."""
        accepts = "application/vnd.docker.distribution.manifest.v2+json"
        status, _, headers = self.ask("HEAD", f"/v2/{name}/manifests/{tag}", accepts=accepts)
        return headers.get("docker-content-digest", "") if status == 200 else ""

    def delete(self, name: str, tag: str) -> Deleted:
        """Delete what a tag names, and with it every other tag of the same digest."""
        digest = self.digest(name, tag)
        status, _, _ = self.ask("DELETE", f"/v2/{name}/manifests/{digest}")
        return Deleted(status, digest)

    def ask(self, method: str, path: str, *, accepts: str = "application/json") -> tuple[int, Any, dict[str, str]]:
        """Ask the registry itself, with the right credentials: status, JSON (or text), headers in lower case."""
        secret = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, headers={"Authorization": f"Basic {secret}", "Accept": accepts})
            answer = connection.getresponse()
            content = answer.read()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            try:
                return answer.status, json.loads(content), headers
            except ValueError:
                return answer.status, content.decode("utf-8", "replace"), headers
        finally:
            connection.close()

    def _answers(self) -> bool:
        try:
            return self.ask("GET", "/v2/")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def _write_settings(self) -> None:
        command = [processes.program("htpasswd"), "-nbB", "-C", "4", self.username, self.password]
        line = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        (self.folder / "passwords").write_text(line.strip() + "\n")
        (self.folder / "config.yml").write_text(_CONFIG.format(folder=self.folder, address=self.address))

    def _run(self, prefix: list[str]) -> None:
        served = [*prefix, processes.program("docker-registry"), "serve", str(self.folder / "config.yml")]
        with (self.folder / "log").open("ab") as log:
            keeper = subprocess.Popen(
                ["sh", "-c", _KEEPER, "keeper", *served],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=processes.environment(),
                start_new_session=True,
            )
        self._keepers.append(keeper)


def registry_auth(username: str, password: str) -> str:
    """What X-Registry-Auth takes, made without the program's own code."""
    return base64.urlsafe_b64encode(json.dumps({"username": username, "password": password}).encode()).decode()


@pytest.fixture(scope="session")
def registry(engine_process: PrivateEngine) -> Iterator[Registry]:
    """The session's registry: `.address` ("127.0.0.1:port", for us and for the session's engine), `.username`,
    `.password`. Give repositories names of your own test; `.push` fills it, `.tags` and `.ask` look into it.
    """
    made = Registry()
    try:
        made.start()
        made.stand_beside(engine_process)
        yield made
    finally:
        made.stop()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
