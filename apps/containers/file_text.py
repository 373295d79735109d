"""The bytes of a file as text, and text as bytes again. Nothing here asks an engine."""

import hashlib
from dataclasses import dataclass

EDIT_BYTES = 2**20
"""The largest text that is edited."""
_LONGEST_BINARY_LOOK = 8192
_SPECIAL_BITS = 0o6000
_MARK = b"\xef\xbb\xbf"
_NEWLINES = ("\n", "\r\n", "\r")


@dataclass(frozen=True, slots=True)
class EditableText:
    """UTF-8 text as it is edited: its lines end in "\\n", whatever they end in (`newline`) in the file."""

    text: str
    newline: str = "\n"
    is_mixed: bool = False
    """The file ends its lines in more than one way; `newline` is the commonest."""
    has_mark: bool = False
    """The file begins with a byte order mark."""

    @classmethod
    def read(cls, content: bytes) -> "EditableText | None":
        """What the bytes of a whole file say, None when they are no UTF-8 text."""
        if b"\0" in content:
            return None
        try:
            text = content.removeprefix(_MARK).decode()
        except UnicodeDecodeError:
            return None
        windows = text.count("\r\n")
        counts = (text.count("\n") - windows, windows, text.count("\r") - windows)
        newline = _NEWLINES[max(range(3), key=lambda index: counts[index])]
        return cls(
            text=with_plain_lines(text),
            newline=newline,
            is_mixed=sum(count > 0 for count in counts) > 1,
            has_mark=content.startswith(_MARK),
        )

    def written(self, text: str) -> bytes:
        """The bytes of another text in the manner of this file."""
        return (_MARK if self.has_mark else b"") + with_plain_lines(text).replace("\n", self.newline).encode()


def with_plain_lines(text: str) -> str:
    """The text with every line ending in "\\n", as a browser's form does not send it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def digest_of(content: bytes) -> str:
    """By what a file is told to be the one that was read."""
    return hashlib.sha256(content).hexdigest()


def has_special_bits(mode: int) -> bool:
    """Whether a mode says set-uid or set-gid: such bits do not go into a container."""
    return bool(mode & _SPECIAL_BITS)


def text_of(content: bytes) -> tuple[str | None, str]:
    """The text that bytes (cut anywhere) most likely are, and its encoding; None for what is none."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if content.startswith(mark):
            return content[2:].decode(encoding, "replace"), encoding.upper()
    if b"\0" in content[:_LONGEST_BINARY_LOOK]:
        return None, ""
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as exc:
        if exc.start >= len(content) - 3 and exc.reason == "unexpected end of data":
            return content[: exc.start].decode("utf-8-sig"), "UTF-8"
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in content[:_LONGEST_BINARY_LOOK])
    if controls > len(content[:_LONGEST_BINARY_LOOK]) // 50:
        return None, ""
    return content.decode("latin-1"), "Latin-1"
