"""One HTTP/1.1 answer out of bytes cut anywhere, and one request into bytes. httptools parses, nothing here waits.

Three ways an answer goes on after its head, told apart for the caller:

- a body whose end is marked (length or chunks): `is_complete` becomes true; ending before that is a cut;
- a body without a mark (a hijack answered `200`): it ends where the socket ends;
- `101 UPGRADED`: what follows is no HTTP any more, `feed` hands it on as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import httptools

MAX_HEAD_BYTES = 256 * 1024


class HttpError(ValueError):
    """The bytes are not an HTTP/1.1 answer."""


class Headers(Mapping[str, str]):
    """Header fields by lower-case name (looked up in any case); repeated ones are joined by a comma."""

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        self._fields: dict[str, str] = {}
        for name, text in fields:
            key = name.lower()
            self._fields[key] = f"{self._fields[key]}, {text}" if key in self._fields else text

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"Headers({self._fields!r})"


@dataclass(frozen=True, slots=True)
class Head:
    """Status and headers of an answer."""

    status: int
    headers: Headers

    @property
    def content_type(self) -> str | None:
        return self.headers.get("content-type")


class ResponseReader:
    """Reads one answer to one request.

    `feed(bytes)` returns the body bytes (or, after an upgrade, the bytes) that became known by them: large pieces stay
    large, chunk marks are gone. `head` is None until the headers are whole. What follows a complete answer is dropped:
    a connection carries one.
    """

    def __init__(self, *, method: str) -> None:
        self._method = method
        self._fields: list[tuple[str, str]] = []
        self._pieces: list[bytes] = []
        self._head_bytes = 0
        self.on_body = self._pieces.append
        """Called by httptools for every piece of body; straight into the list, for speed."""
        self._parser = httptools.HttpResponseParser(self)
        self.head: Head | None = None
        self.is_complete = False
        self.is_upgraded = False

    @property
    def ends_with_the_socket(self) -> bool:
        """True if nothing but the end of the socket marks the end of this body."""
        if self.head is None:
            return False
        headers = self.head.headers
        return self.is_upgraded or ("content-length" not in headers and "transfer-encoding" not in headers)

    def feed(self, piece: bytes | memoryview) -> bytes:
        """Body bytes that `piece` brought. Raises HttpError."""
        if self.is_upgraded:
            return bytes(piece)
        if self.is_complete:
            return b""
        if self.head is None:
            self._head_bytes += len(piece)
        try:
            self._parser.feed_data(piece)
        except httptools.HttpParserUpgrade as upgrade:
            self.is_upgraded = True
            self.is_complete = False
            return bytes(piece[upgrade.args[0] :])
        except httptools.HttpParserError as exc:
            if not self.is_complete:
                raise HttpError(f"Not an HTTP answer: {exc}") from exc
        if self.head is None and self._head_bytes > MAX_HEAD_BYTES:
            raise HttpError(f"More than {MAX_HEAD_BYTES} bytes of headers.")
        pieces = self._pieces
        if not pieces:
            return b""
        body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        pieces.clear()
        return body

    def feed_eof(self) -> bool:
        """The socket ended. True if the answer is whole by that, False if it was cut."""
        if self.head is not None and self.ends_with_the_socket:
            self.is_complete = True
        return self.is_complete

    # called by httptools

    def on_header(self, name: bytes, text: bytes) -> None:
        if self.head is None:
            self._fields.append((name.decode("latin-1"), text.decode("latin-1")))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if 100 <= status < 200 and status != 101:
            self._fields.clear()
            return
        self.head = Head(status, Headers(self._fields))
        if self._method == "HEAD":
            self.is_complete = True

    def on_message_complete(self) -> None:
        if self.head is not None:
            self.is_complete = True


def request_bytes(
    method: str, target: str, *, host: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> bytes:
    """Return a whole request, or its head when `headers` say how long a body follows.

    Raise ValueError for a target or header that would smuggle a second line.
    """
    fields = {"Host": host, **(headers or {})}
    is_body_to_follow = "Transfer-Encoding" in fields or "Content-Length" in fields
    if not is_body_to_follow and (body is not None or method in ("POST", "PUT")):
        fields["Content-Length"] = str(len(body or b""))
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {text}" for name, text in fields.items())]
    if any(sign in line for line in lines for sign in "\r\n\0"):
        raise ValueError("A line break inside a request's target or header.")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")
