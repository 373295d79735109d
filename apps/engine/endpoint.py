"""Where an engine listens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

from apps.engine.errors import InvalidEndpoint

DEFAULT_SOCKET = "/var/run/docker.sock"
_LONGEST_SOCKET_PATH = 107  # bytes of sockaddr_un.sun_path without the final zero
_PLAIN_PORT, _TLS_PORT = 2375, 2376
_HOST = re.compile(r"[A-Za-z0-9._:%-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Paths of PEM files. `ca` None: the system's authorities. `is_verified` False: any certificate is accepted."""

    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    is_verified: bool = True


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The address of an engine: a unix socket (`path`) or TCP (`host`, `port`, `tls` when encrypted)."""

    scheme: Literal["unix", "tcp"]
    path: str = ""
    host: str = ""
    port: int = 0
    tls: TlsFiles | None = None

    @classmethod
    def parse(cls, text: str, *, tls: TlsFiles | None = None) -> Self:
        """Read what `DOCKER_HOST` may hold: `unix:///path`, `/path`, `tcp://host[:port]`, `host:port`, `http(s)://…`.

        Without a port 2375 is meant, with TLS 2376. Raise InvalidEndpoint for anything else.
        """
        text = text.strip()
        if text.startswith("/"):
            return cls._of_socket(text)
        if "://" not in text:
            text = f"tcp://{text}"
        scheme, _, rest = text.partition("://")
        if scheme == "unix":
            return cls._of_socket(unquote(rest))
        if scheme not in ("tcp", "http", "https"):
            raise InvalidEndpoint(f"Engine addresses begin with unix:// or tcp://, not with {scheme}://.")
        if scheme == "https" and tls is None:
            tls = TlsFiles()
        return cls._of_host(text, tls=tls)

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Self:
        """Read `DOCKER_HOST`, `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH` as Docker's own clients do.

        Either of the last two switches TLS on for TCP; only a non-empty `DOCKER_TLS_VERIFY` has the engine's
        certificate verified.
        """
        address = env.get("DOCKER_HOST", "").strip() or f"unix://{DEFAULT_SOCKET}"
        folder, is_verified = env.get("DOCKER_CERT_PATH", ""), bool(env.get("DOCKER_TLS_VERIFY", ""))
        tls = None
        if (folder or is_verified) and not address.startswith(("unix://", "/")):
            place = Path(folder or Path(env.get("HOME", "~"), ".docker")).expanduser()
            tls = TlsFiles(
                ca=str(place / "ca.pem"),
                cert=str(place / "cert.pem"),
                key=str(place / "key.pem"),
                is_verified=is_verified,
            )
        return cls.parse(address, tls=tls)

    @classmethod
    def _of_socket(cls, path: str) -> Self:
        if not path.startswith("/") or "\0" in path:
            raise InvalidEndpoint(f"The path of a socket is absolute: {path!r} is not.")
        if len(path.encode(errors="surrogateescape")) > _LONGEST_SOCKET_PATH:
            raise InvalidEndpoint(
                f"The path of a socket holds at most {_LONGEST_SOCKET_PATH} bytes: {path!r} is longer."
            )
        return cls("unix", path=path)

    @classmethod
    def _of_host(cls, text: str, *, tls: TlsFiles | None) -> Self:
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
        except ValueError as exc:
            raise InvalidEndpoint(f"The engine address has no usable host and port: {exc}.") from exc
        if parts.username is not None or parts.password is not None:
            raise InvalidEndpoint("An engine address holds no user and no password.")
        if not _HOST.fullmatch(host) or parts.path not in ("", "/") or parts.query or parts.fragment:
            raise InvalidEndpoint("An engine address over TCP is tcp://host:port and nothing else.")
        if port is None:
            port = _PLAIN_PORT if tls is None else _TLS_PORT
        if port == 0:
            raise InvalidEndpoint("An engine address needs a port above 0.")
        return cls("tcp", host=host, port=port, tls=tls)

    @property
    def authority(self) -> str:
        """What the Host header says: the engine ignores it, proxies do not."""
        if self.scheme == "unix":
            return "docker"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"unix://{self.path}" if self.scheme == "unix" else f"tcp://{self.authority}"
