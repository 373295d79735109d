"""Texts in containers edited through the program's own addresses, looked at from the engine's side."""

from __future__ import annotations

import json
import tarfile
from typing import Any
from urllib.parse import quote

import pytest

from apps.containers.file_text import EDIT_BYTES
from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer
from tests.live.containers.archives import content_of, engine_tar, member, members_of, put
from tests.live.containers.test_files import Files
from tests.live.server import Server

ODD_NAME = b"bad\xff\xfename"
LATIN = "größe".encode("latin-1")


def form_of(fields: dict[str, str]) -> tuple[bytes, str]:
    """What a browser's form sends: line ends are doubled, whatever the text has."""
    mark = "-----------------------------735323031399963166993862150"
    parts = "".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        + value.replace("\r\n", "\n").replace("\n", "\r\n")
        + "\r\n"
        for name, value in fields.items()
    )
    return f"{parts}--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


class Texts(Files):
    """A container's texts, beside what Files does with them."""

    def opened(self, path: bytes) -> dict[str, Any]:
        status, _headers, body = self.ask("GET", f"edit/?path={quote(path)}")
        assert status == 200, body
        found: dict[str, Any] = json.loads(body)
        return found

    def saved(self, path: bytes, text: str, **fields: str) -> tuple[int, dict[str, Any]]:
        body, kind = form_of({"text": text, **fields})
        status, answer = self.change(f"edit/?path={quote(path)}", body, kind=kind)
        return status, json.loads(answer)

    def edited(self, path: bytes, old: str, new: str) -> tuple[int, dict[str, Any]]:
        """What a person does: open, change a word, save."""
        found = self.opened(path)
        assert old in found["text"]
        return self.saved(path, found["text"].replace(old, new), read=found["read"])

    def facts(self, path: str) -> tarfile.TarInfo:
        (found,) = members_of(engine_tar(self.raw, self.id, path)).values()
        return found


@pytest.fixture
def texts(live_server: Server, raw: RawEngine, make_container: MakeContainer) -> Texts:
    """A container that never ran: editing needs no program of it."""
    container_id = make_container(start=False)
    put(
        raw,
        container_id,
        [
            (member("t", tarfile.DIRTYPE, mode=0o755, uid=33, gid=34), b""),
            (member("t/plain", uid=7, gid=8, mode=0o664), b"one\ntwo\n"),
            (member("t/dos", mode=0o600), b"one\r\ntwo\r\n"),
            (member("t/mixed"), b"one\r\ntwo\nthree\n"),
            (member("t/marked"), b"\xef\xbb\xbfone"),
            (member("t/first-line-empty"), b"\n\none\n"),
            (member(b"t/" + ODD_NAME), b"one\n"),
            (member("t/latin"), LATIN),
            (member("t/binary"), b"one\0two"),
            (member("t/set-uid", mode=0o4755), b"#!/bin/sh\n"),
            (member("t/large"), b"x" * (EDIT_BYTES + 1)),
            (member("t/full"), b"x\n" * (EDIT_BYTES // 2)),
            (member("t/link", tarfile.SYMTYPE, linkname="plain"), b""),
            (member("t/nowhere", tarfile.SYMTYPE, linkname="gone"), b""),
        ],
    )
    return Texts(live_server, raw, container_id)


def test_a_text_is_changed_and_keeps_its_owner_mode_and_line_ends(texts: Texts) -> None:
    cases = {
        b"/t/plain": b"uno\ntwo\n",
        b"/t/dos": b"uno\r\ntwo\r\n",
        b"/t/mixed": b"uno\ntwo\nthree\n",
        b"/t/marked": b"\xef\xbb\xbfuno",
        b"/t/first-line-empty": b"\n\nuno\n",
        b"/t/" + ODD_NAME: b"uno\n",
    }
    for path, content in cases.items():
        status, answer = texts.edited(path, "one", "uno")
        assert (status, answer.get("was_needed")) == (200, True), answer
        assert texts.fetched(path) == content
    plain, dos = texts.facts("/t/plain"), texts.facts("/t/dos")
    assert (plain.uid, plain.gid, plain.mode & 0o7777) == (7, 8, 0o664)
    assert (dos.uid, dos.gid, dos.mode & 0o7777) == (0, 0, 0o600)
    assert plain.mtime > 1_700_000_000, "it was written now"


def test_saving_what_is_there_already_writes_nothing(texts: Texts) -> None:
    for path in (b"/t/mixed", b"/t/dos"):
        found = texts.opened(path)
        status, answer = texts.saved(path, found["text"], read=found["read"])
        assert (status, answer["was_needed"]) == (200, False)
        assert texts.facts(path.decode()).mtime == 1_700_000_000
    assert texts.content("/t/mixed") == b"one\r\ntwo\nthree\n"


def test_a_file_that_changed_meanwhile_is_overwritten_only_when_that_is_asked_for(texts: Texts) -> None:
    found = texts.opened(b"/t/plain")
    put(texts.raw, texts.id, [(member("t/plain", uid=9, mode=0o600), b"somebody else's\n")])
    status, answer = texts.saved(b"/t/plain", "mine\n", read=found["read"])
    assert status == 409
    assert "changed meanwhile" in answer["title"]
    assert texts.content("/t/plain") == b"somebody else's\n"
    assert texts.saved(b"/t/plain", "mine\n")[0] == 409, "nobody said what was read"
    assert texts.saved(b"/t/plain", "mine\n", read=found["read"], overwrite="1")[0] == 200
    assert texts.content("/t/plain") == b"mine\n"
    now = texts.facts("/t/plain")
    assert (now.uid, now.mode & 0o7777) == (9, 0o600), "owner and mode are those of the file that is overwritten"

    assert texts.saved(b"/t/gone", "mine\n", read=found["read"])[0] == 409
    assert texts.saved(b"/t/gone", "mine\n", read=found["read"], overwrite="1")[0] == 200
    made = texts.facts("/t/gone")
    assert (made.uid, made.gid, made.mode & 0o7777) == (33, 34, 0o644), "it belongs to the folder's owner"
    assert texts.saved(b"/no/such/folder/x", "mine\n", overwrite="1")[0] == 404


def test_a_link_is_followed_and_what_it_leads_to_is_edited(texts: Texts) -> None:
    assert texts.opened(b"/t/link")["real_path"] == "/t/plain"
    assert texts.edited(b"/t/link", "one", "uno")[0] == 200
    assert texts.content("/t/plain") == b"uno\ntwo\n"
    assert texts.facts("/t/link").issym()
    assert texts.ask("GET", "edit/?path=/t/nowhere")[0] == 404


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/t/latin", 409, "UTF-8"),
        ("/t/binary", 409, "UTF-8"),
        ("/t/set-uid", 409, "set-uid"),
        ("/t/large", 413, "1048576"),
        ("/t", 400, "cannot be edited"),
        ("/t/gone", 404, "no such file"),
    ],
)
def test_what_cannot_be_edited_is_told_in_words(texts: Texts, path: str, status: int, words: str) -> None:
    found, _headers, body = texts.ask("GET", f"edit/?path={path}")
    assert found == status
    assert words in " ".join(str(part) for part in json.loads(body).values())
    page = texts.ask("GET", f"?path={path}", headers={"Accept": "text/html"})[2].decode()
    assert 'id="file-edit"' not in page
    assert ('id="file-not-editable"' in page) is (path in ("/t/latin", "/t/set-uid", "/t/large"))


