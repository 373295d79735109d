"""Between an activity and its output on the disk: what it says is gathered, written in a thread, and never piles up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec

from apps.activities.output import OutputFile
from apps.activities.tail import Tail
from apps.engine.wire.json_text import escaped, unescaped

GATHER_S = 0.05
MOST_WAITING_BYTES = 2 * 1024 * 1024
"""More than this may not wait to be written: then whoever speaks waits instead."""
YIELD_AFTER_BYTES = 64 * 1024
"""Who speaks without a pause lets the rest of the server have its turn this often."""
SOON_BYTES = 1024 * 1024
"""So much is written without gathering for longer: each turn of the disk, and of who reads after it, has its price."""
TEXT_PIECE_BYTES = 224 * 1024
"""Console text is kept in messages of about this size, however it came; of twice as much at most."""
_PIECE_CHARS = TEXT_PIECE_BYTES // 4
"""JSON may need six bytes for one."""

Message = Mapping[str, Any]


class OutputWriter:
    """Writes one activity's output. `written` is called, on the event loop, after new lines are on the disk."""

    def __init__(self, file: OutputFile, *, written: Callable[[], None]) -> None:
        self._file = file
        self.tail = Tail()
        self._written = written
        self._waiting: list[Message | list[bytes]] = []
        self._text_bytes = 0
        self._held_bytes = 0
        self._news = asyncio.Event()
        self._much = asyncio.Event()
        self._unyielded_bytes = 0
        self._room = asyncio.Event()
        self._is_closing = False
        self._working = asyncio.create_task(self._work(), name="activity output")

    @property
    def position(self) -> int:
        """Bytes on the disk, or dropped."""
        return self._file.position

    async def write(self, message: Message) -> None:
        """Take one message. Waits while the disk is behind."""
        if message["type"] == "text":
            await self.write_text(message["text"])
            return
        await self._have_room()
        self._waiting.append(message)
        self._hold(_weight(message))

    async def write_text(self, text: str | bytes) -> None:
        """Take console text, in bytes as JSON writes it: so a build that prints a million lines has a short way."""
        if isinstance(text, bytes):
            if len(text) <= 2 * TEXT_PIECE_BYTES:
                await self._have_room()
                self._add_text(text)
                return
            text = unescaped(text)  # it may not be cut just anywhere
        for start in range(0, len(text), _PIECE_CHARS):
            await self._have_room()
            self._add_text(escaped(text[start : start + _PIECE_CHARS]))

    async def close(self) -> None:
        """Write what waits, and end."""
        self._is_closing = True
        self._news.set()
        self._much.set()
        await self._working

    async def _have_room(self) -> None:
        """Let the others have their turn, and wait while too much waits."""
        if self._unyielded_bytes > YIELD_AFTER_BYTES:
            self._unyielded_bytes = 0
            await asyncio.sleep(0)
        while not self._has_room:
            self._room.clear()
            await self._room.wait()

    @property
    def _has_room(self) -> bool:
        return self._held_bytes < MOST_WAITING_BYTES

    def _add_text(self, text: bytes) -> None:
        last = self._waiting[-1] if self._waiting else None
        if isinstance(last, list) and self._text_bytes + len(text) <= TEXT_PIECE_BYTES:
            last.append(text)
            self._text_bytes += len(text)
        else:
            self._waiting.append([text])
            self._text_bytes = len(text)
        self._hold(len(text))

    def _hold(self, count: int) -> None:
        self._held_bytes += count
        self._unyielded_bytes += count
        if not self._news.is_set():
            self._news.set()
        if self._held_bytes >= SOON_BYTES and not self._much.is_set():
            self._much.set()

    async def _work(self) -> None:
        while True:
            await self._news.wait()
            if self._held_bytes < SOON_BYTES and not self._is_closing:
                with suppress(TimeoutError):
                    async with asyncio.timeout(GATHER_S):
                        await self._much.wait()
            self._news.clear()
            self._much.clear()
            taken, self._waiting = self._waiting, []
            held_bytes = self._held_bytes
            if taken:
                await self._put(taken)
                self._held_bytes -= held_bytes
                self._room.set()
                self._written()
            if self._is_closing and not self._waiting:
                await asyncio.to_thread(self._file.close)
                return

    async def _put(self, taken: list[Message | list[bytes]]) -> None:
        lines = list(map(_line, taken))  # here: a thread that computes would only fight for the interpreter
        taken.clear()  # the disk may be slow: what waits for it is held once
        await asyncio.to_thread(self._file.write, lines)
        self.tail.add(lines, end=self._file.position)


_encode = msgspec.json.Encoder().encode


def _line(said: Message | list[bytes]) -> bytes:
    if isinstance(said, list):
        return b"".join((b'{"type":"text","text":"', *said, b'"}\n'))
    try:
        return _encode(said) + b"\n"
    except UnicodeEncodeError:  # half of a character, as names of files may have
        return json.dumps(said, separators=(",", ":")).encode() + b"\n"


def _weight(message: Message) -> int:
    """Its size, more or less: what counts is that a long one counts."""
    return 64 + sum(len(value) if isinstance(value, str) else 16 for value in message.values())
