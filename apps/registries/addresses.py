"""Addresses of registries: what people type, what images' names say, and what the engine and the registry want to hear.

A registry is known by its host, as it stands in front of an image's name: `docker.io`, `registry.example.com`,
`10.0.0.5:5000`. How it is spoken to is a scheme beside it: https, or plain http where somebody wrote so, and on this
machine's own addresses, as the engine does.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from apps.core.errors import InvalidInput
from apps.registries.references import HUB

HUB_KEY = "https://index.docker.io/v1/"
"""What Docker Hub has been called in credentials ever since."""
_HUB_API = "registry-1.docker.io"
_HUB_NAMES = frozenset({HUB, "index.docker.io", _HUB_API, "registry.hub.docker.com", "hub.docker.com", "www.docker.io"})
_DEFAULT_PORTS = {"https": 443, "http": 80}
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.ASCII)
_API_PATHS = frozenset({"", "/", "/v1", "/v1/", "/v2", "/v2/"})


@dataclass(frozen=True, slots=True)
class Address:
    """Where a registry is. `host` holds the port when it is not the scheme's own."""

    scheme: str
    host: str

    def __str__(self) -> str:
        """As it is shown and typed: the host alone, with a scheme where that is not the one taken by itself."""
        return self.host if self.scheme == _scheme_of(self.host) else f"{self.scheme}://{self.host}"

    @property
    def is_hub(self) -> bool:
        return self.host == HUB

    @property
    def key(self) -> str:
        """What the engine calls it in credentials."""
        return HUB_KEY if self.is_hub else self.host

    @property
    def root(self) -> str:
        """The root of its v2 API, without a slash at the end."""
        return f"{self.scheme}://{_HUB_API if self.is_hub else self.host}"

    def answers_to(self, registry_host: str) -> bool:
        """Whether this host in front of an image's name means this address, and not another port of its host."""
        host = registry_host.strip().lower()
        return self.is_hub or host in (self.host, f"{self.host}:{_DEFAULT_PORTS[self.scheme]}")


def parse_address(text: str) -> Address:
    """Read an address: a host, host:port, or a URL of the registry. Raises InvalidInput with the field `address`."""
    text = text.strip()
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower() if separator else ""
    rest = rest if separator else text
    if not rest:
        raise _wrong(_("It is empty."))
    if scheme not in ("", "http", "https"):
        raise _wrong(_("A registry is spoken to by https or http, not by “%(scheme)s”.") % {"scheme": scheme})
    try:
        parts = urlsplit(f"//{rest}")
        name, port = parts.hostname or "", parts.port
    except ValueError as exc:
        raise _wrong(_("It cannot be read.")) from exc
    if "@" in parts.netloc:
        raise _wrong(_("User and password have fields of their own."))
    if parts.path not in _API_PATHS or parts.query or parts.fragment:
        raise _wrong(_("It is a host, without a path: a repository's name is not part of it."))
    if not _is_host(name):
        raise _wrong(_("“%(name)s” is no name of a host.") % {"name": name or rest})
    if port == 0:
        raise _wrong(_("Ports count from 1."))
    if name in _HUB_NAMES and port in (None, 443):
        if scheme == "http":
            raise _wrong(_("Docker Hub is spoken to by https."))
        return Address("https", HUB)
    name = f"[{name}]" if ":" in name else name
    scheme = scheme or _scheme_of(name)
    host = name if port in (None, _DEFAULT_PORTS[scheme]) else f"{name}:{port}"
    return Address(scheme, host)


def known_as(registry_host: str) -> tuple[str, ...]:
    """The hosts by which the registry of an image's name may be kept, the likeliest first."""
    host = registry_host.strip().lower()
    if host in (HUB_KEY, "index.docker.io"):
        return (HUB,)
    shorter = host.removesuffix(":443") if host.endswith(":443") else host.removesuffix(":80")
    return (host,) if shorter == host else (host, shorter)


def is_link_local(address: str) -> bool:
    """Whether an IP address is link-local, where clouds answer with credentials of the machine."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_link_local


def _scheme_of(host: str) -> str:
    """The scheme taken when none is written: as the engine does, plain HTTP for this machine's own addresses."""
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    try:
        is_own = ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        is_own = name == "localhost"
    return "http" if is_own else "https"


def _is_host(name: str) -> bool:
    if is_link_local(name):
        raise _wrong(_("Addresses of the local link (169.254.…, fe80:…) are not asked: clouds keep credentials there."))
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return len(name) <= 253 and _NAME.fullmatch(name) is not None
    return True


def _wrong(detail: str) -> InvalidInput:
    return InvalidInput(
        _("This is no address of a registry."),
        detail,
        hint=_("It looks like docker.io, registry.example.com or 10.0.0.5:5000."),
        field="address",
    )
