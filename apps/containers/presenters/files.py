"""Folders and files of a container as they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from apps.containers.file_text import EDIT_BYTES, has_special_bits, text_of
from apps.containers.paths import is_text, joined, name_of, quoted, shown
from apps.containers.presenters.folder_asked import SORTS, Asked, query_of
from apps.containers.services.file_download import PREVIEW_BYTES, Preview
from apps.containers.services.file_listing import File
from apps.containers.services.folder_kept import Folder
from apps.engine.wire.tar import EntryKind, TarEntry

ROWS_PER_PAGE = 200
_LETTERS = {
    EntryKind.FOLDER: "d",
    EntryKind.SYMLINK: "l",
    EntryKind.CHARACTER_DEVICE: "c",
    EntryKind.BLOCK_DEVICE: "b",
    EntryKind.FIFO: "p",
    EntryKind.SOCKET: "s",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A folder of the line at the top: its name, and its path for an address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """One entry. `address` is its path for an address; `path` the same as text, "" when it is none (not UTF-8)."""

    name: str
    address: str
    path: str
    kind: str
    size_bytes: int | None
    mode: str
    octal: str
    owner: str
    modified: datetime | None
    link_target: str
    is_hidden: bool
    download_label: str = ""
    rename_label: str = ""
    delete_label: str = ""

    @property
    def is_folder(self) -> bool:
        return self.kind == EntryKind.FOLDER

    @property
    def is_fetchable(self) -> bool:
        """Whether it may be downloaded; a link may lead to what is."""
        return self.kind in (EntryKind.FILE, EntryKind.FOLDER, EntryKind.SYMLINK)


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its word, the query that sorts by it, and how it is sorted now (aria-sort)."""

    key: str
    word: str
    query: str
    order: str


@dataclass(frozen=True, slots=True)
class FolderPage:
    """A folder's list: the rows of one page of it."""

    path: str
    """As text for forms, "" when it is not UTF-8."""
    shown_path: str
    address: str
    parent: str | None
    steps: Sequence[Step]
    rows: Sequence[FileRow]
    headings: Sequence[Heading]
    asked: Asked
    sort: str
    """As addresses have it, "" for the usual order."""
    total: int
    found: int
    hidden: int
    hidden_query: str
    page: int
    pages: int
    first_query: str
    previous_query: str
    next_query: str
    last_query: str
    first: int
    last: int
    is_complete: bool
    is_in_memory: bool
    kept_since: datetime | None
    anew_query: str


@dataclass(frozen=True, slots=True)
class FilePage:
    """What is no folder: its facts, and the beginning of its text."""

    name: str
    address: str
    content_address: str
    steps: Sequence[Step]
    kind: str
    size_bytes: int | None
    mode: str
    octal: str
    modified: str
    link_target: str
    is_dangling: bool
    is_fetchable: bool
    text: str | None
    encoding: str
    is_cut: bool
    is_picture: bool
    is_editable: bool
    not_editable: str
    """Why a text cannot be edited here, "" for what is editable or no text at all."""


