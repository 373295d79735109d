"""Text as JSON writes it: what only passes through is not unpacked and packed anew."""

from __future__ import annotations

import json
from collections.abc import Iterable

import msgspec

_encode = msgspec.json.Encoder().encode


def quoted(text: str) -> bytes:
    """The text as a JSON string; UTF-8."""
    try:
        return _encode(text)
    except UnicodeEncodeError:  # half of a character, as names of files may have
        return json.dumps(text).encode()


def escaped(text: str) -> bytes:
    """The same without the quotes."""
    return quoted(text)[1:-1]


def unescaped(piece: bytes) -> str:
    """The text that stands between the quotes. Raises ValueError for what JSON does not allow there."""
    text: str = json.loads(b'"%s"' % piece)
    return text


def joined(pieces: Iterable[bytes]) -> bytes:
    """What stands between the quotes of several strings, as one, in UTF-8: JSON is nothing else (RFC 8259, 8.1)."""
    piece = b"".join(pieces)
    try:
        piece.decode()
    except UnicodeDecodeError:
        return piece.decode(errors="replace").encode()
    return piece
