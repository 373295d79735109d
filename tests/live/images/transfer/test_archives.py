"""Images saved, loaded and imported: the engine has afterwards what was in the archive."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import lzma
import tarfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from apps.core.errors import InvalidInput, NotFoundHere
from apps.engine.errors import EngineGone
from apps.images.services.importing import import_file, import_url
from apps.images.services.loading import load
from apps.images.services.saving import images_save
from apps.images.services.transfer import TransferFailed
from scripts.private_engine import PrivateEngine, RawEngine
from tests.engines.registry_fakes import listener_in
from tests.engines.scripted import Exchange, ScriptedEngine
from tests.engines.versions import PINNED
from tests.live.images.transfer.conftest import ADMIN, HeardRun

OnEngine = Callable[..., None]


async def saved(*refs: str) -> tuple[str, bytes]:
    found = await sync_to_async(images_save)(ADMIN, "local", refs)
    return found.name, b"".join([piece async for piece in found.pieces])


def named(raw: RawEngine, gone: list[str], repository: str, tag: str) -> str:
    status, answer = raw.post(f"/images/dockerweb/base:1/tag?repo={repository}&tag={tag}")
    assert status == 201, answer
    gone.append(f"{repository}:{tag}")
    return gone[-1]


def file_of(folder: Path, content: bytes) -> Path:
    path = folder / "archive.tar"
    path.write_bytes(content)
    return path


def rootfs(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


@pytest.mark.parametrize("version", PINNED)
async def test_what_is_saved_is_loaded_with_its_names(
    on_engine: OnEngine, raw: RawEngine, gone: list[str], tmp_path: Path, version: str
) -> None:
    await sync_to_async(on_engine)(version)
    names = [named(raw, gone, f"archives/v{version.replace('.', '-')}", tag) for tag in ("1", "2")]
    image_id = raw.get(f"/images/{names[0]}/json")[1]["Id"]
    name, one = await saved(names[0])
    assert name == names[0].replace("/", "-").replace(":", "-")
    assert manifest(one) == [[names[0]]]
    name, both = await saved(*names)
    assert name == "images-2"
    assert manifest(both) == [names]
    for each in names:
        raw.delete(f"/images/{each}")
    compress = {"1.25": partial(gzip.compress, compresslevel=1), "1.33": partial(lzma.compress, preset=0)}.get(version)
    packed = compress(both) if compress else both
    run = HeardRun({}, files=[file_of(tmp_path, packed)])
    result: Any = await load(run)  # type: ignore[arg-type]
    assert sorted(result["images"]) == names
    assert {raw.get(f"/images/{each}/json")[1]["Id"] for each in names} == {image_id}
    sent = [message for message in run.told if message["type"] == "progress"]
    assert sent[-1]["current"] == sent[-1]["total"] == len(packed)


def manifest(archive: bytes) -> list[list[str]]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return [image["RepoTags"] for image in json.load(tar.extractfile("manifest.json"))]  # type: ignore[arg-type]


async def test_by_its_id_an_image_is_saved_with_the_names_it_has(
    on_engine: OnEngine, raw: RawEngine, gone: list[str]
) -> None:
    """The engine itself would leave them out, and load it without a name."""
    container = raw.container(cmd=["true"], start=False)
    image_id = raw.post(f"/commit?container={container}")[1]["Id"]
    gone.append(image_id)
    raw.remove(container)
    name, archive = await saved(image_id)
    assert name == image_id.removeprefix("sha256:")[:12]
    assert manifest(archive) == [None]
    for tag in ("1", "2"):
        raw.post(f"/images/{image_id}/tag?repo=archives/named&tag={tag}")
    name, archive = await saved(image_id)
    assert name == "archives-named-1"
    assert [sorted(names) for names in manifest(archive)] == [["archives/named:1", "archives/named:2"]]


async def test_pitfall_13_12_nothing_is_saved_without_a_name_or_under_an_unknown_one(on_engine: OnEngine) -> None:
    with pytest.raises(InvalidInput):
        await saved()
    with pytest.raises(NotFoundHere):
        await saved("dockerweb/base:1", "no/such:1")


async def test_a_tar_that_the_engine_ends_with_a_failure_is_cut(on_engine: OnEngine) -> None:
    """What goes wrong after the first byte stands behind the tar as JSON, and the answer ends as if all were well."""

    def broken(exchange: Exchange) -> None:
        exchange.begin(200, {"Content-Type": "application/x-tar"})
        exchange.chunk(bytes(2048))
        exchange.chunk(b'{"message":"the disk broke"}\n')
        exchange.end()

    with ScriptedEngine() as scripted:
        scripted.on("GET", "/images/app:1/json", {"Id": f"sha256:{'a' * 64}", "RepoTags": ["app:1"]})
        scripted.on("GET", "/images/app:1/get", broken)
        await sync_to_async(on_engine)(url=scripted.url)
        with pytest.raises(EngineGone):
            await saved("app:1")


async def test_an_archive_without_an_image_is_told_so(on_engine: OnEngine, tmp_path: Path) -> None:
    """Pitfall 13.5: to the engine that is 200."""
    with pytest.raises(TransferFailed) as caught:
        await load(HeardRun({}, files=[file_of(tmp_path, rootfs(etc=b"x"))]))  # type: ignore[arg-type]
    assert "No image is in this archive" in caught.value.hint


async def test_a_load_that_is_cancelled_closes_its_connection_while_the_engine_works(
    on_engine: OnEngine, tmp_path: Path
) -> None:
    def busy(exchange: Exchange) -> None:
        exchange.begin(200, {"Content-Type": "application/json"})
        exchange.chunk(b'{"status":"Loading layer","progressDetail":{"current":1,"total":9},"id":"aaa"}\r\n')
        exchange.hang()

    with ScriptedEngine() as scripted:
        scripted.on("POST", "/images/load", busy)
        await sync_to_async(on_engine)(url=scripted.url)
        run = HeardRun({}, files=[file_of(tmp_path, rootfs(layer=b"x" * 300_000))])
        task = asyncio.create_task(load(run))  # type: ignore[arg-type]
        await asyncio.to_thread(scripted.wait_for, lambda: "Loading layer" in run.statuses())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(scripted.wait_closed)


async def test_a_load_that_is_cancelled_while_its_archive_is_sent_loads_nothing(
    on_engine: OnEngine, raw: RawEngine, gone: list[str], tmp_path: Path
) -> None:
    name = named(raw, gone, "archives/cancelled", "1")
    _, archive = await saved(name)
    raw.delete(f"/images/{name}")
    run = HeardRun({}, files=[file_of(tmp_path, archive)])
    loading = asyncio.create_task(load(run))  # type: ignore[arg-type]
    async with asyncio.timeout(60):
        await run.heard.wait()
    assert run.told[0]["type"] == "progress"
    loading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loading
    assert raw.get(f"/images/{name}/json")[0] == 404


async def test_an_archive_that_breaks_off_on_its_way_loads_nothing(
    on_engine: OnEngine, raw: RawEngine, gone: list[str], tmp_path: Path
) -> None:
    name = named(raw, gone, "archives/cut", "1")
    _, archive = await saved(name)
    raw.delete(f"/images/{name}")
    packed = gzip.compress(archive, 1)
    with pytest.raises(InvalidInput, match="no tar archive"):
        await load(HeardRun({}, files=[file_of(tmp_path, packed[:-200_000])]))  # type: ignore[arg-type]
    assert raw.get(f"/images/{name}/json")[0] == 404


@pytest.mark.parametrize("version", PINNED)
async def test_an_import_is_named_and_changed_as_asked(
    on_engine: OnEngine, raw: RawEngine, gone: list[str], tmp_path: Path, version: str
) -> None:
    await sync_to_async(on_engine)(version)
    reference = f"archives/imported:v{version}"
    gone.append(reference)
    params: dict[str, Any] = {"reference": reference, "changes": ['CMD ["/hello", "there"]', "ENV A=1 B=two"]}
    if version != "1.20":
        params["message"] = "made by hand; ü"
    archive = gzip.compress(rootfs(hello=b"hi", **{f"v{version}": b""}))
    run = HeardRun(params, files=[file_of(tmp_path, archive)])
    result: Any = await import_file(run)  # type: ignore[arg-type]
    made = raw.get(f"/images/{reference}/json")[1]
    assert made["Id"] == result["image"]
    assert made["Config"]["Cmd"] == ["/hello", "there"]
    assert made["Config"]["Env"] == ["A=1", "B=two"]
    if version != "1.20":
        assert made["Comment"] == "made by hand; ü"


async def test_pitfall_13_6_an_instruction_that_is_none_is_refused_in_the_engines_words(
    on_engine: OnEngine, raw: RawEngine, tmp_path: Path
) -> None:
    run = HeardRun({"changes": ["RUN true"]}, files=[file_of(tmp_path, rootfs(a=b"1"))])
    with pytest.raises(TransferFailed) as caught:
        await import_file(run)  # type: ignore[arg-type]
    assert "run" in caught.value.detail.lower()


@pytest.fixture
def shelf(engine_process: PrivateEngine) -> Iterator[str]:
    """The address of a tar on a web server that the engine reaches."""

    class Shelf(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = rootfs(fetched=b"yes")
            self.send_response(200 if self.path == "/root.tar" else 404)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    listener = listener_in(engine_process)
    server = ThreadingHTTPServer(listener.getsockname(), Shelf, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/root.tar"
    server.shutdown()
    server.server_close()


async def test_the_engine_fetches_what_is_imported_by_its_address(
    on_engine: OnEngine, raw: RawEngine, gone: list[str], shelf: str
) -> None:
    run = HeardRun({"url": shelf, "reference": "archives/fetched:1"})
    gone.append("archives/fetched:1")
    result: Any = await import_url(run)  # type: ignore[arg-type]
    assert raw.get("/images/archives/fetched:1/json")[1]["Id"] == result["image"]
    with pytest.raises(TransferFailed) as caught:
        await import_url(HeardRun({"url": "http://127.0.0.1:1/root.tar"}))  # type: ignore[arg-type]
    assert "does not reach it" in caught.value.hint
