"""The multiplexed stream of attach, logs and exec: `[stream,0,0,0,length32be]` + payload, again and again."""

from __future__ import annotations

from dataclasses import dataclass

STDIN = 0
STDOUT = 1
STDERR = 2
ENGINE_MESSAGE = 3
"""What the engine itself says in between (errors while reading logs); not container output."""

HEADER_BYTES = 8
MULTIPLEXED_STREAM = "application/vnd.docker.multiplexed-stream"
RAW_STREAM = "application/vnd.docker.raw-stream"


@dataclass(frozen=True, slots=True)
class Frame:
    """One piece of one stream. `payload` may begin or end inside a UTF-8 character."""

    stream: int
    payload: bytes

    @property
    def is_engine_message(self) -> bool:
        return self.stream == ENGINE_MESSAGE


class FrameError(ValueError):
    """The bytes are not a multiplexed stream (most often: a TTY's raw stream taken for one)."""


class FrameSplitter:
    """Turns multiplexed bytes, cut anywhere, into whole frames.

    Keeps at most one unfinished frame; the engine's frames hold up to 32 KiB (logs: 16 KiB and a prefix).
    """

    def __init__(self, *, max_payload_bytes: int = 16 * 1024 * 1024) -> None:
        self._unread = bytearray()
        self._max_payload_bytes = max_payload_bytes

    @property
    def is_between_frames(self) -> bool:
        """True if nothing unfinished is held: the stream may end here without a loss."""
        return not self._unread

    def feed(self, piece: bytes) -> list[Frame]:
        """The frames that became whole by `piece`. Raises FrameError for bytes no engine writes."""
        unread = self._unread
        unread += piece
        frames: list[Frame] = []
        start, end = 0, len(unread)
        while end - start >= HEADER_BYTES:
            stream = unread[start]
            if stream > ENGINE_MESSAGE or unread[start + 1 : start + 4] != b"\0\0\0":
                raise FrameError("This is not a multiplexed stream.")
            length = int.from_bytes(unread[start + 4 : start + HEADER_BYTES], "big")
            if length > self._max_payload_bytes:
                raise FrameError(f"A frame of {length} bytes is larger than any an engine writes.")
            stop = start + HEADER_BYTES + length
            if stop > end:
                break
            frames.append(Frame(stream, bytes(unread[start + HEADER_BYTES : stop])))
            start = stop
        del unread[:start]
        return frames


def is_multiplexed(content_type: str | None, *, tty: bool | None, is_header_exact: bool) -> bool:
    """Say whether a stream of attach, logs or exec is multiplexed.

    From API 1.42 on (`is_header_exact`) the Content-Type tells: `multiplexed-stream` or `raw-stream`. Below, it says
    `raw-stream` for both kinds or (logs) is missing: then the Tty of the container or exec instance decides. With
    neither known the stream is taken as raw, because bytes shown as they are lose nothing.
    """
    kind = (content_type or "").split(";")[0].strip().lower()
    if kind == MULTIPLEXED_STREAM:
        return True
    if kind == RAW_STREAM and is_header_exact:
        return False
    return tty is False
