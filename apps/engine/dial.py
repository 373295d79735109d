"""Connections to an engine's address: unix socket, TCP, TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl

from apps.engine.connection import Connection
from apps.engine.endpoint import Endpoint
from apps.engine.errors import Unreachable
from apps.engine.faults import unreachable
from apps.engine.operations import CONNECT_DEADLINE_S

KEEPALIVE_S = 30
"""Seconds of silence after which the kernel asks a TCP peer whether it is still there."""

USER_TIMEOUT_MS = 20_000
"""Milliseconds that sent bytes (and keepalive questions) may stay unacknowledged before the kernel gives up."""

TLS_GOODBYE_DEADLINE_S = 1.0
"""Seconds that a closed connection waits for the other side's goodbye."""


async def dial(
    endpoint: Endpoint, *, context: ssl.SSLContext | None = None, deadline_s: float = CONNECT_DEADLINE_S
) -> Connection:
    """Connect. `context` is the TLS context for an encrypted endpoint. Raise Unreachable, with the reason."""

    def lost(exc: BaseException) -> Unreachable:
        return unreachable(endpoint, exc, is_connected=True)

    def connection() -> Connection:
        return Connection(authority=endpoint.authority, lost=lost)

    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(deadline_s):
            if endpoint.scheme == "unix":
                _, protocol = await loop.create_unix_connection(connection, endpoint.path)
                return protocol
            sock = await _tcp_socket(endpoint)
            try:
                if context is None:
                    _, protocol = await loop.create_connection(connection, sock=sock)
                else:
                    _, protocol = await loop.create_connection(
                        connection,
                        sock=sock,
                        ssl=context,
                        server_hostname=endpoint.host,
                        ssl_shutdown_timeout=TLS_GOODBYE_DEADLINE_S,
                    )
            except BaseException:
                sock.close()
                raise
            return protocol
    except (OSError, ssl.SSLError) as exc:
        raise unreachable(endpoint, exc) from exc


async def _tcp_socket(endpoint: Endpoint) -> socket.socket:
    """Return a socket connected to the first address of the host that answers."""
    loop = asyncio.get_running_loop()
    addresses = await loop.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    first: OSError | None = None
    for family, kind, protocol, _, address in addresses:
        sock = socket.socket(family, kind, protocol)
        sock.setblocking(False)
        try:
            await loop.sock_connect(sock, address)
        except OSError as exc:
            sock.close()
            first = first or exc
        except BaseException:
            sock.close()
            raise
        else:
            _watch(sock)
            return sock
    raise first or socket.gaierror(socket.EAI_NONAME, "The host has no address.")


def _watch(sock: socket.socket) -> None:
    """Let the kernel notice a peer that vanished without a word."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, setting in (
        ("TCP_KEEPIDLE", KEEPALIVE_S),
        ("TCP_KEEPINTVL", 10),
        ("TCP_KEEPCNT", 3),
        ("TCP_USER_TIMEOUT", USER_TIMEOUT_MS),
    ):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), setting)
