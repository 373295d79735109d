"""References of images, read and completed as the command line and the registries do.

The grammar is that of the distribution project's package `reference`, with the limits of the engines that we speak to:
the name with its domain has at most 255 characters. `alpine` means docker.io/library/alpine:latest; the first part of
a name is a domain when it holds "." or ":" or is "localhost"; docker.io and index.docker.io are one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.errors import InvalidInput

HUB = "docker.io"
"""The domain of names that have none."""
DEFAULT_TAG = "latest"

_HUB_OF_OLD = "index.docker.io"
_OFFICIAL = "library"
_NAME_MAX = 255
_DIGEST_DIGITS = {"sha256": 64, "sha384": 96, "sha512": 128}

_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REPOSITORY = rf"{_PART}(?:/{_PART})*"
_TAGGED = r"\w[\w.-]{0,127}"
_PATH = re.compile(_REPOSITORY, re.ASCII)
_TAG = re.compile(_TAGGED, re.ASCII)
_REFERENCE = re.compile(
    rf"(?P<domain>{_DOMAIN})/(?P<path>{_REPOSITORY})(?::(?P<tag>{_TAGGED}))?(?:@(?P<digest>\S+))?",
    re.ASCII,
)
_IDENTIFIER = re.compile(r"[a-f0-9]{64}", re.ASCII)
_DIGEST = re.compile(r"(?P<algorithm>[a-z0-9]+):(?P<hex>[a-f0-9]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reference:
    """A name of an image, complete: `docker.io`, `library/alpine`, `latest`. `tag` or `digest` may be "", not both."""

    domain: str
    path: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        """The whole of it: docker.io/library/alpine:latest."""
        return f"{self.name}{self._ending}"

    @property
    def name(self) -> str:
        """Domain and path: docker.io/library/alpine."""
        return f"{self.domain}/{self.path}"

    @property
    def familiar_name(self) -> str:
        """The name as people write it: alpine, team/app, host:5000/app."""
        if self.domain != HUB:
            return self.name
        short = self.path.removeprefix(f"{_OFFICIAL}/") if self.path.count("/") == 1 else self.path
        # A path whose first part looks like a domain keeps its own, otherwise it would be read as another's.
        return short if _split_domain(short) == (self.domain, self.path) else self.name

    @property
    def familiar(self) -> str:
        """The reference as people write it, with tag and digest: alpine:latest, host:5000/x@sha256:…"""
        return f"{self.familiar_name}{self._ending}"

    @property
    def registry_host(self) -> str:
        """The host whose credentials count: docker.io, registry.example.com, host:5000."""
        return self.domain.lower()

    @property
    def name_for_engine(self) -> str:
        """What ImageCreate takes as `fromImage` and the push as its name."""
        return self.familiar_name

    @property
    def tag_for_engine(self) -> str:
        """What ImageCreate takes as `tag`: a digest counts more than a tag."""
        return self.digest or self.tag

    @property
    def _ending(self) -> str:
        return (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


def parse(text: str, *, default_tag: str = DEFAULT_TAG) -> Reference:
    """Read a reference. Without tag and digest it gets `default_tag` ("": none, for all tags of a name).

    Raises InvalidInput that says what is wrong. Spaces around it are forgiven, nothing else is.
    """
    text = text.strip()
    if not text:
        raise _wrong(_("It is empty."))
    if _IDENTIFIER.fullmatch(text):
        raise _wrong(_("64 hexadecimal digits are an image's id, not a name."))
    domain, rest = _split_domain(text)
    if _has_upper_case(re.split("[:@]", rest, maxsplit=1)[0]):
        raise _wrong(
            _("Names of repositories are written in lower case."),
            hint=_("Try %(name)s.") % {"name": _lowered(text, rest)},
        )
    match = _REFERENCE.fullmatch(f"{domain}/{rest}")
    if match is None:
        raise _wrong(_fault(domain, rest))
    if len(domain) + 1 + len(match["path"]) > _NAME_MAX:
        raise _wrong(_("The name is longer than %(max)d characters.") % {"max": _NAME_MAX})
    tag, digest = match["tag"] or "", match["digest"] or ""
    if digest:
        _check_digest(digest)
    elif not tag:
        tag = default_tag
    return Reference(match["domain"], match["path"], tag, digest)


def is_repository(text: str) -> bool:
    """Whether it can be the name of a repository within a registry."""
    return len(text) <= _NAME_MAX and _PATH.fullmatch(text) is not None


def is_tag(text: str) -> bool:
    """Whether it can be a tag."""
    return _TAG.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Whether it is a digest of one of the algorithms in use."""
    match = _DIGEST.fullmatch(text)
    return match is not None and len(match["hex"]) == _DIGEST_DIGITS.get(match["algorithm"])


def _split_domain(text: str) -> tuple[str, str]:
    first, slash, rest = text.partition("/")
    if not slash or not (set(first) & {".", ":"} or first == "localhost"):
        domain, rest = HUB, text
    else:
        domain = first
    if domain == _HUB_OF_OLD:
        domain = HUB
    if domain == HUB and "/" not in rest:
        rest = f"{_OFFICIAL}/{rest}"
    return domain, rest


def _has_upper_case(name: str) -> bool:
    return name.lower() != name


def _lowered(text: str, rest: str) -> str:
    shown = rest if text.endswith(rest) else text
    name = re.split("[:@]", shown, maxsplit=1)[0]
    start = len(text) - len(shown)
    return text[:start] + name.lower() + text[start + len(name) :]


def _check_digest(digest: str) -> None:
    match = _DIGEST.fullmatch(digest)
    digits = _DIGEST_DIGITS.get(match["algorithm"]) if match else None
    if match is None or digits is None:
        raise _wrong(
            _("What follows “@” is no digest."),
            hint=_("A digest is “sha256:” and 64 hexadecimal digits in lower case."),
        )
    if len(match["hex"]) != digits:
        raise _wrong(
            _("The digest has %(has)d hexadecimal digits; %(algorithm)s has %(digits)d.")
            % {"has": len(match["hex"]), "algorithm": match["algorithm"], "digits": digits}
        )


def _fault(domain: str, rest: str) -> str:
    """Say which part breaks the grammar."""
    if "://" in f"{domain}/{rest}" or domain.endswith(":"):
        return _("It is a name without “http://” or “https://”.")
    if not re.fullmatch(_DOMAIN, domain, re.ASCII):
        return _("“%(domain)s” is no address of a registry.") % {"domain": domain}
    named, at, digest = rest.partition("@")
    path, colon, tag = named.partition(":")
    if not _PATH.fullmatch(path):
        return _(
            "The name is made of lower-case letters and digits, with “.”, “_”, “__” or “-” between them and “/” between"
            " its parts."
        )
    if colon and not _TAG.fullmatch(tag):
        return _("A tag has 1 to 128 letters, digits, “_”, “.” or “-”, and begins with neither “.” nor “-”.")
    return _("What follows “@” is no digest.") if at and not digest else _("It cannot be read.")


def _wrong(detail: str, *, hint: str = "") -> InvalidInput:
    return InvalidInput(
        _("This is no reference of an image."),
        detail,
        hint=hint or _("It looks like nginx, team/app:1.2 or registry.example.com:5000/app."),
        field="image",
    )
