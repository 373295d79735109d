"""What an activity says, kept on the disk: JSON lines, bounded.

Below `DOCKERWEB_DATA/activities/<uuid>/` lie segments, each named after the place in the whole output at which it
begins. When there is more than may be kept, the first quarter and the end stay, and what lies between is dropped a
segment at a time: how a build began and how it ended tells more than its middle. What was dropped is never written
down: a reader sees it as the distance between two segments.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import uuid
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

log = logging.getLogger(__name__)

SEGMENTS = 16
HEAD_SEGMENTS = 4
_SUFFIX = ".jsonl"
_BUFFER_BYTES = 16 * 1024
PIECE_BYTES = 192 * 1024
"""What is read at once, a whole number of buffers; and no block that malloc would map and unmap anew."""
_MOST_AT_ONCE = 1000
"""Lines of one system call; Linux takes 1024 at most."""


LONGEST_LINE_BYTES = 512 * 1024
"""No message is longer: the text of one comes from one read of an engine's, or is cut."""


def folder_of(activity_id: uuid.UUID) -> Path:
    """Where the output of an activity is."""
    return Path(settings.DATA_DIR) / "activities" / str(activity_id)


def output_remove(activity_id: uuid.UUID) -> None:
    """Forget what an activity said."""
    shutil.rmtree(folder_of(activity_id), ignore_errors=True)


def output_ids() -> Iterator[uuid.UUID]:
    """Every activity of which there is output."""
    root = Path(settings.DATA_DIR) / "activities"
    for path in root.iterdir() if root.is_dir() else ():
        try:
            yield uuid.UUID(path.name)
        except ValueError:
            continue


class OutputFile:
    """The writing side; blocking. Whole lines go in; when the disk takes no more, they count as dropped."""

    def __init__(self, activity_id: uuid.UUID, *, most_bytes: int | None = None) -> None:
        self._folder = folder_of(activity_id)
        self._segment_bytes = max(4096, (most_bytes or settings.ACTIVITY_OUTPUT_MAX_BYTES) // SEGMENTS)
        self._file: BinaryIO | None = None
        self._starts: list[int] = []
        self._room = 0
        self.position = 0
        """Bytes that were said so far, kept or not."""

    def write(self, lines: Iterable[bytes]) -> None:
        """Add lines, each with its newline at the end."""
        gathered: list[bytes] = []
        for line in lines:
            if len(line) > self._room:
                self._put(gathered)
                gathered = []
                self._begin_segment()
            gathered.append(line)
            self._room -= len(line)
        self._put(gathered)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin_segment(self) -> None:
        self.close()
        self._room = self._segment_bytes
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = (self._folder / _name(self.position)).open("xb", buffering=0)
        except OSError as exc:
            log.warning("the output of an activity cannot be kept: %s", exc)
            return
        self._starts.append(self.position)
        if len(self._starts) > SEGMENTS:
            (self._folder / _name(self._starts.pop(HEAD_SEGMENTS))).unlink(missing_ok=True)

    def _put(self, lines: list[bytes]) -> None:
        written_from = self.position
        self.position += sum(map(len, lines))
        if self._file is None:
            return
        try:
            for start in range(0, len(lines), _MOST_AT_ONCE):
                some = lines[start : start + _MOST_AT_ONCE]
                written = os.writev(self._file.fileno(), some)
                left = memoryview(b"".join(some))[written:] if written < sum(map(len, some)) else b""
                while left:
                    left = left[self._file.write(left) :]
        except OSError as exc:  # the disk is full: go on without, and try again with the next segment
            log.warning("the output of an activity cannot be kept: %s", exc)
            self._undo(written_from)

    def _undo(self, position: int) -> None:
        """Leave no half line behind; the next lines begin a segment of their own."""
        try:
            if self._file is not None:
                self._file.truncate(position - self._starts[-1])
        except OSError as exc:
            log.warning("the output of an activity cannot be cut: %s", exc)
        self.close()
        self._room = 0


class OutputReader:
    """The reading side, at its own speed; blocking. It may read while the output is written, by any process."""

    def __init__(self, activity_id: uuid.UUID, *, position: int = 0) -> None:
        self._folder = folder_of(activity_id)
        self._segment: int | None = None
        self._is_short = False
        self.position = position
        self.is_at_end = False
        """Whether the last read left nothing that was there then."""

    def read(self) -> list[str]:
        """The next whole lines, without their newlines; empty when there are none now.

        Where something was dropped a line says so: `{"type":"dropped","bytes":N}`.
        """
        lines = self._read_segment(self._segment) if self._segment is not None else []
        if not lines:
            for segment in self._segments():
                if lines := self._read_segment(segment):
                    self._segment = segment
                    break
        self.is_at_end = not lines or (self._is_short and self._segments()[-1:] == [self._segment])
        return lines

    def _segments(self) -> list[int]:
        """Where those begin that may hold what comes next, in order."""
        found = _starts(self._folder)
        passed = bisect_right(found, self.position)
        return found[max(0, passed - 1) :]

    def _read_segment(self, start: int) -> list[str]:
        said: list[str] = []
        try:
            with (self._folder / _name(start)).open("rb", buffering=_BUFFER_BYTES) as file:
                if start > self.position:
                    said.append(dropped(start - self.position))
                    self.position = start
                file.seek(self.position - start)
                piece = file.read(PIECE_BYTES)
                self._is_short = len(piece) < PIECE_BYTES
                if not self._is_short:
                    piece += file.readline()
        except FileNotFoundError:  # dropped just now
            return []
        # Cut behind the last whole line. readlines would go on behind half a line, when the rest of it is written then.
        end = piece.rfind(b"\n") + 1
        self.position += end
        if end:
            said.extend(str(memoryview(piece)[: end - 1], "utf-8", "replace").split("\n"))
        return said


def dropped(byte_count: int) -> str:
    """The line that stands for what is not kept."""
    return json.dumps({"type": "dropped", "bytes": byte_count}, separators=(",", ":"))


def output_end(activity_id: uuid.UUID, *, least_bytes: int) -> list[str]:
    """The last lines: as many as make up `least_bytes`; what stands before them counts as dropped."""
    reader = OutputReader(activity_id)
    end = 0
    for start in _starts(folder_of(activity_id)):
        try:
            end = max(end, start + (folder_of(activity_id) / _name(start)).stat().st_size)
        except FileNotFoundError:
            continue
    reader.position = max(0, end - least_bytes - LONGEST_LINE_BYTES)
    is_cut = reader.position > 0
    lines: list[str] = []
    while more := reader.read():
        lines += more
    if is_cut:
        lines = lines[1:]  # the first is the rest of one that began before
    first, size = len(lines), 0
    while first > 0 and size < least_bytes:
        first -= 1
        size += len(lines[first].encode()) + 1
    return [dropped(end - size), *lines[first:]] if is_cut or first else lines


async def output_pieces(activity_id: uuid.UUID, *, dressed: Callable[[list[str]], str]) -> AsyncIterator[bytes]:
    """Everything that is kept, a piece at a time, as `dressed` puts it; read in a thread, never held as a whole."""
    reader = OutputReader(activity_id)

    def next_piece() -> bytes | None:
        lines = reader.read()
        return dressed(lines).encode() if lines else None

    while (piece := await asyncio.to_thread(next_piece)) is not None:
        if piece:
            yield piece


def _name(position: int) -> str:
    return f"{position:018d}{_SUFFIX}"


def _starts(folder: Path) -> list[int]:
    """Where the segments in a folder begin, in order. A file that the activity made may lie beside them."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted(int(name.removesuffix(_SUFFIX)) for name in names if name.endswith(_SUFFIX))