def test_a_text_of_a_mebibyte_goes_through_and_a_larger_one_does_not(texts: Texts) -> None:
    full = "y\n" * (EDIT_BYTES // 2)
    assert texts.saved(b"/t/full", full, read=texts.opened(b"/t/full")["read"])[0] == 200
    assert texts.content("/t/full") == full.encode()
    status, answer = texts.saved(b"/t/full", full + "y", read=texts.opened(b"/t/full")["read"])
    assert (status, answer["title"]) == (413, "This is too large to be edited here.")
    assert texts.content("/t/full") == full.encode()
    body, kind = form_of({"text": "x" * (3 * EDIT_BYTES), "overwrite": "1"})
    assert texts.change("edit/?path=/t/full", body, kind=kind)[0] == 413
    assert texts.change("edit/?path=/t/full", b"read=x", kind="application/x-www-form-urlencoded")[0] == 400
    assert texts.content("/t/full") == full.encode(), "without a text nothing is emptied"


def test_without_scripts_a_refused_text_comes_back_in_the_page(
    live_server: Server, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(host_config={"ReadonlyRootfs": True, "Tmpfs": {"/memory": ""}})
    texts = Texts(live_server, raw, container_id)
    found = texts.opened(b"/etc/passwd")
    typed = "typed & <b>kept</b>\n\nto the end"
    for more, words in (({}, "changed meanwhile"), ({"read": found["read"]}, "marked read-only")):
        body, kind = form_of({"text": typed, **more})
        headers = {"X-CSRFToken": texts.token(), "Content-Type": kind, "Accept": "text/html"}
        status, _headers, page = texts.ask("POST", "edit/?path=/etc/passwd", body=body, headers=headers)
        assert status in ((400, 502) if more else (409,)), page  # newer engines call it the asker's fault
        assert words in page.decode()
        assert "typed &amp; &lt;b&gt;kept&lt;/b&gt;\n\nto the end</textarea>" in page.decode()
    assert "typed" not in content_of(raw, container_id, "/etc/passwd").decode()
    assert texts.saved(b"/memory/x", "lost", overwrite="1")[0] == 409
