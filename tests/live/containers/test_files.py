"""The files of a container through the program's own addresses, looked at from the engine's side."""

from __future__ import annotations

import http.client
import io
import json
import socket
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from apps.containers.services import file_listing
from apps.core import spool
from apps.engine.api.archive import archive_get
from apps.engine.call import Call
from apps.hosts import connections
from apps.hosts.models import Host
from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer
from tests.engines.scripted import Exchange, ScriptedEngine
from tests.engines.versions import spoken
from tests.live.containers.archives import content_of, engine_tar, member, members_of, put
from tests.live.server import Server

NAMES = [
    b"plain",
    b"-rf",
    b"--help",
    b"$(touch pwned)",
    b"`touch pwned`",
    b"; touch pwned",
    b"new\nline",
    b"quote'\"",
    b"a b",
    b"%41",
    b"?#&",
    b".hidden",
    b"...",
    b"bad\xff\xfebytes",
    b"\xe2\x80\xaegnp.exe",
    "größe".encode(),
]
TEXT_NAMES = [name for name in NAMES if b"\xff" not in name]


class Files:
    """A container's files: the addresses of the running server, and beside them the engine itself."""

    def __init__(self, server: Server, raw: RawEngine, container_id: str) -> None:
        self.server = server
        self.raw = raw
        self.id = container_id
        self.base = f"{server.prefix}/hosts/local/containers/{container_id}/files/"

    def ask(
        self,
        method: str,
        address: str,
        *,
        user: str | None = "ada",
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        sent = {"Accept": "application/json", "Origin": self.server.origin, **(headers or {})}
        if user:
            sent["Cookie"] = self.server.session_cookie(user)
        try:
            connection.request(method, self.base + address, body=body, headers=sent)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def listed(self, path: bytes) -> dict[str, Any]:
        status, _headers, body = self.ask("GET", f"?path={quote(path)}")
        assert status == 200, body
        found: dict[str, Any] = json.loads(body)
        return found

    def fetched(self, path: bytes, query: str = "") -> bytes:
        status, headers, body = self.ask("GET", f"archive/?path={quote(path)}{query}")
        assert status == 200, body
        assert headers["content-length"] == str(len(body))
        assert headers["content-disposition"].startswith("attachment")
        assert "sandbox" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        return body

    def token(self, user: str = "ada") -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        headers = {"Cookie": self.server.session_cookie(user), "Accept": "text/html"}
        try:
            connection.request("GET", f"{self.server.prefix}/hosts/local/containers/", headers=headers)
            page = connection.getresponse().read().decode()
        finally:
            connection.close()
        return page.split('data-csrf="', 1)[1].split('"', 1)[0]

    def change(self, address: str, body: bytes = b"", *, user: str = "ada", kind: str = "") -> tuple[int, bytes]:
        headers = {"X-CSRFToken": self.token(user), "Content-Type": kind or "application/octet-stream"}
        status, _headers, answer = self.ask("POST", address, user=user, body=body, headers=headers)
        return status, answer

    def submit(self, verb: str, **fields: str) -> tuple[int, bytes]:
        body = "&".join(f"{name}={quote(value)}" for name, value in fields.items()).encode()
        return self.change(f"{verb}/", body, kind="application/x-www-form-urlencoded")

    def inside(self, folder: str) -> dict[str, tarfile.TarInfo]:
        """What the engine itself says lies directly in a folder."""
        found = members_of(engine_tar(self.raw, self.id, f"{folder}/."))
        return {name.removeprefix("./"): one for name, one in found.items() if name.count("/") == 1}

    def content(self, path: str) -> bytes:
        return content_of(self.raw, self.id, path)


def corpus() -> list[tuple[tarfile.TarInfo, bytes]]:
    folders = [(member("t", tarfile.DIRTYPE, mode=0o755), b""), (member("t/sub", tarfile.DIRTYPE, mode=0o2755), b"")]
    files = [(member(b"t/" + name, uid=7, gid=8), b"content of " + name) for name in NAMES]
    link = (member("t/link", tarfile.SYMTYPE, linkname="sub"), b"")
    deep = (member("t/sub/deep"), b"x" * 70_000)
    return [*folders, *files, link, deep]


@pytest.fixture
def stopped(live_server: Server, raw: RawEngine, make_container: MakeContainer) -> Files:
    """A container that never ran, with odd names in /t."""
    container_id = make_container(start=False)
    put(raw, container_id, corpus())
    return Files(live_server, raw, container_id)


@pytest.fixture
def running(live_server: Server, raw: RawEngine, make_container: MakeContainer) -> Files:
    """The same, running."""
    container_id = make_container(host_config={"Tmpfs": {"/memory": ""}})
    put(raw, container_id, corpus())
    return Files(live_server, raw, container_id)


def test_a_stopped_container_s_folder_is_listed_with_exact_names_and_facts(stopped: Files) -> None:
    found = stopped.listed(b"/t")
    assert found["is_complete"] is True
    by_address = {entry["address"]: entry for entry in found["entries"]}
    assert set(by_address) == {f"/t/{quote(name)}" for name in [*NAMES, b"sub", b"link"]}
    plain = by_address["/t/plain"]
    assert (plain["size_bytes"], plain["octal"], plain["owner"]) == (len(b"content of plain"), "0640", "7:8")
    assert plain["modified"].startswith("2023-11-14T22:13:20")
    assert (by_address["/t/sub"]["kind"], by_address["/t/sub"]["octal"]) == ("folder", "2755")
    assert (by_address["/t/link"]["kind"], by_address["/t/link"]["link_target"]) == ("symlink", "sub")
    assert stopped.listed(b"/t/link")["entries"] == [
        {**stopped.listed(b"/t/sub")["entries"][0], "address": "/t/link/deep"}
    ]
    assert stopped.listed(b"/t/sub/../../t/./")["address"] == "/t"
    assert stopped.listed(b"/../..")["address"] == "/"


def test_every_file_comes_down_as_it_is_inside(stopped: Files) -> None:
    for name in NAMES:
        assert stopped.fetched(b"/t/" + name) == b"content of " + name
    assert stopped.fetched(b"/t/link/deep") == b"x" * 70_000


def test_a_folder_with_latin_1_and_line_breaks_in_its_name_is_walked_filled_and_fetched(stopped: Files) -> None:
    folder = b"t/sub/gr\xfc\xdfe\nzwei"
    names = [b"stra\xdfe.txt", b"a\nb\r\tc", b"\xff", b"\xc3\x28", b"x" * 255]
    head = (member(folder, tarfile.DIRTYPE, uid=5, gid=6, mode=0o755), b"")
    put(stopped.raw, stopped.id, [head, *[(member(folder + b"/" + name), b"in " + name) for name in names]])
    found = stopped.listed(b"/" + folder)
    assert {one["address"] for one in found["entries"]} == {f"/{quote(folder + b'/' + name)}" for name in names}
    assert all(one["name"].isprintable() for one in found["entries"])
    for name in names:
        assert stopped.fetched(b"/" + folder + b"/" + name) == b"in " + name
    packed = members_of(stopped.fetched(b"/" + folder))
    assert {name.rpartition("/")[2].encode("utf-8", "surrogateescape") for name in packed} >= set(names)
    assert stopped.change(f"upload/?path=/{quote(folder)}&name=up", b"up")[0] == 200
    assert stopped.fetched(b"/" + folder + b"/up") == b"up"


def test_a_folder_comes_down_as_tar(stopped: Files) -> None:
    members = members_of(stopped.fetched(b"/t"))
    assert {f"t/{name.decode('utf-8', 'surrogateescape')}" for name in NAMES} < set(members)
    assert members["t/sub/deep"].size == 70_000
    assert stopped.fetched(b"/t/link")[:512].startswith(b"link/")


def test_a_folder_comes_down_as_zip(stopped: Files) -> None:
    status, headers, body = stopped.ask("GET", "archive/?path=/t&format=zip")
    assert (status, headers["content-type"]) == (200, "application/zip")
    assert headers["content-disposition"] == 'attachment; filename="t.zip"'
    with zipfile.ZipFile(io.BytesIO(body)) as found:
        assert found.testzip() is None
        assert found.read("t/sub/deep") == b"x" * 70_000
        assert found.read("t/größe") == "content of größe".encode()
        assert found.read("t/link") == b"sub"
        assert len(found.namelist()) == len(NAMES) + 4
    assert stopped.fetched(b"/t/plain", "&format=zip") == b"content of plain", "a file stays what it is"


def test_what_is_not_there_is_told_in_words(stopped: Files) -> None:
    for address in ("?path=/nowhere", "archive/?path=/nowhere", "?path=/t/plain/below"):
        status, _headers, body = stopped.ask("GET", address)
        assert status == 404
        assert "/var/lib" not in body.decode() and "overlay2" not in body.decode()
    assert stopped.ask("GET", "?path=%00")[0] == 400
    assert stopped.ask("GET", f"?path=/{'x' * 5000}")[0] == 400


@pytest.mark.parametrize("path", [b"/t", b"/bin", b"/", b"/caf\xe9"])
def test_the_container_lists_a_folder_as_the_archive_does(
    path: bytes, running: Files, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = [(member(b"caf\xe9", tarfile.DIRTYPE, mode=0o755), b""), (member(b"caf\xe9/\xe9t\xe9"), b"x")]
    put(running.raw, running.id, odd)
    address = f"/hosts/local/containers/{running.id}/files/?path={quote(path)}"
    by_archive = ada.get(address).json()
    monkeypatch.setattr(file_listing, "QUICK_BYTES", 0)
    by_container = ada.get(address).json()
    assert by_container["is_complete"] is True
    facts = ("address", "kind", "octal", "owner", "link_target", "size_bytes")
    unseen = {"/proc", "/sys", "/dev"}

    def told(answer: dict[str, Any]) -> dict[str, Any]:
        return {
            one["address"]: [one[fact] for fact in facts] for one in answer["entries"] if one["address"] not in unseen
        }

    first, second = told(by_archive), told(by_container)
    first.pop("/memory", None), second.pop("/memory", None)
    assert first == second


LONG = 2_500


@pytest.fixture
def archives_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths whose archives were asked for to list them."""
    paths: list[str] = []

    def counted(container_id: str, *, path: str) -> Call[bytes]:
        paths.append(path)
        return archive_get(container_id, path=path)

    monkeypatch.setattr(file_listing, "archive_get", counted)
    return paths


def test_a_long_folder_is_read_once_and_paged_until_something_comes_into_it(
    raw: RawEngine,
    make_container: MakeContainer,
    ada: Client,
    archives_read: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_listing, "QUICK_BYTES", 0)  # nobody can be asked: it is read to its end all the same
    container_id = make_container(["sh", "-c", f"mkdir /many; cd /many; seq {LONG} | xargs touch; mkdir z"])
    assert raw.post(f"/containers/{container_id}/wait")[1]["StatusCode"] == 0
    address = f"/hosts/local/containers/{container_id}/files/?path=/many"

    def page(query: str) -> str:
        answer = ada.get(address + query, headers={"Accept": "text/html"})
        assert answer.status_code == 200
        return answer.content.decode()

    first = page("")
    assert f"1–200 of {LONG + 1}" in first and 'data-name="z"' in first
    assert "?path=/many&amp;page=2&amp;kept=1" in first and 'id="folder-anew"' in first
    assert archives_read == ["/many/."]
    assert f"2401–{LONG + 1} of {LONG + 1}" in page("&page=13&kept=1")
    assert "1–1 of 1" in page("&q=2499&kept=1")
    assert 'data-name="999"' in page("&sort=-name&kept=1")
    assert archives_read == ["/many/."], "the list that was read is turned over"
    put(raw, container_id, [(member("many/fresh one"), b"x")])
    assert 'data-name="fresh one"' in page("&q=fresh&kept=1")
    assert len(archives_read) == 2
    page("")
    assert len(archives_read) == 3, "who does not ask for what is kept reads anew"


def test_a_long_folder_of_a_running_container_is_read_from_its_archive_to_the_end(
    raw: RawEngine,
    make_container: MakeContainer,
    ada: Client,
    archives_read: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_listing, "QUICK_BYTES", 256 * 1024)  # headers alone are some five times as much
    monkeypatch.setattr(file_listing, "by_asking", None)
    command = ["sh", "-c", f"mkdir /many; cd /many; seq {LONG} | xargs touch; touch /done; sleep 600"]
    container_id = make_container(command)
    deadline = time.monotonic() + 60
    while raw.request("HEAD", f"/containers/{container_id}/archive?path=/done")[0] != 200:
        assert time.monotonic() < deadline
    address = f"/hosts/local/containers/{container_id}/files/?path=/many"
    page = ada.get(address, headers={"Accept": "text/html"}).content.decode()
    assert f"1–200 of {LONG}" in page and "not complete" not in page
    assert archives_read == ["/many/."]


def test_a_long_list_comes_to_a_script_whole(
    live_server: Server, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sh", "-c", f"mkdir /many; cd /many; seq {LONG} | xargs touch"])
    assert raw.post(f"/containers/{container_id}/wait")[1]["StatusCode"] == 0
    found = Files(live_server, raw, container_id).listed(b"/many")
    assert {one["name"] for one in found["entries"]} == {str(number) for number in range(1, LONG + 1)}
    assert (len(found["entries"]), found["is_complete"], found["address"]) == (LONG, True, "/many")


@pytest.mark.parametrize("version", spoken("1.20", "1.25", "1.33"))
def test_older_api_versions_list_and_change_as_well(version: str, running: Files, ada: Client) -> None:
    Host.objects.filter(slug="local").update(api_version=version)
    connections.forget()
    base = f"/hosts/local/containers/{running.id}/files/"
    assert len(ada.get(f"{base}?path=/t").json()["entries"]) == len(NAMES) + 2
    assert ada.post(f"{base}folder/", {"path": "/t", "name": "made"}).status_code == 200
    assert ada.post(f"{base}rename/", {"path": "/t/made", "name": "other"}).status_code == 200
    sent = ada.post(f"{base}upload/?path=/t/other&name=f", b"content", content_type="application/octet-stream")
    assert sent.status_code == 200, sent.content
    assert running.content("/t/other/f") == b"content"
    assert ada.post(f"{base}remove/", {"path": "/t/other"}).status_code == 200
    assert "other" not in running.inside("/t")


def test_a_file_of_some_megabytes_goes_up_whole_and_belongs_to_the_folder_s_owner(stopped: Files) -> None:
    put(stopped.raw, stopped.id, [(member("own", tarfile.DIRTYPE, uid=33, gid=34, mode=0o755), b"")])
    content = bytes(range(256)) * 12_345
    status, body = stopped.change("upload/?path=/own&name=" + quote("grüße $(x).bin"), content)
    assert status == 200, body
    assert stopped.content("/own/grüße $(x).bin") == content
    made = stopped.inside("/own")["grüße $(x).bin"]
    assert (made.uid, made.gid, made.mode & 0o7777) == (33, 34, 0o644)
    assert stopped.change("upload/?path=/own&name=empty")[0] == 200
    assert stopped.content("/own/empty") == b""


def test_a_folder_whose_name_is_no_utf8_is_filled_and_cleared_like_any_other(running: Files) -> None:
    put(running.raw, running.id, [(member(b"caf\xe9", tarfile.DIRTYPE, uid=33, gid=34, mode=0o755), b"")])
    base, folder = "/caf%E9", "/caf\udce9"
    assert running.submit("folder", address=base, name="menü")[0] == 200
    assert running.submit("folder", address=base, name="menü")[0] == 409, "what is there is not made again"
    for path in (base, f"{base}/men%C3%BC"):
        status, body = running.change(f"upload/?path={path}&name=gr%C3%BC%C3%9Fe", b"content of " + path.encode())
        assert status == 200, body
    made = running.inside(folder)
    assert set(made) == {"menü", "grüße"}
    assert [(one.uid, one.gid) for one in made.values()] == [(33, 34)] * 2, "they belong to the folder's owner"
    assert running.content(f"{folder}/grüße") == b"content of /caf%E9"
    assert running.content(f"{folder}/menü/grüße") == b"content of /caf%E9/men%C3%BC"
    assert running.change(f"upload/?path={base}&name=gr%C3%BC%C3%9Fe", b"new")[0] == 412
    assert running.change(f"upload/?path={base}&name=gr%C3%BC%C3%9Fe&replace=1", b"new")[0] == 200
    assert running.content(f"{folder}/grüße") == b"new"
    assert set(running.inside("/")) & {"caf\ufffd", "café", "caf"} == set(), "nothing was put beside it"
    assert running.change(f"upload/?path={base}/nowhere&name=x", b"x")[0] == 404
    status, _headers, body = running.ask("GET", f"?address={quote(base)}")  # quoted once more, as the filter sends it
    assert (status, json.loads(body)["address"], len(json.loads(body)["entries"])) == (200, base, 2)
    assert running.submit("remove", address=f"{base}/men%C3%BC")[0] == 200
    assert set(running.inside(folder)) == {"grüße"}


def test_a_file_that_is_there_is_replaced_only_when_that_is_asked_for(stopped: Files) -> None:
    put(stopped.raw, stopped.id, [(member("t/old", uid=3, gid=4, mode=0o4750), b"old")])
    assert stopped.change("upload/?path=/t&name=old", b"new")[0] == 412
    assert stopped.content("/t/old") == b"old"
    assert stopped.change("upload/?path=/t&name=old&replace=1", b"newer")[0] == 200
    assert stopped.content("/t/old") == b"newer"
    now = stopped.inside("/t")["old"]
    assert (now.uid, now.gid, now.mode & 0o7777) == (3, 4, 0o750), "owner and mode stay, set-uid does not"
    assert stopped.change("upload/?path=/t&name=sub&replace=1", b"x")[0] == 409
    for name in ("", ".", "..", "a/b", "x" * 256):
        assert stopped.change(f"upload/?path=/t&name={quote(name, safe='')}", b"x")[0] == 400
    assert stopped.change("upload/?path=/t/plain&name=x", b"x")[0] == 404


def test_an_upload_that_breaks_off_leaves_the_container_untouched(stopped: Files) -> None:
    before = set(stopped.inside("/t"))
    head = (
        f"POST {stopped.base}upload/?path=/t&name=half HTTP/1.1\r\nHost: 127.0.0.1:{stopped.server.port}\r\n"
        f"Cookie: {stopped.server.session_cookie('ada')}\r\nX-CSRFToken: {stopped.token()}\r\n"
        f"Origin: {stopped.server.origin}\r\nContent-Type: application/octet-stream\r\nContent-Length: 4000000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", stopped.server.port), timeout=60) as sock:
        sock.sendall(head.encode() + b"x" * 2_000_000)
    assert stopped.change("upload/?path=/t&name=whole", b"whole")[0] == 200
    assert set(stopped.inside("/t")) == before | {"whole"}


def test_only_who_may_upload_gets_more_than_the_usual_size_through_the_gate(stopped: Files) -> None:
    before = set(stopped.inside("/t"))
    announced = {"Content-Length": str(50 * 2**20), "Content-Type": "application/octet-stream"}
    for user in ("joan", None):
        assert stopped.ask("POST", "upload/?path=/t&name=x", user=user, headers=announced)[0] == 413
    assert stopped.change("upload/?path=/t&name=x", b"x", user="joan")[0] == 403
    for address in ("?path=/t", "archive/?path=/t/plain"):
        assert stopped.ask("GET", address, user="joan")[0] == 403
    assert set(stopped.inside("/t")) == before


def test_renaming_and_deleting_take_names_as_they_are(running: Files) -> None:
    for name in TEXT_NAMES:
        text = name.decode()
        status, body = running.submit("rename", path=f"/t/{text}", name=f"{text}2")
        assert status == 200, body
        assert running.content(f"/t/{text}2") == b"content of " + name
        status, body = running.submit("remove", path=f"/t/{text}2")
        assert status == 200, body
    assert set(running.inside("/t")) == {"bad\udcff\udcfebytes", "sub", "link"}
    status, body = running.submit("rename", address="/t/bad%FF%FEbytes", name="good")
    assert status == 200, body
    assert running.content("/t/good") == b"content of bad\xff\xfebytes"
    put(running.raw, running.id, [(member(b"t/'; touch pwned; \xff\n"), b"")])
    status, body = running.submit("remove", address="/t/%27%3B%20touch%20pwned%3B%20%FF%0A")
    assert status == 200, body
    assert set(running.inside("/t")) == {"good", "sub", "link"}
    assert running.submit("rename", path="/t/link", name="sub")[0] == 412
    assert running.submit("remove", path="/t/link")[0] == 200
    assert "deep" in running.inside("/t/sub"), "what the link leads to stays"
    assert running.submit("remove", path="/")[0] == 400
    assert "pwned" not in running.inside("/")


def test_a_stopped_container_takes_folders_and_says_that_it_cannot_rename(stopped: Files) -> None:
    assert stopped.submit("folder", path="/t", name="made $(x)")[0] == 200
    assert stopped.inside("/t")["made $(x)"].isdir()
    assert stopped.submit("folder", path="/t", name="plain")[0] == 412
    assert stopped.submit("rename", path="/t/plain", name="other")[0] == 409
    assert "plain" in stopped.inside("/t")


def test_a_container_without_programs_is_browsed_and_filled_and_says_why_it_cannot_rename(
    live_server: Server, raw: RawEngine, make_container: MakeContainer
) -> None:
    files = Files(live_server, raw, make_container(["sh", "-c", "rm /bin/mv /bin/find /bin/rm; exec sleep 600"]))
    deadline = time.monotonic() + 30
    while "rm" in {entry["name"] for entry in files.listed(b"/bin")["entries"]}:
        assert time.monotonic() < deadline
    assert files.change("upload/?path=/etc&name=put", b"put")[0] == 200
    assert files.submit("folder", path="/etc", name="made")[0] == 200
    assert {"put", "made", "passwd"} <= {entry["name"] for entry in files.listed(b"/etc")["entries"]}
    for verb, name in (("rename", "mv"), ("remove", "rm")):
        status, body = files.submit(verb, path="/etc/put", name="other")
        assert status == 409
        assert f"“{name}” cannot be run in it" in json.loads(body)["detail"]
    assert files.fetched(b"/etc/put") == b"put"


def test_a_folder_in_memory_is_listed_by_the_container_and_takes_no_uploads(
    live_server: Server, raw: RawEngine, make_container: MakeContainer
) -> None:
    command = ["sh", "-c", "mkdir /memory/sub; ln -s /memory/sub /way; echo x > /memory/sub/seen; sleep 600"]
    container_id = make_container(command, host_config={"Tmpfs": {"/memory": ""}})
    files = Files(live_server, raw, container_id)
    deadline = time.monotonic() + 30
    while files.ask("GET", "?path=/way")[0] != 200 or not files.listed(b"/way")["entries"]:
        assert time.monotonic() < deadline
    for path in (b"/memory/sub", b"/way"):
        found = files.listed(path)
        assert (found["is_in_memory"], [entry["name"] for entry in found["entries"]]) == (True, ["seen"])
    assert {"status", "cmdline"} <= {entry["name"] for entry in files.listed(b"/proc/1")["entries"]}
    for folder in ("/memory", "/memory/sub", "/way", "/proc"):
        status, body = files.change(f"upload/?path={folder}&name=lost", b"x")
        assert status == 409, body
    for unseen in ("/proc/1/status", "/memory", "/way/seen"):
        assert files.ask("GET", f"archive/?path={unseen}")[0] == 404
    assert files.submit("rename", path="/memory/sub/seen", name="other")[0] == 200
    assert files.submit("rename", path="/memory/sub", name="sub")[0] == 409
    assert files.submit("rename", path="/way", name="memory")[0] == 412
    assert [entry["name"] for entry in files.listed(b"/way")["entries"]] == ["other"]


@pytest.fixture
def scripted(as_actor: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedEngine]:
    """An engine whose archives are what a test wants, as the host `local`."""
    with ScriptedEngine() as engine:
        monkeypatch.setenv("DOCKER_HOST", engine.url)
        connections.forget()
        engine.on("GET", "/containers/{id}/json", {"Id": "c" * 64, "Name": "/liar", "State": {"Status": "exited"}})
        yield engine


FOLDER_STAT = {"X-Docker-Container-Path-Stat": "eyJuYW1lIjoidCIsInNpemUiOjQwOTYsIm1vZGUiOjIxNDc0ODQxNDF9"}
FILE_STAT = {"X-Docker-Container-Path-Stat": "eyJuYW1lIjoidCIsInNpemUiOjEsIm1vZGUiOjQyMH0="}


def endless(*first: bytes) -> Callable[[Exchange], None]:
    """An archive that begins like this and never ends."""

    def script(exchange: Exchange) -> None:
        exchange.begin()
        for piece in first:
            exchange.chunk(piece)
        while not exchange.engine.is_closed:
            exchange.chunk(bytes(256 * 1024))

    return script


def test_why_an_engine_cannot_open_a_container_s_files_is_said_in_its_words(
    scripted: ScriptedEngine, ada: Client
) -> None:
    scripted.on("HEAD", "/containers/{id}/archive", lambda x: x.answer(500, b""))
    scripted.on(
        "GET", "/containers/{id}/archive", lambda x: x.answer(500, b'{"message":"mount /a: no space left on device"}')
    )
    answer = ada.get("/hosts/local/containers/liar/files/?path=/", headers={"Accept": "application/json"})
    assert (answer.status_code, "no space left on device" in answer.json()["detail"]) == (502, True)


@pytest.mark.parametrize("stat", [FOLDER_STAT, FILE_STAT])
def test_an_archive_without_end_is_cut_at_the_limit(
    stat: dict[str, str], scripted: ScriptedEngine, ada: Client, settings: Any
) -> None:
    settings.SPOOL_MAX_BYTES = 8 * 2**20
    sparse = member("t")
    sparse.size = 8**11 - 1
    scripted.on("HEAD", "/containers/{id}/archive", lambda x: x.answer(200, b"", headers=stat))
    scripted.on("GET", "/containers/{id}/archive", endless(sparse.tobuf()))
    answer = ada.get("/hosts/local/containers/liar/files/archive/?path=/t")
    assert answer.status_code == 413, answer.content
    assert spool.held_bytes() == 0


def test_a_list_that_an_archive_hides_behind_endless_content_is_said_to_be_incomplete(
    scripted: ScriptedEngine, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_listing, "MOST_BYTES", 4 * 2**20)
    monkeypatch.setattr(file_listing, "QUICK_BYTES", 2**20)
    sparse = member("./bomb")
    sparse.size = 8**11 - 1
    heads = [member(".", tarfile.DIRTYPE).tobuf(), member("./first").tobuf(), sparse.tobuf()]
    scripted.on("HEAD", "/containers/{id}/archive", lambda x: x.answer(200, b"", headers=FOLDER_STAT))
    scripted.on("GET", "/containers/{id}/archive", endless(*heads))
    found = ada.get("/hosts/local/containers/liar/files/?path=/t").json()
    assert found["is_complete"] is False
    assert [entry["name"] for entry in found["entries"]] == ["first", "bomb"]


def test_an_extended_header_of_gigabytes_is_not_read(scripted: ScriptedEngine, ada: Client) -> None:
    bomb = member("x", b"x")
    bomb.size = 2**31
    scripted.on("HEAD", "/containers/{id}/archive", lambda x: x.answer(200, b"", headers=FILE_STAT))
    scripted.on("GET", "/containers/{id}/archive", endless(bomb.tobuf()))
    answer = ada.get("/hosts/local/containers/liar/files/archive/?path=/t")
    assert answer.status_code == 502
    assert spool.held_bytes() == 0
