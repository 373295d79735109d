"""Paths of containers, and how files are shown: no engine is asked."""

from __future__ import annotations

import io
import tarfile
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.containers import paths
from apps.containers.file_text import EditableText, text_of
from apps.containers.presenters.files import folder_page, mode_words
from apps.containers.presenters.folder_asked import Asked
from apps.containers.services.file_access import host_paths_hidden
from apps.containers.services.file_asking import ListedByProgram
from apps.containers.services.file_listing import read_level
from apps.containers.services.file_upload import Packed
from apps.containers.services.folder_kept import LONG_ENTRIES, MOST_KEPT_ENTRIES, Folder, KeptFolders
from apps.core.errors import InvalidInput
from apps.engine.errors import Conflict
from apps.engine.wire.tar import END, EntryKind, TarEntry, TarReader


@given(st.binary(min_size=1, max_size=200).map(lambda path: path.replace(b"\0", b"")))
def test_a_path_of_any_bytes_comes_through_an_address_unharmed(path: bytes) -> None:
    found = paths.path_of_query(f"q=x&path={quote(b'/a/' + path)}")
    parts = [part for part in (b"/a/" + path).split(b"/") if part not in (b"", b".")]
    if b".." not in parts:
        assert paths.encoded(found) == b"/" + b"/".join(parts)
    assert found.startswith("/") and "/../" not in f"{found}/"
    assert paths.path_of_query(f"path={paths.quoted(found)}") == found
    assert paths.shown(found).isprintable()


def test_a_path_cannot_lead_above_the_root() -> None:
    assert paths.clean("/../../etc/../../x") == "/x"
    assert paths.clean("//etc//") == "/etc"
    assert paths.clean("") == "/"


@pytest.mark.parametrize("path", ["/a\0b", "/" + "x" * 5000, "/\ud800"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(InvalidInput):
        paths.clean(path)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\0b", "x" * 256, "a\udcff", "ö" * 128])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        paths.name_or_refuse(name)


def test_what_cannot_be_seen_is_shown() -> None:
    assert paths.shown("a\nb\x7f\u202ec\udcff\xa0d") == "a␊b␡\ufffdc\ufffd d"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", ("", "UTF-8")),
        (b"gr\xc3\xb6\xc3\x9fe", ("größe", "UTF-8")),
        (b"cut gr\xc3", ("cut gr", "UTF-8")),
        (b"\xef\xbb\xbfx", ("x", "UTF-8")),
        (b"gr\xf6\xdfe und mehr", ("größe und mehr", "Latin-1")),
        (b"\xff\xfea\0b\0", ("ab", "UTF-16-LE")),
        (b"\x7fELF\x02\x01\x00", (None, "")),
        (bytes(range(1, 32)) + b"\xff", (None, "")),
    ],
)
def test_text_is_told_from_bytes(content: bytes, found: tuple[str | None, str]) -> None:
    assert text_of(content) == found


def test_modes_read_as_ls_writes_them() -> None:
    assert mode_words(0o755) == "rwxr-xr-x"
    assert mode_words(0o4755) == "rwsr-xr-x"
    assert mode_words(0o2640) == "rw-r-S---"
    assert mode_words(0o1777) == "rwxrwxrwt"


def entry(name: str, *, kind: EntryKind = EntryKind.FILE, size: int = 0) -> TarEntry:
    return TarEntry(name, kind, size, 0o644, 0, 0, 10**15)


def test_folders_come_first_and_hidden_files_can_be_left_out() -> None:
    folder = Folder("/t", [entry("b", size=2), entry(".c"), entry("A"), entry("z", kind=EntryKind.FOLDER)], True)
    assert [row.name for row in folder_page(folder, Asked()).rows] == ["z", ".c", "A", "b"]
    assert [row.name for row in folder_page(folder, Asked(shows_hidden=False, q="A")).rows] == ["A"]
    assert next(row.name for row in folder_page(folder, Asked(sort="size", is_reversed=True)).rows) == "b"
    assert folder_page(folder, Asked()).rows[0].modified is None, "a year 31 million is no time"


def test_a_hundred_thousand_entries_are_shown_page_by_page() -> None:
    folder = Folder("/t", [entry(f"{number:06}") for number in range(100_000)], True)
    page = folder_page(folder, Asked.read({"page": "500"}))
    assert (page.rows[-1].name, page.last, page.found, page.next_query) == ("099999", 100_000, 100_000, "")
    assert (page.page, page.pages, page.first_query, page.last_query) == (500, 500, "?path=/t", "")
    first = folder_page(folder, Asked())
    assert (first.last, first.first_query, first.next_query) == (200, "", "?path=/t&page=2")
    assert first.last_query == "?path=/t&page=500"
    assert folder_page(folder, Asked.read({"page": "999999"})).last == 100_000


def test_a_long_list_is_kept_until_its_folder_changes_or_its_time_is_over() -> None:
    now = 0.0
    kept = KeptFolders(clock=lambda: now)
    key = ("local", "c" * 64, "exited", "/t")
    long = Folder("/t", [entry(f"{number:06}") for number in range(LONG_ENTRIES)], True)
    assert kept.keep(key, long, changed="1").kept_since is not None
    found = kept.find(key, changed="1")
    assert found is not None and found.entries is long.entries
    assert kept.find(key, changed="2") is None, "something came or went"
    assert kept.find((*key[:3], "/other"), changed="1") is None
    page = folder_page(found, Asked(q="1", sort="size", is_reversed=True))
    assert page.next_query == "?path=/t&q=1&sort=-size&page=2&kept=1"
    assert page.anew_query == "?path=/t&q=1&sort=-size"
    assert all("kept=1" in heading.query for heading in page.headings if heading.query)
    now = 61.0
    assert kept.find(key, changed="1") is None


