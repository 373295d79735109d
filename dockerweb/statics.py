"""Files for the browser: found once at the start, served ahead of Django, addressed by their content.

`{% static "dist/app.js" %}` gives `/static/dist/app.js?v=<fingerprint>`: with its fingerprint a file may be kept for
ever, without it the browser asks each time whether it changed. So no collecting step stands between build and start.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qs
from wsgiref.headers import Headers

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.base import WhiteNoise

from dockerweb.asgi_types import ASGIApplication, Receive, Scope, Send

FOREVER = "max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"
CHUNK_BYTES = 256 * 1024


class FingerprintedFiles(StaticFilesStorage):
    """URLs that change with the file's content; while developing (DEBUG) they follow every change of it."""

    def __init__(self) -> None:
        super().__init__()
        self._addresses: dict[str | None, str] = {}

    def url(self, name: str | None) -> str:
        address = self._addresses.get(name)
        if address is None or settings.DEBUG:
            mark = self.fingerprint(name or "")
            address = super().url(name) + (f"?v={mark}" if mark else "")
            self._addresses[name] = address
        return address

    def fingerprint(self, name: str) -> str:
        """Twelve hex digits of the content's SHA-256, or "" for a file that is not there."""
        found = finders.find(name)
        return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:12] if isinstance(found, str) else ""


class StaticFiles:
    """Answers what lies below STATIC_URL from files; everything else goes on to `application`."""

    def __init__(self, application: ASGIApplication) -> None:
        self.application = application
        self.files = WhiteNoise(
            None,
            autorefresh=settings.DEBUG,
            max_age=None,
            allow_all_origins=False,
            add_headers_function=_static_headers,
        )
        for root in _roots():
            self.files.add_files(root, prefix=settings.STATIC_URL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if not path.startswith(settings.STATIC_URL):
            await self.application(scope, receive, send)
            return
        found = self.files.find_file(path) if self.files.autorefresh else self.files.files.get(path)
        if found is None:
            await _answer(send, 404, [(b"content-type", b"text/plain; charset=utf-8")], [b"There is no such file.\n"])
            return
        environ = {
            f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1")
            for name, value in scope["headers"]
        }
        response = found.get_response(scope["method"], environ)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
        is_marked = "v" in parse_qs(scope["query_string"].decode("latin-1"))
        headers.append((b"cache-control", (FOREVER if is_marked else ASK_EACH_TIME).encode()))
        chunks: Iterable[bytes] = ()
        if response.file is not None:
            with response.file as opened:
                content = await asyncio.to_thread(opened.read)
            chunks = (content[start : start + CHUNK_BYTES] for start in range(0, len(content), CHUNK_BYTES))
        await _answer(send, int(response.status), headers, chunks)


def _roots() -> list[str]:
    """Folders of static files; an app's own ones first, so that the project's win."""
    roots: list[str] = []
    for finder in finders.get_finders():
        for storage in getattr(finder, "storages", {}).values():
            if Path(storage.location).is_dir():
                roots.insert(0, str(storage.location))
    return roots


def _static_headers(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    del headers["Cache-Control"]


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], chunks: Iterable[bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})
    for chunk in chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
