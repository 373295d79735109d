"""Requests to one origin: with deadlines, bounded answers, no redirects, nothing from the environment.

An address of the local link (169.254.…, fe80:…) is never connected to, whatever name led there: clouds hand out the
machine's own credentials at such addresses. The name is resolved once, and what was checked is what is connected to.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from apps.engine.errors import Reason
from apps.engine.faults import causes, reason_of
from apps.engine.pools import BudgetSocket, BudgetSslSocket
from apps.registries.addresses import is_link_local
from apps.registries.errors import RegistryFailure, Why

CONNECT_S = 2.0
READ_S = 10.0
"""Seconds for a whole answer, however it drips."""
AT_ONCE = 8
LIST_BYTES = 2**20
MANIFEST_BYTES = 2**22

_PIECE = 65_536
_MOST_ADDRESSES = 4


class LinkLocal(OSError):
    """The host's name leads to the local link."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """A header's value, "" when it is missing."""
        return self.headers.get(name, "")


class _Connecting:
    """For connections of urllib3: resolve, check every address, connect to the first that takes it."""

    def _new_conn(self) -> socket.socket:
        host, port = self._dns_host, self.port  # type: ignore[attr-defined]
        try:
            found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        except UnicodeError as exc:  # a label that is empty or longer than 63 characters: no name that anybody has
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from exc
        if any(is_link_local(str(place[0])) for _family, _type, _protocol, _name, place in found):
            raise LinkLocal(host)
        failure: OSError = ConnectionRefusedError(host)
        for family, kind, protocol, _name, place in found[:_MOST_ADDRESSES]:
            opened = BudgetSocket(family, kind, protocol)
            try:
                opened.settimeout(CONNECT_S)
                opened.connect(place)
            except OSError as exc:
                opened.close()
                failure = exc
            else:
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return opened
        raise failure


class _PlainConnection(_Connecting, HTTPConnection):
    pass


class _TlsConnection(_Connecting, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class Transport:
    """Connections to one origin (`https://registry.example.com:5000`), several at once. Close it when done.

    `authorities` are certificates (PEM) that are trusted beside the machine's own.
    """

    def __init__(self, root: str, *, authorities: str = "", read_s: float = READ_S) -> None:
        self.root = root
        parts = urlsplit(root)
        self.host = parts.netloc
        settings: dict[str, Any] = {
            "port": parts.port or (443 if parts.scheme == "https" else 80),  # a bare [::1] would be read as host:port
            "maxsize": AT_ONCE,
            "timeout": Timeout(connect=CONNECT_S, read=read_s),
            "retries": False,
        }
        name = parts.hostname or ""
        self._pool: HTTPConnectionPool = (
            _TlsPool(name, ssl_context=_tls_context(authorities), **settings)
            if parts.scheme == "https"
            else _PlainPool(name, **settings)
        )

    def ask(
        self,
        method: str,
        target: str,
        *,
        most_bytes: int,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Ask, and read the whole answer. Raises RegistryFailure when none came, or more than `most_bytes`."""
        sent = {"User-Agent": "dockerweb", "Accept-Encoding": "identity", **(headers or {})}
        try:
            response = self._pool.urlopen(
                method, target, body=body, headers=sent, redirect=False, preload_content=False, decode_content=False
            )
            content = self._read(response, most_bytes=most_bytes)
        except (OSError, HTTPError) as exc:
            raise self._unreachable(exc) from exc
        return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, content)

    def close(self) -> None:
        """Close idle connections."""
        self._pool.close()

    def _read(self, response: BaseHTTPResponse, *, most_bytes: int) -> bytes:
        content = bytearray()
        try:
            while piece := response.read(_PIECE, decode_content=False):
                content += piece
                if len(content) > most_bytes:
                    raise RegistryFailure(
                        Why.STRANGE,
                        _("The registry's answer is too long."),
                        _("%(host)s sent more than %(most)d MiB.") % {"host": self.host, "most": most_bytes >> 20},
                    )
        except BaseException:
            response.close()
            raise
        response.release_conn()
        return bytes(content)

    def _unreachable(self, exc: BaseException) -> RegistryFailure:
        if any(isinstance(cause, LinkLocal) for cause in causes(exc)):
            return RegistryFailure(
                Why.UNREACHABLE,
                _("This address is not asked."),
                _("%(host)s leads to an address of the local link.") % {"host": self.host},
            )
        reason, cause = reason_of(exc)
        words, hint = _words_of_certificate() if isinstance(cause, ssl.SSLCertVerificationError) else _words_of(reason)
        detail = f"{self.host}: {words} ({_short(cause)})."
        return RegistryFailure(
            Why.UNREACHABLE, _("The registry cannot be reached from this server."), detail, hint=hint
        )


def _words_of(reason: Reason) -> tuple[str, str]:
    match reason:
        case Reason.DNS:
            return _("the host's name cannot be resolved"), _("Correct the name, or this machine's name service.")
        case Reason.TLS:
            return _("the TLS handshake failed"), _("Write http:// in front of the address when it speaks plain HTTP.")
        case Reason.TIMEOUT:
            return _("it does not answer in time"), _("Check that it runs, and that no firewall stands between.")
        case Reason.REFUSED:
            return _("the connection is refused"), _("Start the registry, or correct host and port.")
        case _:
            return _("the connection broke"), _(
                "Check that it speaks https; with http:// in front it is asked by http."
            )


def _words_of_certificate() -> tuple[str, str]:
    return _("the TLS handshake failed, for its certificate is not accepted"), _(
        "If it is signed by an authority of your own, paste that authority's certificate on the page “Edit” of the"
        " registry, or trust it on this machine (SSL_CERT_FILE names a bundle). If it has expired or is for another"
        " name, the registry needs a new one."
    )


def _short(exc: BaseException) -> str:
    words = (exc.strerror if isinstance(exc, OSError) and exc.strerror else "") or str(exc) or type(exc).__name__
    return words if len(words) <= 200 else words[:199] + "…"


def _tls_context(authorities: str) -> ssl.SSLContext:
    context = ssl.create_default_context()  # the machine's authorities, as the engine on it trusts them
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # From Python 3.13 on authorities without a key usage are refused, such as many that people make themselves.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.sslsocket_class = BudgetSslSocket
    if authorities:
        context.load_verify_locations(cadata=authorities)
    return context
