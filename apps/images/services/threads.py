"""Blocking iterators for the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator


async def in_threads(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Take each next item in a thread: it may read a disk, or unpack."""
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece
