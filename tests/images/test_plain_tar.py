"""Archives become the plain tar an engine gets; what is none, is cut or is a bomb is refused in words."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.errors import InvalidInput, TooLarge
from apps.core.spool import spool_folder
from apps.images.services import plain_tar
from apps.images.services.plain_tar import PlainTar
from apps.images.services.uploads import archive_taken

LONG = "folder/" * 30 + "file"
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "gzip in two members": lambda tar: gzip.compress(tar[:700]) + gzip.compress(tar[700:]),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "xz in two streams": lambda tar: lzma.compress(tar[:700]) + bytes(8) + lzma.compress(tar[700:]),
}


def tar_of(*files: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


ARCHIVE = tar_of(("first", b"1" * 1000), (LONG, b"2" * 300_000), ("empty", b""))


async def read(path: Path) -> bytes:
    archive = PlainTar(path)
    try:
        return b"".join([piece async for piece in archive.pieces()])
    finally:
        archive.close()


def written(folder: Path, content: bytes) -> Path:
    path = folder / "archive"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("packer", PACKERS)
async def test_whatever_it_was_packed_with_the_same_tar_comes_out(tmp_path: Path, packer: str) -> None:
    plain = await read(written(tmp_path, PACKERS[packer](ARCHIVE)))
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        assert [entry.name for entry in tar] == ["first", LONG, "empty"]
        assert tar.extractfile(LONG).read() == b"2" * 300_000  # type: ignore[union-attr]
    assert plain.endswith(bytes(1024))


@pytest.mark.parametrize(
    "content",
    [b"", b"junk" * 1000, bytes(10240), gzip.compress(b"no tar" * 500), b"\x28\xb5\x2f\xfd" + b"zstd" * 200, b"BZhx"],
    ids=["empty", "junk", "zeros", "packed junk", "zstd", "broken bzip2"],
)
def test_what_is_no_tar_is_refused_at_once(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        PlainTar(written(tmp_path, content)).check()
    assert "no tar archive" in caught.value.title


@pytest.mark.parametrize("packer", PACKERS)
async def test_what_breaks_off_is_refused_where_it_breaks(tmp_path: Path, packer: str) -> None:
    packed = PACKERS[packer](ARCHIVE)
    with pytest.raises(InvalidInput):
        await read(written(tmp_path, packed[: len(packed) // 2]))


async def test_a_bomb_by_bytes_goes_off_against_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_tar, "FREE_BYTES", 1_000_000)
    bomb = gzip.compress(tar_of(("zeros", bytes(8_000_000))))
    assert len(bomb) * plain_tar.MOST_RATIO < 8_000_000
    with pytest.raises(TooLarge, match="unpacks to too much"):
        await read(written(tmp_path, bomb))


async def test_a_bomb_by_members_goes_off_against_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_tar, "MOST_MEMBERS", 50)
    with pytest.raises(TooLarge):
        await read(written(tmp_path, tar_of(*((f"file-{number}", b"") for number in range(51)))))


async def test_no_archive_unpacks_to_many_times_the_largest_upload(tmp_path: Path, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 10_000
    with pytest.raises(TooLarge):
        await read(written(tmp_path, ARCHIVE))


def test_an_upload_that_is_no_tar_leaves_nothing_behind() -> None:
    with pytest.raises(InvalidInput) as caught:
        archive_taken(SimpleUploadedFile("junk.tar", b"junk" * 1000), field="archive")
    assert caught.value.field == "archive"
    assert not list(spool_folder().glob("upload-*"))
    path = archive_taken(SimpleUploadedFile("good.tar", ARCHIVE), field="archive")
    assert path.read_bytes() == ARCHIVE
    path.unlink()