def folder_page(folder: Folder, asked: Asked) -> FolderPage:
    """Filter, sort and cut the list."""
    asked = replace(asked, takes_kept=folder.kept_since is not None)
    hidden = sum(entry.name.startswith(".") for entry in folder.entries)
    wanted = asked.q.lower()
    found = [
        entry
        for entry in folder.entries
        if (asked.shows_hidden or not entry.name.startswith("."))
        and (not wanted or wanted in shown(entry.name).lower())
    ]
    _sort(found, asked)
    last_page = max(1, -(-len(found) // ROWS_PER_PAGE))
    page = min(asked.page, last_page)
    start = (page - 1) * ROWS_PER_PAGE
    labels = _("Download %(name)s"), _("Rename %(name)s"), _("Delete %(name)s")
    cut = [file_row(folder.path, entry, labels=labels) for entry in found[start : start + ROWS_PER_PAGE]]
    return FolderPage(
        path=folder.path if is_text(folder.path) else "",
        shown_path=shown(folder.path),
        address=quoted(folder.path),
        parent=quoted(folder.path.rpartition("/")[0] or "/") if folder.path != "/" else None,
        steps=steps_to(folder.path),
        rows=cut,
        headings=[_heading(folder.path, asked, key=key, word=word) for key, word in _words().items()],
        asked=asked,
        sort=asked.sort_word if asked.sort_word != SORTS[0] else "",
        total=len(folder.entries),
        found=len(found),
        hidden=hidden,
        hidden_query=query_of(folder.path, asked, hidden="0" if asked.shows_hidden else "", page=""),
        page=page,
        pages=last_page,
        first_query=query_of(folder.path, asked, page="") if page > 2 else "",
        previous_query=query_of(folder.path, asked, page=str(page - 1)) if page > 1 else "",
        next_query=query_of(folder.path, asked, page=str(page + 1)) if page < last_page else "",
        last_query=query_of(folder.path, asked, page=str(last_page)) if page < last_page - 1 else "",
        first=start + 1 if cut else 0,
        last=start + len(cut),
        is_complete=folder.is_complete,
        is_in_memory=folder.is_in_memory,
        kept_since=folder.kept_since,
        anew_query=query_of(folder.path, asked, kept=""),
    )


def file_row(folder: str, entry: TarEntry, *, labels: tuple[str, str, str] = ("", "", "")) -> FileRow:
    """One entry, dressed. `labels` name the buttons to fetch, rename and delete it, with `%(name)s` for its name."""
    path = joined(folder, entry.name)
    name = shown(entry.name)
    download_label, rename_label, delete_label = (label % {"name": name} for label in labels)
    return FileRow(
        name=name,
        address=quoted(path),
        path=path if is_text(path) else "",
        kind=entry.kind.value,
        size_bytes=entry.size_bytes if entry.kind is EntryKind.FILE else None,
        mode=_LETTERS.get(entry.kind, "-") + mode_words(entry.mode),
        octal=f"{entry.mode:04o}",
        owner=f"{entry.uid}:{entry.gid}",
        modified=_moment(entry.mtime_s),
        link_target=shown(entry.link_target),
        is_hidden=entry.name.startswith("."),
        download_label=download_label,
        rename_label=rename_label,
        delete_label=delete_label,
    )


def row_json(row: FileRow) -> dict[str, object]:
    """The same for scripts. `address` is the path percent-encoded, exact where `name` cannot be."""
    return {
        "name": row.name,
        "address": row.address,
        "kind": row.kind,
        "size_bytes": row.size_bytes,
        "mode": row.mode,
        "octal": row.octal,
        "owner": row.owner,
        "modified": row.modified,
        "link_target": row.link_target,
    }


def file_page(file: File, preview: Preview | None) -> FilePage:
    """A file's page; `preview` None: it has no content that could be fetched."""
    found = file.found
    text, encoding = text_of(preview.content) if preview is not None else (None, "")
    mode = found.permissions if found else 0
    is_shown = text is not None and preview is not None
    not_editable = _not_editable(preview.size_bytes, mode, encoding) if is_shown and preview else ""
    return FilePage(
        name=shown(name_of(file.path)),
        address=quoted(file.path),
        content_address=quoted(file.content_path),
        steps=steps_to(file.path),
        kind=_kind_words(file),
        size_bytes=preview.size_bytes if preview else None,
        mode=mode_words(mode) if found else "",
        octal=f"{mode:04o}" if found else "",
        modified=found.mtime if found else "",
        link_target=shown(file.link_target),
        is_dangling=found is None,
        is_fetchable=found is not None and found.is_regular,
        text=text,
        encoding=encoding,
        is_cut=preview is not None and preview.size_bytes > PREVIEW_BYTES,
        is_picture=preview is not None and bool(preview.picture_type),
        is_editable=is_shown and not not_editable,
        not_editable=not_editable,
    )


def _not_editable(size_bytes: int, mode: int, encoding: str) -> str:
    if size_bytes > EDIT_BYTES:
        return _("It is too large to be edited here: 1 MiB is the limit.")
    if encoding != "UTF-8":
        return _("It cannot be edited here: its text is %(encoding)s, not UTF-8.") % {"encoding": encoding}
    if has_special_bits(mode):
        return _(
            "It cannot be edited here: it is set-uid or set-gid, and such bits do not go into a container with a file."
        )
    return ""


def mode_words(mode: int) -> str:
    """`rwxr-xr-x`, with set-uid, set-gid and sticky in their usual places."""
    letters = ""
    for shift, special, low, high in ((6, 0o4000, "s", "S"), (3, 0o2000, "s", "S"), (0, 0o1000, "t", "T")):
        bits = mode >> shift
        letters += ("r" if bits & 4 else "-") + ("w" if bits & 2 else "-")
        letters += (low if bits & 1 else high) if mode & special else ("x" if bits & 1 else "-")
    return letters


def steps_to(path: str) -> list[Step]:
    """The folders from "/" to a path, itself included."""
    steps = [Step("/", "/")]
    so_far = ""
    for part in path.strip("/").split("/"):
        if part:
            so_far += f"/{part}"
            steps.append(Step(shown(part), quoted(so_far)))
    return steps


def _sort(entries: list[TarEntry], asked: Asked) -> None:
    entries.sort(key=lambda entry: entry.name.lower())
    match asked.sort:
        case "size":
            entries.sort(key=lambda entry: entry.size_bytes, reverse=asked.is_reversed)
        case "modified":
            entries.sort(key=lambda entry: entry.mtime_s, reverse=asked.is_reversed)
        case "owner":
            entries.sort(key=lambda entry: (entry.uid, entry.gid), reverse=asked.is_reversed)
        case _:
            if asked.is_reversed:
                entries.reverse()
            entries.sort(key=lambda entry: entry.kind is not EntryKind.FOLDER)


def _words() -> dict[str, str]:
    return {"name": _("Name"), "size": _("Size"), "mode": _("Mode"), "owner": _("Owner"), "modified": _("Modified")}


def _heading(path: str, asked: Asked, *, key: str, word: str) -> Heading:
    if key not in SORTS:
        return Heading(key, word, "", "none")
    is_on = asked.sort == key
    sort = f"-{key}" if is_on and not asked.is_reversed else key
    order = ("descending" if asked.is_reversed else "ascending") if is_on else "none"
    return Heading(key, word, query_of(path, asked, sort=sort, page=""), order)


def _moment(unix_s: int) -> datetime | None:
    return datetime.fromtimestamp(unix_s, UTC) if -62_000_000_000 < unix_s < 253_402_300_800 else None


def _kind_words(file: File) -> str:
    if file.found is None:
        return _("link to nothing")
    if file.found.is_regular:
        return _("file") if not file.link_target else _("link to a file")
    return _("device, socket or pipe")
