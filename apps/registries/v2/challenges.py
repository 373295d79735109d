"""WWW-Authenticate: what a registry asks for, and where tokens may be fetched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9_-]*)(?:\s+(.*))?\Z", re.ASCII | re.DOTALL)
_PARAMETER = re.compile(r'\s*,?\s*([A-Za-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))', re.ASCII)
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Challenge:
    """`scheme` in lower case (basic, bearer); names of `parameters` too."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def realm(self) -> str:
        return self.parameters.get("realm", "")

    @property
    def service(self) -> str:
        return self.parameters.get("service", "")

    @property
    def scope(self) -> str:
        return self.parameters.get("scope", "")


def challenge_of(header: str) -> Challenge | None:
    """Read the (first) challenge of a WWW-Authenticate header; None when there is none that can be read."""
    match = _SCHEME.match(header[:_LONGEST])
    if match is None:
        return None
    found = _PARAMETER.findall(match[2] or "")
    parameters = {name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else bare for name, quoted, bare in found}
    return Challenge(match[1].lower(), parameters)


def may_tokens_come_from(realm: str, *, root: str) -> bool:
    """Whether credentials of the registry at `root` may be shown to `realm`: by https, or where it lives itself."""
    try:
        place, own = urlsplit(realm), urlsplit(root)
        host, port = place.hostname, place.port
    except ValueError:
        return False
    if not host or "@" in place.netloc or place.fragment or any(char <= " " for char in realm):
        return False
    if place.scheme == "https":
        return True
    return place.scheme == "http" == own.scheme and (host, port) == (own.hostname, own.port)
