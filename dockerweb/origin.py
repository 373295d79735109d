"""Which pages may open a socket: exactly ours, by scheme, host and port.

Browsers let any page open a WebSocket and send our cookies along; the Origin header is what tells who asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from django.http.request import split_domain_port, validate_host

DEFAULT_PORTS = {"http": 80, "https": 443}
SOCKET_SCHEMES = {"ws": "http", "wss": "https", "http": "http", "https": "https"}

Headers = Iterable[tuple[bytes, bytes]]


def is_own_origin(headers: Headers, *, scheme: str, allowed_hosts: Sequence[str], origins: Sequence[str]) -> bool:
    """True when there is exactly one Origin header and it is one of `origins`, or without any, the request's own.

    `scheme` is the request's (`ws` or `wss`). The request's own Host must be one of `allowed_hosts`.
    """
    named = list(headers)
    given = [value for name, value in named if name == b"origin"]
    hosts = [value for name, value in named if name == b"host"]
    if len(given) != 1 or len(hosts) != 1:
        return False
    origin = parsed(given[0])
    if origin is None:
        return False
    if origins:
        return any(origin == parsed(one.encode()) for one in origins)
    domain, _port = split_domain_port(hosts[0].decode("latin-1"))
    if not domain or not validate_host(domain, list(allowed_hosts)):
        return False
    own = parsed(SOCKET_SCHEMES.get(scheme, "").encode() + b"://" + hosts[0])
    return own is not None and origin == own


def parsed(origin: bytes) -> tuple[str, str, int] | None:
    """(scheme, host, port) of a plain web origin; None for anything else, such as `null` or one with a user or path."""
    try:
        text = origin.decode("ascii")
        parts = urlsplit(text)
        port = parts.port
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not host or host.endswith(".") or text != text.strip():
        return None
    shown = f"[{host}]" if ":" in host else host
    plain = {f"{parts.scheme}://{shown}", f"{parts.scheme}://{shown}:{port}"}
    if text.lower() not in plain:  # a user, a path, a query, an empty or odd port
        return None
    return parts.scheme, host, DEFAULT_PORTS[parts.scheme] if port is None else port
