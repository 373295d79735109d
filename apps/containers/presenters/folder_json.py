"""A folder's list for scripts, made piece by piece: a hundred thousand entries as one text take a hundred MB."""

import asyncio
import json
from collections.abc import Iterator
from typing import Self

from django.core.serializers.json import DjangoJSONEncoder

from apps.containers.paths import quoted, shown
from apps.containers.presenters.files import file_row, row_json
from apps.containers.services.folder_kept import Folder

ROWS_AT_ONCE = 500


def folder_facts(folder: Folder) -> dict[str, object]:
    """What the list says of the folder itself."""
    return {
        "path": shown(folder.path),
        "address": quoted(folder.path),
        "is_complete": folder.is_complete,
        "is_in_memory": folder.is_in_memory,
    }


class FolderJson:
    """The JSON of a list for a streaming response; each piece is made on a thread, when the one before is sent."""

    def __init__(self, folder: Folder) -> None:
        self._pieces = _pieces(folder)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        piece = await asyncio.to_thread(next, self._pieces, b"")
        if not piece:
            raise StopAsyncIteration
        return piece


def _pieces(folder: Folder) -> Iterator[bytes]:
    yield json.dumps(folder_facts(folder))[:-1].encode() + b', "entries": ['
    for start in range(0, len(folder.entries), ROWS_AT_ONCE):
        rows = [row_json(file_row(folder.path, entry)) for entry in folder.entries[start : start + ROWS_AT_ONCE]]
        yield (b", " if start else b"") + json.dumps(rows, cls=DjangoJSONEncoder)[1:-1].encode()
    yield b"]}"
