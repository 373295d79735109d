"""Answers that blocking code makes piece by piece."""

import asyncio
from collections.abc import Iterator
from typing import Self


class PiecesOnThread:
    """Pieces for a streaming response; each is made on a thread, when the one before is sent. None may be empty."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        piece = await asyncio.to_thread(next, self._pieces, b"")
        if not piece:
            raise StopAsyncIteration
        return piece
