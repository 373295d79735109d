"""Contexts of builds: what goes up to the engine, and what does not."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import threading
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest

from apps.core.errors import InvalidInput, TooLarge
from apps.core.leaving import AskerLeft, asker_left
from apps.images.building import context
from apps.images.building.context import Given, Packed, pack_archive, pack_typed

ROOM = 10**9


def tar_of(path: Path, files: dict[str, bytes], *, mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.uid, entry.mode = len(content), 1000, 0o755
            archive.addfile(entry, io.BytesIO(content))
    return path


def packed(path: Path, *, dockerfile: str = "", most_bytes: int = ROOM) -> tuple[Packed, dict[str, tarfile.TarInfo]]:
    into = io.BytesIO()
    told = pack_archive(path, into=into, dockerfile=dockerfile, most_bytes=most_bytes)
    assert told.size_bytes == len(into.getvalue())
    into.seek(0)
    with tarfile.open(fileobj=into, mode="r:") as archive:
        return told, {entry.name: entry for entry in archive}


def test_a_typed_dockerfile_goes_up_with_the_files_beside_it() -> None:
    into = io.BytesIO()
    pack_typed("FROM a\r\nCOPY x /\r\n", [Given("conf/x", 7, lambda: io.BytesIO(b"content"))], into=into)
    into.seek(0)
    with tarfile.open(fileobj=into) as archive:
        texts = {entry.name: archive.extractfile(entry).read() for entry in archive}  # type: ignore[union-attr]
    assert texts == {"Dockerfile": b"FROM a\nCOPY x /\n", "conf/x": b"content"}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_an_archive_is_packed_anew_without_what_is_ignored(tmp_path: Path, mode: str) -> None:
    files = {"Dockerfile": b"FROM a", ".dockerignore": b"*.log\nDockerfile", "a.log": b"x", "src/b": b"y", "ü": b"z"}
    told, found = packed(tar_of(tmp_path / "c", files, mode=mode))
    assert set(found) == {"Dockerfile", ".dockerignore", "src/b", "ü"}
    assert (told.files, told.ignored) == (4, 1)
    assert {entry.uid for entry in found.values()} == {0}
    assert found["src/b"].mode == 0o755


def test_a_zip_is_packed_as_tar(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "c.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("app/Dockerfile", "FROM a")
        archive.writestr("app/run.sh", "echo")
        archive.writestr("app/.dockerignore", "gone")
        archive.writestr("app/gone/x", "x")
        link = zipfile.ZipInfo("app/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "run.sh")
    _told, found = packed(tmp_path / "c.zip")
    assert set(found) == {"Dockerfile", "run.sh", ".dockerignore", "link"}
    assert found["link"].issym() and found["link"].linkname == "run.sh"


def test_a_dockerfile_named_from_the_outside_keeps_the_outer_folder(tmp_path: Path) -> None:
    _told, found = packed(
        tar_of(tmp_path / "c", {"app/docker/web": b"FROM a", "app/x": b"1"}), dockerfile="app/docker/web"
    )
    assert set(found) == {"app/docker/web", "app/x"}
    _told, found = packed(tmp_path / "c", dockerfile="docker/web")
    assert set(found) == {"docker/web", "x"}


def test_devices_stay_behind(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "c", "w") as archive:
        archive.addfile(tarfile.TarInfo("Dockerfile"))
        device = tarfile.TarInfo("null")
        device.type = tarfile.CHRTYPE
        archive.addfile(device)
    assert set(packed(tmp_path / "c")[1]) == {"Dockerfile"}


@pytest.mark.parametrize("name", ["null", "."])
def test_what_is_passed_over_counts_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("apps.images.building.context.MOST_MEMBERS", 100)
    with tarfile.open(tmp_path / "c", "w") as archive:
        archive.addfile(tarfile.TarInfo("Dockerfile"))
        for _ in range(100):
            entry = tarfile.TarInfo(name)
            entry.type = tarfile.CHRTYPE if name == "null" else tarfile.DIRTYPE
            archive.addfile(entry)
    with pytest.raises(TooLarge, match="too much"):
        packed(tmp_path / "c")


def test_packing_ends_when_nobody_waits_for_it(tmp_path: Path) -> None:
    left = threading.Event()
    file = tar_of(tmp_path / "c", {"Dockerfile": b"FROM a", "big": b"x" * 2_000_000})
    token = asker_left.set(left)
    try:
        assert set(packed(file)[1]) == {"Dockerfile", "big"}
        left.set()
        with pytest.raises(AskerLeft):
            packed(file)
        with pytest.raises(AskerLeft):
            pack_typed("FROM a", (), into=io.BytesIO())
    finally:
        asker_left.reset(token)


@pytest.mark.parametrize("name", ["../out", "/etc/passwd", "a/../../b"])
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="outside"):
        packed(tar_of(tmp_path / "c", {"Dockerfile": b"", name: b"x"}))


def test_no_dockerfile_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        packed(tar_of(tmp_path / "c", {"README": b""}))
    assert caught.value.field == "dockerfile"


@pytest.mark.parametrize("content", [b"", b"no archive at all" * 100, b"\x1f\x8b\x08broken", b"PK\x03\x04broken"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "c").write_bytes(content)
    with pytest.raises(InvalidInput):
        packed(tmp_path / "c")


def test_a_cut_archive_is_refused(tmp_path: Path) -> None:
    whole = tar_of(tmp_path / "c", {"Dockerfile": b"x" * 5000, "b": bytes(range(256)) * 400}, mode="w:gz").read_bytes()
    (tmp_path / "c").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InvalidInput):
        packed(tmp_path / "c")


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "FREE_BYTES", 1000)
    with pytest.raises(TooLarge):
        packed(tar_of(tmp_path / "c", {"Dockerfile": b"", "zeros": bytes(3_000_000)}, mode="w:gz"))
    with pytest.raises(TooLarge):
        packed(tar_of(tmp_path / "d", {"Dockerfile": bytes(2000)}), most_bytes=1000)
    monkeypatch.setattr(context, "MOST_MEMBERS", 2)
    with pytest.raises(TooLarge):
        packed(tar_of(tmp_path / "e", {"Dockerfile": b"", "a": b"", "b": b""}))


def bomb_of(kind: str, path: Path) -> Path:
    """An archive of a few bytes, whose first piece is 100 MiB."""
    opener: Any = {"bz2": bz2.open, "xz": lzma.open, "header": gzip.open}[kind]
    entry = tarfile.TarInfo("Dockerfile")
    entry.size = 100 * 2**20
    if kind == "header":
        entry.type = tarfile.XHDTYPE
    with opener(path, "wb") as file:
        file.write(entry.tobuf(tarfile.GNU_FORMAT))
        for _ in range(100):
            file.write(bytes(2**20))
    return path


@pytest.mark.parametrize("kind", ["bz2", "xz", "header"])
def test_a_bomb_does_not_lie_in_memory(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "FREE_BYTES", 1000)
    path = bomb_of(kind, tmp_path / "c")
    tracemalloc.start()
    try:
        with pytest.raises((TooLarge, InvalidInput)):
            packed(path)
        assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    finally:
        tracemalloc.stop()


def test_a_name_that_is_no_utf_8_can_be_told_of(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        packed(tar_of(tmp_path / "c", {"../\udcff": b""}))
    assert "\ufffd" in caught.value.title.encode().decode()


def test_a_zip_with_files_without_end_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "c", "w") as archive:
        for number in range(50):
            archive.writestr(str(number), b"")
    monkeypatch.setattr(context, "_LONGEST_DIRECTORY_BYTES", 1000)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(TooLarge):
        packed(tmp_path / "c")
