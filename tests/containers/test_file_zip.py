"""A spooled tar told on as a zip: read back by Python's own library."""

from __future__ import annotations

import asyncio
import io
import stat
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from apps.containers.services import file_zip
from apps.containers.services.file_zip import ZipReader, zip_of
from apps.core.spool import Spool, held_bytes
from apps.engine.wire.tar import TarBroken

LARGE = bytes(range(256)) * 5_000


@pytest.fixture
def spool(settings: Any, tmp_path: Path) -> Spool:
    settings.DATA_DIR = tmp_path
    return Spool()


def entry(name: str, kind: bytes = tarfile.REGTYPE, *, link: str = "", mode: int = 0o640, mtime: int = 0) -> Any:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.mode, made.mtime = kind, link, mode, mtime or 1_700_000_000
    return made


def packed(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return target.getvalue()


FOLDER = packed(
    (entry("t/", tarfile.DIRTYPE, mode=0o755), b""),
    (entry("t/plain", mode=0o4750), b"plain"),
    (entry("t/größe €"), LARGE),
    (entry("t/bad\udcff"), b"first"),
    (entry("t/bad\udcfe"), b"second"),
    (entry("t/..\\..\\up"), b"backslashes"),
    (entry("t/old", mtime=-5), b""),
    (entry("t/late", mtime=2**33), b""),
    (entry("t/link", tarfile.SYMTYPE, link="größe €"), b""),
    (entry("t/again", tarfile.LNKTYPE, link="t/größe €"), b""),
    (entry("t/dangling", tarfile.LNKTYPE, link="t/nowhere"), b""),
    (entry("t/pipe", tarfile.FIFOTYPE), b""),
    (entry("t/null", tarfile.CHRTYPE), b""),
)


@pytest.mark.parametrize("large_bytes", [2**30, 1000])
def test_a_folder_s_zip_holds_what_its_tar_holds(
    large_bytes: int, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_zip, "_LARGE_BYTES", large_bytes)  # from here on with 64-bit lengths
    with spool:
        spool.write(FOLDER)
        content = b"".join(zip_of(spool))
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        contents = {one.filename: found.read(one) for one in found.infolist()}
        facts = {one.filename: one for one in found.infolist()}
    left_out = contents.pop("left-out.txt").decode()
    assert contents == {
        "t/": b"",
        "t/plain": b"plain",
        "t/größe €": LARGE,
        "t/bad\ufffd": b"first",
        "t/bad\ufffd (2)": b"second",
        "t/.._.._up": b"backslashes",
        "t/old": b"",
        "t/late": b"",
        "t/link": "größe €".encode(),
        "t/again": LARGE,
    }
    assert all(name in left_out for name in ("t/pipe", "t/null", "t/dangling"))
    assert facts["t/plain"].external_attr >> 16 == stat.S_IFREG | 0o750, "set-uid does not leave with a zip"
    assert stat.S_ISLNK(facts["t/link"].external_attr >> 16)
    assert facts["t/plain"].date_time == (2023, 11, 14, 22, 13, 20)
    assert (facts["t/old"].date_time[0], facts["t/late"].date_time[0]) == (1980, 2107)


def test_names_that_read_the_same_are_numbered_without_counting_anew() -> None:
    class Counted(set[str]):
        looks = 0

        def __contains__(self, name: object) -> bool:
            Counted.looks += 1
            return super().__contains__(name)

    names = file_zip._Names()
    names._taken = Counted()
    names.of("t/\ufffd\ufffd (7)")  # a file that is really called so
    found = [names.of(f"t/{chr(0xDC80 + n % 127)}{chr(0xDC81 + n // 127)}") for n in range(500)]
    assert len(set(found)) == 500
    assert found[:2] == ["t/\ufffd\ufffd", "t/\ufffd\ufffd (2)"]
    assert Counted.looks < 1600  # counted from 1 each time it would be 125,000: minutes for all that a folder can hold


def test_the_root_of_a_container_has_no_folder_of_its_own(spool: Spool) -> None:
    with spool:
        spool.write(packed((entry("./", tarfile.DIRTYPE), b""), (entry("./etc/", tarfile.DIRTYPE), b"")))
        content = b"".join(zip_of(spool))
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["etc/"]


def test_what_is_no_tar_breaks_off(spool: Spool) -> None:
    with spool:
        spool.write(FOLDER[:3000])
        with pytest.raises(TarBroken):
            b"".join(zip_of(spool))


def test_a_response_that_ends_early_gives_the_room_back(spool: Spool) -> None:
    spool.write(packed((entry("t/large"), bytes(range(256)) * 20_000)))
    reader = ZipReader(spool)

    async def begin() -> bytes:
        return await anext(reader)

    assert asyncio.run(begin()).startswith(b"PK")
    assert held_bytes() > 0
    reader.close()
    assert held_bytes() == 0
