"""A folder's list for scripts, made piece by piece: a hundred thousand entries as one text take a hundred MB."""

import json
from collections.abc import Iterator

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


def folder_json(folder: Folder) -> Iterator[bytes]:
    """Yield the JSON of a list."""
    yield json.dumps(folder_facts(folder))[:-1].encode() + b', "entries": ['
    for start in range(0, len(folder.entries), ROWS_AT_ONCE):
        rows = [row_json(file_row(folder.path, entry)) for entry in folder.entries[start : start + ROWS_AT_ONCE]]
        yield (b", " if start else b"") + json.dumps(rows, cls=DjangoJSONEncoder)[1:-1].encode()
    yield b"]}"
