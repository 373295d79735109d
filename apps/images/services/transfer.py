"""What pull, push, load and import have in common: lines of the engine become messages of the activity, and words."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.activities.runner import Run
from apps.core.errors import Refusal
from apps.engine.errors import ApiError, ServerFault, gist
from apps.engine.registry_auth import hidden
from apps.engine.stream import EngineStream
from apps.engine.types.progress import Progress, progress_of
from apps.engine.wire.jsonlines import LineSplitter

_PAGE = re.compile(r"\"?<(?:!doctype|html)\b", re.IGNORECASE)
LATE = 200
"""The status of a failure that came after the first line: the engine had said that all was well."""


class TransferFailed(Refusal):
    """The engine, or the registry behind it, said no: in their words, with what to try."""

    status = 502


@dataclass(frozen=True, slots=True)
class Way:
    """Whom an image comes from or goes to. `has_credentials`: some were sent along; `registry` "": none takes part."""

    registry: str = ""
    has_credentials: bool = False


async def lines_of(stream: EngineStream, *, sent: Mapping[str, str]) -> AsyncIterator[Progress]:
    """Read the lines of an answer. Raise ServerFault for the line that is a failure, EngineGone when it is cut.

    Secrets in the headers that were `sent` are not in its words: a registry may say them back.
    """
    splitter = LineSplitter()
    async for chunk in stream:
        for line in splitter.feed(chunk):
            yield _checked(line, sent)
    for line in splitter.finish():
        yield _checked(line, sent)


def _checked(line: bytes, sent: Mapping[str, str]) -> Progress:
    progress = progress_of(line)
    if progress.error:
        raise ServerFault(LATE, hidden(progress.error, sent))
    return progress


async def tell(run: Run, line: Progress) -> None:
    """Show a line: as a bar when it is about a layer, as text otherwise."""
    if line.id and line.raw_detail is not None:
        await run.tell(
            {"type": "layer", "id": line.id, "status": line.status, "current": line.current, "total": line.total}
        )
    elif line.status:
        await run.tell({"type": "text", "text": f"{line.id}: {line.status}\n" if line.id else f"{line.status}\n"})
    elif line.stream:
        await run.tell({"type": "text", "text": line.stream})


def failed(title: str, error: ApiError, way: Way) -> TransferFailed:
    """The engine's no, in its own words and with what to try about it."""
    return TransferFailed(title, without_page(error.message), hint=hint_for(error.message, way))


def hint_for(words: str, way: Way) -> str:
    """What to try about these words of an engine, "" when nothing is known of them."""
    told = gist(words)
    return next((hint(way) for pattern, hint in _HINTS if re.search(pattern, told, re.IGNORECASE)), "")


def without_page(words: str) -> str:
    """The engine's words up to the web page that some server answered it with."""
    page = _PAGE.search(words)
    return words if page is None else f"{words[: page.start()].rstrip()} …"


def left_open(title: str, *, hint: str) -> TransferFailed:
    """The answer ended, and nothing in it said how it went."""
    return TransferFailed(title, _("The engine ended without saying how it went."), hint=hint)


def _credentials(way: Way) -> str:
    if not way.registry:
        return ""
    words = {"registry": way.registry}
    if way.has_credentials:
        return _("%(registry)s does not accept the credentials that are kept for it: see Registries.") % words
    return _("No credentials are kept for %(registry)s. An admin can add them under Registries.") % words


def _unknown_or_private(way: Way) -> str:
    unknown = _("Check the name. A registry says the same of what does not exist and of what is private.")
    return f"{unknown} {_credentials(way)}".strip()


# The first that fits counts. Words of engines hold names, ports and paths of any kind: look for whole phrases.
_HINTS: tuple[tuple[str, Callable[[Way], str]], ...] = (
    (
        r"failed to GET \S+ with status",
        lambda way: _("This address has no file for the engine: check it, and whether it asks who one is."),
    ),
    (
        r"repositories: no such file|docker-import-\d+/.*no such file|manifest\.json|invalid archive|not an image",
        lambda way: _("No image is in this archive. The file system of a container is imported, not loaded."),
    ),
    (
        r"toomanyrequests|too many requests|rate limit|status:? 429",
        lambda way: (
            _("The registry wants fewer requests: try again later.")
            if way.has_credentials
            else _("The registry wants fewer requests: try again later, or add credentials, which often allow more.")
        ),
    ),
    (r"repository does not exist or may require|pull access denied", _unknown_or_private),
    (
        r"no basic auth credentials|authentication required|unauthorized|incorrect username|denied|forbidden",
        _credentials,
    ),
    (
        r"does not exist locally|no such image",
        lambda way: _("The engine has no image of this name. It may have been removed meanwhile."),
    ),
    (
        r"no matching manifest|specified platform|image operating system|cannot be used on this platform",
        lambda way: _("There is no such image for this platform: leave the platform empty, or name another one."),
    ),
    (
        r"manifest unknown|manifest for .* not found|name unknown|repository name not known|not found",
        lambda way: _("Check the name and the tag: the registry has no such image."),
    ),
    (
        r"server gave HTTP response to HTTPS client|x509|certificate",
        lambda way: _(
            "The engine does not trust this registry: add its certificate on the engine's host, or name it in"
            " insecure-registries of the engine's daemon.json."
        ),
    ),
    (
        r"no such host|connection refused|i/o timeout|no route to host|network is unreachable|deadline exceeded"
        r"|Client\.Timeout|TLS handshake timeout|server misbehaving|dial tcp",
        lambda way: _("The engine does not reach it from its host: check the address, and whether it runs."),
    ),
    (r"no space left", lambda way: _("The disk of the engine's host is full: remove what is not needed, then retry.")),
    (
        r"unexpected EOF|\bEOF\b|connection reset|broken pipe|unknown blob|expected HTTP 206|verification failed"
        r"|download failed|unexpected status",
        lambda way: _("It broke off on the way. Layers that are complete are kept: try again."),
    ),
    (
        r"invalid tar header|tar file",
        lambda way: _("The archive is damaged."),
    ),
)
