"""What is taken of a command's output, without an engine."""

from __future__ import annotations

import asyncio
import struct

from apps.containers.services import running
from apps.containers.services.running import Captured


class Scripted:
    """Gives the pieces, then either ends or stays silent."""

    via = "hijack"
    is_multiplexed = True

    def __init__(self, *pieces: bytes, ends: bool) -> None:
        self._pieces = list(pieces)
        self._ends = ends

    async def read(self) -> bytes:
        if self._pieces:
            return self._pieces.pop(0)
        if not self._ends:
            await asyncio.Event().wait()
        return b""


def frame(stream: int, payload: bytes) -> bytes:
    return struct.pack(">BxxxL", stream, len(payload)) + payload


async def taken(*pieces: bytes, ends: bool, deadline_s: float) -> tuple[bool, Captured, Captured]:
    stdout, stderr = Captured(), Captured()
    source = Scripted(*pieces, ends=ends)
    is_whole = await running._taken(source, stdout, stderr=stderr, deadline_s=deadline_s)  # type: ignore[arg-type]
    return is_whole, stdout, stderr


async def test_what_came_before_the_deadline_is_kept() -> None:
    wire = frame(1, b"so far\n") + frame(2, b"oh")
    is_whole, stdout, stderr = await taken(wire[:5], wire[5:], ends=False, deadline_s=0.2)
    assert (is_whole, bytes(stdout.content), bytes(stderr.content)) == (False, b"so far\n", b"oh")


async def test_more_than_the_bound_is_dropped_and_the_end_still_seen() -> None:
    piece = frame(1, b"x" * 32_768)
    is_whole, stdout, stderr = await taken(*[piece] * 40, frame(2, b"end"), ends=True, deadline_s=60)
    assert (is_whole, len(stdout.content), stdout.is_cut) == (True, running.MOST_OUTPUT_BYTES, True)
    assert (bytes(stderr.content), stderr.is_cut) == (b"end", False)
