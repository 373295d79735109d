"""What the engine tells while it works: lines of a pull, push, load, import or build."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from msgspec import Struct, field

from apps.engine.wire.json_text import joined, quoted, unescaped

_NOTHING = msgspec.Raw(b'""')


class ProgressDetail(Struct):
    """Bytes done and to do of one layer; None when the engine does not say."""

    current: int | None = None
    total: int | None = None


class ErrorDetail(Struct):
    """Why it failed; of a build `code` is the exit code of the command that failed, 0 when it was none."""

    message: str = ""
    code: int = 0


class Progress(Struct):
    """One line. A line with an `error` is the end and a failure, although the status was 200.

    `id` is that of a layer (or a tag), `status` the engine's words about it; `stream` is plain text (build, load),
    `raw_stream` the same as JSON writes it: a build that prints 100 MB is passed on as it came. `aux` is a result:
    {"Tag", "Digest", "Size"} of a push, {"ID"} of a build.
    """

    id: str = ""
    status: str = ""
    raw_stream: msgspec.Raw = field(name="stream", default=_NOTHING)
    raw_detail: ProgressDetail | None = field(name="progressDetail", default=None)
    raw_error: str | None = field(name="error", default=None)
    error_detail: ErrorDetail | None = field(name="errorDetail", default=None)
    raw_aux: dict[str, Any] | None = field(name="aux", default=None)

    @property
    def stream(self) -> str:
        """Plain text, "" when the line has none."""
        raw = bytes(self.raw_stream)
        return unescaped(joined([raw[1:-1]])) if raw.startswith(b'"') else ""

    @property
    def current(self) -> int | None:
        """Bytes done, None when the line does not say."""
        return self.raw_detail.current if self.raw_detail is not None else None

    @property
    def total(self) -> int | None:
        """Bytes in all, None when the line does not say."""
        return self.raw_detail.total if self.raw_detail is not None else None

    @property
    def aux(self) -> dict[str, Any]:
        """The result that the line carries, {} when it carries none."""
        return self.raw_aux or {}

    @property
    def error(self) -> str:
        """The engine's words when it failed, "" otherwise."""
        if self.error_detail is not None and self.error_detail.message:
            return self.error_detail.message
        return self.raw_error or ""

    @property
    def exit_code(self) -> int:
        """The exit code of the command of a build that failed, 0 when nothing of the kind is said."""
        return self.error_detail.code if self.error_detail is not None else 0


def progress_of(line: bytes) -> Progress:
    """Read one line. Of an odd one what can be read stands, most of all an error; otherwise it says nothing."""
    try:
        return _decode(line)
    except (msgspec.MsgspecError, RecursionError):
        return _tolerant(line)


def progresses_of(lines: bytes) -> list[Progress]:
    """Read whole lines, many at once: several times as fast as one by one."""
    try:
        return _decode_lines(lines)
    except (msgspec.MsgspecError, RecursionError):
        return [progress_of(line) for line in lines.split(b"\n") if line.strip()]


_decode = msgspec.json.Decoder(Progress).decode
_decode_lines = msgspec.json.Decoder(Progress).decode_lines


def _tolerant(line: bytes) -> Progress:
    try:
        found = json.loads(line.decode(errors="replace"), strict=False)
    except (ValueError, RecursionError):
        return Progress()
    if not isinstance(found, dict):
        return Progress()
    read = Progress(id=_words(found, "id"), status=_words(found, "status"), raw_stream=_raw(_words(found, "stream")))
    detail = found.get("errorDetail")
    message = _words(detail, "message") if isinstance(detail, dict) else ""
    if message or found.get("error"):
        read.raw_error = message or _whole(str(found["error"]))
    return read


def _raw(text: str) -> msgspec.Raw:
    return msgspec.Raw(quoted(text))


def _words(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    return _whole(value) if isinstance(value, str) else ""


def _whole(text: str) -> str:
    """The text without halves of characters, which no page can show."""
    return text.encode(errors="replace").decode()
