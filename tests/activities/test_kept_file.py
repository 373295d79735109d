"""The files that activities make: bounded together, and told of in words when there is no room."""

from __future__ import annotations

import errno
import gzip
import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest

from apps.activities import kept_file
from apps.activities.kept_file import KeptWriter, kept_bytes, kept_path, kept_size, room_bytes
from apps.core.errors import TooLarge, Unavailable
from apps.core.spool import KEEP_FREE_BYTES

MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    settings.SAVED_MAX_BYTES = 20 * MEGABYTE
    return tmp_path


def test_many_that_write_at_once_keep_to_the_bound_that_all_have_together() -> None:
    writers = [KeptWriter(uuid.uuid4()) for _ in range(6)]
    refused = 0
    for _ in range(8):
        for writer in writers:
            try:
                writer.write(bytes(MEGABYTE))
            except TooLarge:
                refused += 1
    assert refused and 10 * MEGABYTE < kept_bytes() <= 20 * MEGABYTE
    for writer in writers:
        writer.drop()
    assert kept_bytes() == 0 and room_bytes() == 20 * MEGABYTE


@pytest.mark.parametrize("is_packed", [False, True])
def test_the_room_that_was_not_needed_is_there_for_others_again(is_packed: bool) -> None:
    for _ in range(30):
        writer = KeptWriter(uuid.uuid4(), is_packed=is_packed)
        writer.write(b"x" * 100)
        writer.drop()
    del writer  # what packed it says its last words now
    kept = uuid.uuid4()
    writer = KeptWriter(kept, is_packed=is_packed)
    writer.write(b"x" * 100)
    assert writer.finish() == kept_size(kept)
    content = kept_path(kept).read_bytes()
    assert (gzip.decompress(content) if is_packed else content) == b"x" * 100
    assert room_bytes() == 20 * MEGABYTE - len(content)


def test_a_disk_that_is_full_at_the_last_word_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    activity_id = uuid.uuid4()
    writer = KeptWriter(activity_id, is_packed=True)
    writer.write(b"x" * 100)  # gzip holds it until the end

    def full(self: object, piece: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(kept_file._Guarded, "write", full)
    with pytest.raises(Unavailable, match="disk is full"):
        writer.finish()
    writer.drop()
    assert kept_size(activity_id) is None and kept_bytes() == 0


def test_nothing_is_taken_from_the_part_of_the_disk_that_others_need(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=KEEP_FREE_BYTES + 10))
    writer = KeptWriter(uuid.uuid4())
    with pytest.raises(Unavailable, match="disk is full"):
        writer.write(b"x" * 100)
    writer.drop()
