"""Pooled blocking connections to one engine, for `sync`: requests' adapters over connections of our own.

What is ours, and why:

- one pool per endpoint (requests-unixsocket keeps one per URL, so it never finds a connection again);
- a socket is closed when its connect fails (there it leaks), and a full backlog is waited for;
- a timeout is a budget for the whole answer, not for each `recv`: an engine that drips bytes cannot hold a thread;
- a failed connect is told from a lost connection: it raises ConnectFailed, and then nothing was asked of the engine;
- TLS trusts exactly what the endpoint says, not the bundle of requests.
"""

from __future__ import annotations

import socket
import ssl
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests_unixsocket.adapters import UnixAdapter, UnixHTTPConnection, UnixHTTPConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from apps.engine.endpoint import Endpoint
from apps.engine.tls import tls_context

_BACKLOG_PAUSE_S = 0.02
_LOST_PEER_MS = 20_000
_SEND_PIECE_BYTES = 256 * 1024

_KEEPALIVE = [
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30),
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _LOST_PEER_MS),
]


class ConnectFailed(OSError):
    """No connection came to stand; the cause says why."""


class _Budget:
    """For sockets: `settimeout` begins a budget of seconds for everything that is received from then on."""

    _ends: float | None = None

    def settimeout(self, value: float | None) -> None:
        self._ends = None if value is None else time.monotonic() + value
        super().settimeout(value)  # type: ignore[misc]

    def recv_into(self, *args: Any) -> int:
        if self._ends is not None:
            left = self._ends - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            super().settimeout(left)  # type: ignore[misc]
        return int(super().recv_into(*args))  # type: ignore[misc]


class BudgetSocket(_Budget, socket.socket):
    """A socket whose timeout is a budget for the whole answer."""


class BudgetSslSocket(_Budget, ssl.SSLSocket):
    """The same, encrypted."""


class _UnixConnection(UnixHTTPConnection):  # type: ignore[misc]
    """A connection to a socket's path (which the base class takes for a URL)."""

    def connect(self) -> None:
        sock = BudgetSocket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(self.timeout)
            self._connect_in_time(sock)
        except OSError as exc:
            sock.close()
            raise ConnectFailed("connect failed") from exc
        self.sock = sock
        self.blocksize = _SEND_PIECE_BYTES

    def _connect_in_time(self, sock: socket.socket) -> None:
        """Connect; on a full backlog (EAGAIN at once, however long the timeout) try until the time is over."""
        ends = time.monotonic() + self.timeout
        while True:
            try:
                return sock.connect(self.unix_socket_url)
            except BlockingIOError as exc:
                if time.monotonic() >= ends:
                    raise TimeoutError("the engine accepts no connections") from exc
                time.sleep(_BACKLOG_PAUSE_S)


class _UnixPool(UnixHTTPConnectionPool):  # type: ignore[misc]
    def __init__(self, path: str, *, size: int) -> None:
        HTTPConnectionPool.__init__(self, "localhost", maxsize=size)
        self.socket_path = path

    def _new_conn(self) -> _UnixConnection:
        return _UnixConnection(self.socket_path)


class _TcpConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return BudgetSocket(fileno=super()._new_conn().detach())

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, HTTPError) as exc:
            self.close()
            raise ConnectFailed("connect failed") from exc


class _TlsConnection(HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, HTTPError) as exc:
            self.close()
            raise ConnectFailed("connect failed") from exc


class _TcpPool(HTTPConnectionPool):
    ConnectionCls = _TcpConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection

    def _validate_conn(self, conn: Any) -> None:
        """Connect; the base class would also warn of a context that verifies nothing, which was asked for."""
        if conn.is_closed:
            conn.connect()


class _OnePool:
    """For adapters: whatever the request, its connection comes from `pool`."""

    pool: HTTPConnectionPool

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        return self.pool

    def cert_verify(self, *args: Any) -> None:
        """Leave the pool's TLS context as it is."""

    def close(self) -> None:
        self.pool.close()
        super().close()  # type: ignore[misc]


class _UnixOnePool(_OnePool, UnixAdapter):  # type: ignore[misc]
    def __init__(self, pool: HTTPConnectionPool) -> None:
        super().__init__()
        self.pool = pool


class _TcpOnePool(_OnePool, HTTPAdapter):
    def __init__(self, pool: HTTPConnectionPool) -> None:
        super().__init__()
        self.pool = pool


def pooled_session(endpoint: Endpoint, *, pool_size: int) -> tuple[requests.Session, str]:
    """Return a session for one endpoint, and the URL to put before a request's target.

    The session reads nothing from the environment (proxies, netrc), follows no redirect by itself when told so, and
    keeps at most `pool_size` idle connections; more than that many at once are opened and closed. Raise Unreachable
    when the TLS files cannot be used.
    """
    session = requests.Session()
    session.trust_env = False
    if endpoint.scheme == "unix":
        prefix = "http+unix://docker"
        session.mount(prefix, _UnixOnePool(_UnixPool(endpoint.path, size=pool_size)))
        return session, prefix
    prefix = f"{'http' if endpoint.tls is None else 'https'}://{endpoint.authority}"
    session.mount(prefix, _TcpOnePool(_tcp_pool(endpoint, size=pool_size)))
    return session, prefix


def _tcp_pool(endpoint: Endpoint, *, size: int) -> HTTPConnectionPool:
    context = tls_context(endpoint)
    if context is None or endpoint.tls is None:
        return _TcpPool(endpoint.host, endpoint.port, maxsize=size, socket_options=_KEEPALIVE)
    context.sslsocket_class = BudgetSslSocket
    return _TlsPool(
        endpoint.host,
        endpoint.port,
        maxsize=size,
        socket_options=_KEEPALIVE,
        ssl_context=context,
        cert_reqs="CERT_REQUIRED" if endpoint.tls.is_verified else "CERT_NONE",
    )