def test_kept_lists_make_room_for_the_next_and_what_is_too_long_is_not_kept() -> None:
    kept = KeptFolders()
    half = Folder("/t", [entry("a")] * (MOST_KEPT_ENTRIES // 2), True)
    for name in ("first", "second", "third"):
        kept.keep((name,), half, changed="1")
    assert [kept.find((name,), changed="1") is not None for name in ("first", "second", "third")] == [False, True, True]
    too_long = Folder("/t", [entry("a")] * (MOST_KEPT_ENTRIES + 1), True)
    assert kept.keep(("long",), too_long, changed="1").kept_since is None
    assert kept.find(("third",), changed="1") is not None


def test_second_names_of_files_have_the_size_of_the_first() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, target, size in (("./a", "", 3), ("./sub/b", "", 5), ("./c", "./a", 0), ("./d", "./sub/b", 0)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = (tarfile.LNKTYPE, target) if target else (tarfile.REGTYPE, "")
            member.size = size
            tar.addfile(member, io.BytesIO(bytes(size)) if size else None)
    packed.seek(0)
    entries: list[TarEntry] = []
    read_level(TarReader(packed.read), entries)
    assert [(one.name, one.kind, one.size_bytes) for one in entries] == [
        ("a", EntryKind.FILE, 3),
        ("c", EntryKind.FILE, 3),
        ("d", EntryKind.FILE, 5),
    ]


@pytest.mark.parametrize("names", [["./", "./a", "./a/b", "./c"], ["a", "a/b", "c"], ["/", "/a", "/a/b", "/c"]])
def test_a_folder_is_read_out_of_its_archive_whatever_an_engine_calls_its_entries(names: list[str]) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name in names:
            member = tarfile.TarInfo()
            member.name = name
            member.type = tarfile.DIRTYPE if name.endswith(("/", "a")) else tarfile.REGTYPE
            tar.addfile(member)
    packed.seek(0)
    entries: list[TarEntry] = []
    read_level(TarReader(packed.read), entries)
    assert [(entry.name, entry.kind) for entry in entries] == [("a", EntryKind.FOLDER), ("c", EntryKind.FILE)]


@pytest.mark.parametrize("piece", [1, 7, 50, 10_000])
def test_a_program_s_list_is_read_by_its_mark_alone(piece: int) -> None:
    mark = "f00d"
    names = [b"a", b"new\nline", b"x -> y", b"it's", b"1f 2 3 4 5 6", b"bad\xff"]
    output = b"".join(b"%b81a4 5 0 7 9 /t/%b%b/t/%b\n" % (mark.encode(), name, mark.encode(), name) for name in names)
    output += b"f00da1ff 1 0 0 9 /t/gnuf00d/t/gnu -> /to it\n" + b"f00da1ff 1 0 0 9 /t/busyf00d'/t/busy' -> 'a\nb'\n"
    output += b"f00dlies and more lies f00d\nf00d81a4 5 0 7 9 /elsewheref00d/elsewhere\n"
    listed = ListedByProgram(mark, folder="/t/")
    for start in range(0, len(output), piece):
        listed.feed(output[start : start + piece])
    listed.end()
    found = listed.entries
    assert [one.name.encode("utf-8", "surrogateescape") for one in found] == [*names, b"gnu", b"busy"]
    assert [one.link_target for one in found[-2:]] == ["/to it", "a\nb"]
    assert (found[0].kind, found[0].size_bytes, found[0].mode, found[0].gid) == (EntryKind.FILE, 5, 0o644, 7)


@given(st.binary(max_size=2000), st.integers(1, 700))
def test_a_packed_file_has_the_length_that_was_said(content: bytes, piece: int) -> None:
    made = Packed(b"h" * 512, io.BytesIO(content), size_bytes=len(content))
    whole = b"".join(iter(lambda: made.read(piece), b""))
    assert whole == b"h" * 512 + content + bytes(-len(content) % 512) + END


def test_a_source_that_ends_too_soon_sends_no_whole_archive() -> None:
    made = Packed(b"h" * 512, io.BytesIO(b"short"), size_bytes=9)
    with pytest.raises(OSError, match="shorter"):
        b"".join(iter(lambda: made.read(100), b""))


@given(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.sampled_from(["\n", "\r\n", "\r"])
)
def test_an_edited_text_keeps_its_line_ends_and_its_mark(text: str, newline: str) -> None:
    lines = text.replace("\r", "").replace("\n", newline)
    for content in (lines.encode(), b"\xef\xbb\xbf" + lines.encode()):
        found = EditableText.read(content)
        assert found is not None
        assert not found.is_mixed
        assert "\r" not in found.text
        assert found.written(found.text) == content
        assert found.written(found.text.replace("\n", "\r\n")) == content, "as a browser's form sends it"


@given(st.binary(max_size=300))
def test_what_is_no_text_is_never_edited(content: bytes) -> None:
    found = EditableText.read(content)
    if found is None:
        assert b"\0" in content or content.decode("utf-8", "replace").encode() != content
    elif not found.is_mixed:
        assert found.written(found.text) == content


def test_line_ends_of_several_kinds_are_told() -> None:
    found = EditableText.read(b"a\r\nb\r\nc\n")
    assert found is not None
    assert (found.newline, found.is_mixed, found.text) == ("\r\n", True, "a\nb\nc\n")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("mkdir /var/lib/docker/overlay2/ab/merged/etc/x: not a directory", "mkdir /etc/x: not a directory"),
        ('open "/var/lib/docker/volumes/v/_data": denied', 'open "": denied'),
        ("/a/diff/merged/x and /b/merged-not/diffs", "/x and /b/merged-not/diffs"),
        ("/merged stays, and so does /diff/x", "/merged stays, and so does /diff/x"),
        ("/a" * 500_000, "/a" * 500_000),
    ],
)
def test_paths_of_the_host_are_not_told_and_others_are(said: str, told: str) -> None:
    with pytest.raises(Conflict) as caught, host_paths_hidden():
        raise Conflict(409, said)
    assert caught.value.message == told
