"""Tar archives: read as Python's own library reads them, and what they say is believed within bounds only."""

from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.wire.tar import END, EntryKind, TarBroken, TarEntry, TarReader, entry_header, padding_after

NAME_BYTES = st.binary(min_size=1, max_size=300).map(
    lambda name: bytes(byte for byte in name if byte not in (0, 0x2F)) or b"x"
)


def reader_of(archive: bytes, *, piece: int = 7_000) -> TarReader:
    source = io.BytesIO(archive)
    return TarReader(lambda size: source.read(min(size, piece)))


def packed(members: list[tuple[bytes, bytes, int]], how: int) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=how, errors="surrogateescape") as tar:
        for name, content, owner in members:
            entry = tarfile.TarInfo("folder/" + name.decode("utf-8", "surrogateescape"))
            entry.size, entry.uid, entry.mode = len(content), owner, 0o4755
            tar.addfile(entry, io.BytesIO(content))
    return target.getvalue()


@given(
    st.lists(st.tuples(NAME_BYTES, st.binary(max_size=1500), st.integers(0, 2**31))),
    st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]),
    st.integers(1, 2000),
)
def test_names_contents_and_owners_are_read_exactly(
    members: list[tuple[bytes, bytes, int]], how: int, piece: int
) -> None:
    reader = reader_of(packed(members, how), piece=piece)
    for name, content, owner in members:
        entry = reader.next_entry()
        assert entry is not None
        assert entry.name.encode("utf-8", "surrogateescape") == b"folder/" + name
        assert (entry.kind, entry.size_bytes, entry.uid, entry.mode) == (EntryKind.FILE, len(content), owner, 0o4755)
        if owner % 2:  # the content may be read, or left
            assert b"".join(iter(lambda: reader.read(400), b"")) == content
    assert reader.next_entry() is None


def test_links_folders_and_devices_have_their_kinds() -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for name, kind in (
            ("d", tarfile.DIRTYPE),
            ("l", tarfile.SYMTYPE),
            ("h", tarfile.LNKTYPE),
            ("p", tarfile.FIFOTYPE),
        ):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname, entry.mtime = kind, "t" * 150 if name in "lh" else "", 9
            tar.addfile(entry)
    reader = reader_of(target.getvalue())
    found = [reader.next_entry() for _ in range(4)]
    kinds = [EntryKind.FOLDER, EntryKind.SYMLINK, EntryKind.HARDLINK, EntryKind.FIFO]
    assert [entry.kind for entry in found if entry] == kinds
    assert [len(entry.link_target) for entry in found if entry] == [0, 150, 150, 0]


@given(st.binary(max_size=3000))
def test_garbage_is_refused_and_nothing_else_happens(garbage: bytes) -> None:
    reader = reader_of(garbage)
    try:
        while reader.next_entry() is not None:
            pass
    except TarBroken:
        pass


@given(st.data())
def test_a_cut_archive_never_gives_more_than_it_holds(data: st.DataObject) -> None:
    archive = packed([(b"one", b"1" * 700, 1), (b"n" * 200, b"2" * 2000, 2)], tarfile.PAX_FORMAT)
    cut = archive[: data.draw(st.integers(0, len(archive)))]
    reader = reader_of(cut)
    content = b""
    try:
        while reader.next_entry() is not None:
            content += b"".join(iter(lambda: reader.read(400), b""))
    except TarBroken:
        pass
    assert (b"1" * 700 + b"2" * 2000).startswith(content)


def test_an_extended_header_has_a_limit() -> None:
    bomb = tarfile.TarInfo("x")
    bomb.type, bomb.size = b"x", 2**31
    with pytest.raises(TarBroken, match="extended header"):
        reader_of(bomb.tobuf() + bytes(10_000)).next_entry()


@given(NAME_BYTES.filter(lambda name: name not in (b".", b"..")), st.integers(0, 2**40), st.integers(0, 2**31))
def test_what_is_packed_here_is_read_by_python_s_own_library(name: bytes, size: int, owner: int) -> None:
    text = name.decode("utf-8", "surrogateescape")
    header = entry_header(TarEntry(text, EntryKind.FILE, size, 0o6755, owner, 5, 1_700_000_000))
    with tarfile.open(fileobj=io.BytesIO(header + END), mode="r|", errors="surrogateescape") as tar:
        found = tar.next()
        assert found is not None
        assert found.name.rstrip("/") == text
        assert (found.size, found.uid, found.gid, found.mtime) == (size, owner, 5, 1_700_000_000)
        assert found.mode == 0o755, "set-uid and set-gid stay behind"
    assert (size + len(padding_after(size))) % 512 == 0


def test_links_and_devices_are_never_packed() -> None:
    for kind in set(EntryKind) - {EntryKind.FILE, EntryKind.FOLDER}:
        with pytest.raises(ValueError, match="only files and folders"):
            entry_header(TarEntry("x", kind, 0, 0o777, 0, 0, 0, link_target="/etc/passwd"))
