"""Images saved on the server: an archive that is whole or not there, offered to whom it belongs."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from asgiref.sync import sync_to_async

from apps.activities.kept_file import kept_bytes, kept_path
from apps.activities.output import folder_of
from apps.core.errors import TooLarge
from apps.images.services.saving_to_disk import save, save_plan
from apps.images.services.transfer import TransferFailed
from scripts.private_engine import PrivateEngine, RawEngine
from tests.engines.images import MakeImage
from tests.engines.scripted import Exchange, ScriptedEngine
from tests.engines.versions import PINNED
from tests.live.images.transfer.conftest import ADMIN, HeardRun
from tests.live.images.transfer.wire import IMAGES, Wire
from tests.live.server import Server

OnEngine = Callable[..., None]
SAVE = f"{IMAGES}save-to-disk/"
LAYER = "RUN head -c 3000000 /dev/urandom > /x"


def manifest(archive: bytes) -> list[list[str]]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return [sorted(image["RepoTags"]) for image in json.load(tar.extractfile("manifest.json"))]  # type: ignore[arg-type]


def params(*names: str, is_packed: bool = False, total: int = 0) -> dict[str, Any]:
    return {"names": list(names), "count": len(names), "file": "x.tar", "total_bytes": total, "is_packed": is_packed}


@pytest.fixture
def data(settings: Any, tmp_path: Path) -> Path:
    """A data folder of this test's own."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.mark.parametrize("version", PINNED)
async def test_the_archive_is_that_of_the_engine_and_layers_count_once(
    on_engine: OnEngine, make_image: MakeImage, data: Path, version: str
) -> None:
    await sync_to_async(on_engine)(version)
    names = [f"to-disk/{part}:{version}" for part in ("one", "two")]
    make_image(names[0], lines=[LAYER])
    make_image(names[1], base=names[0], lines=["RUN head -c 50000 /dev/urandom > /y"])
    plan = await sync_to_async(save_plan)(ADMIN, "local", names)
    run = HeardRun(params(*names, is_packed=version == "1.25", total=plan.total_bytes))
    result: Any = await save(run)  # type: ignore[arg-type]
    content = kept_path(run.activity_id).read_bytes()
    assert result == {"file_name": "x.tar", "size_bytes": len(content), "images": names}
    archive = gzip.decompress(content) if version == "1.25" else content
    assert sorted(manifest(archive)) == [[name] for name in names]
    assert 3_050_000 < plan.total_bytes < len(archive) < plan.total_bytes + 200_000
    bars = [message for message in run.told if message["type"] == "progress"]
    assert len(bars) > 2 and bars[-1]["current"] == bars[-1]["total"] == len(archive)
    assert [path.name for path in folder_of(run.activity_id).iterdir()] == ["file"]


async def test_whatever_ends_it_early_leaves_no_half_file(on_engine: OnEngine, settings: Any, data: Path) -> None:
    def half(exchange: Exchange) -> None:
        exchange.begin(200, {"Content-Type": "application/x-tar"})
        exchange.chunk(bytes(3_000_000))

    def stalls(exchange: Exchange) -> None:
        half(exchange)
        exchange.hang()

    def ends(exchange: Exchange) -> None:
        """As engines do when they fail after the first byte: what went wrong stands behind the tar."""
        half(exchange)
        exchange.chunk(b'{"message":"the disk is on fire"}')
        exchange.end()

    def dies(exchange: Exchange) -> None:
        half(exchange)
        exchange.die()

    with ScriptedEngine() as scripted:
        await sync_to_async(on_engine)(url=scripted.url)
        scripted.on("GET", "/images/web:1/get", stalls)
        run = HeardRun(params("web:1"))
        task = asyncio.create_task(save(run))  # type: ignore[arg-type]
        await asyncio.to_thread(scripted.wait_for, lambda: any(message["current"] for message in run.told))
        assert kept_bytes() >= 1_000_000
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert list(folder_of(run.activity_id).iterdir()) == []
        for script in (ends, dies):
            scripted.on("GET", "/images/web:1/get", script)
            with pytest.raises(TransferFailed, match="broke off"):
                await save(run)  # type: ignore[arg-type]
            assert list(folder_of(run.activity_id).iterdir()) == []
        settings.SAVED_MAX_BYTES = 2_000_000
        with pytest.raises(TooLarge, match="2 MB on the server together"):
            await save(run)  # type: ignore[arg-type]
        assert list(folder_of(run.activity_id).iterdir()) == []
        scripted.on("GET", "/images/web:1/get", (404, {"message": "No such image: web:1"}))
        with pytest.raises(TransferFailed, match="No such image: web:1"):
            await save(run)  # type: ignore[arg-type]
        await asyncio.to_thread(scripted.wait_closed)
    assert kept_bytes() == 0


def test_saved_on_the_server_then_downloaded_by_whom_it_belongs_to_and_deleted(
    live_server: Server, make_image: MakeImage
) -> None:
    wire = Wire(live_server)
    image = make_image("to-disk/wire:1", "to-disk/wire:2", lines=[LAYER])
    plan = json.loads(wire.ask("GET", f"{SAVE}?{urlencode({'names': image})}")[2])
    assert [sorted(one["names"]) for one in plan["images"]] == [["to-disk/wire:1", "to-disk/wire:2"]]
    assert 3_000_000 < plan["total_bytes"] < plan["room_bytes"]
    told = wire.done(wire.post(f"{IMAGES}{image}/save-to-disk/"))
    assert (told["kind"], told["title"]) == ("image.save", "Save to-disk/wire:1 on the server")
    assert told["file"] == {"name": "to-disk-wire-1.tar", "size_bytes": told["result"]["size_bytes"]}

    path = f"/activities/{told['id']}/file/"
    status, headers, archive = wire.ask("GET", path)
    assert (status, headers["content-length"]) == (200, str(len(archive)))
    assert headers["content-disposition"] == 'attachment; filename="to-disk-wire-1.tar"'
    assert manifest(archive) == [["to-disk/wire:1", "to-disk/wire:2"]]
    # A download that broke off goes on, unless the file is another one by now.
    ranged = {"Range": f"bytes={len(archive) - 1000}-", "If-Range": headers["etag"]}
    status, part, rest = wire.ask("GET", path, headers=ranged)
    assert (status, rest, part["content-length"]) == (206, archive[-1000:], "1000")
    assert part["content-range"] == f"bytes {len(archive) - 1000}-{len(archive) - 1}/{len(archive)}"
    assert wire.ask("GET", path, headers={"Range": "bytes=5-6"})[2] == archive[5:7]
    assert wire.ask("GET", path, headers=ranged | {"If-Range": '"other"'})[0] == 200
    assert wire.ask("GET", path, headers={"Range": f"bytes={len(archive)}-"})[0] == 416

    # Not joan's; another admin may.
    joan = Wire(live_server, "joan")
    assert joan.ask("GET", path)[0] == 404
    assert joan.post(f"{path}remove/")[0] == 404
    assert Wire(live_server, "ada").ask("GET", path)[2] == archive

    assert wire.post(f"{path}remove/")[0] == 200
    assert wire.ask("GET", path)[0] == 404
    assert wire.post(f"{path}remove/")[0] == 404
    assert wire.told(told["id"])["file"] is None
    page = wire.ask("GET", f"/activities/{told['id']}/", accept="text/html")[2].decode()
    assert "to-disk-wire-1.tar was deleted" in page and path not in page
    assert not (Path(live_server.folder) / "data/activities" / told["id"] / "file").exists()
    again = wire.done((202, {"activity": wire.post(f"/activities/{told['id']}/restart/")[1]["id"]}))
    assert again["file"]["size_bytes"] == len(archive)
    assert wire.post(f"/activities/{again['id']}/file/remove/")[0] == 200


def test_a_viewer_who_was_an_admin_gets_nothing_any_more(live_server: Server, make_image: MakeImage) -> None:
    """The right is asked for again, whoever started it."""
    wire = Wire(live_server)
    make_image("to-disk/right:1")
    told = wire.done(wire.post(SAVE, names="to-disk/right:1", gzip="on"))
    path = f"/activities/{told['id']}/file/"
    assert told["file"]["name"] == "to-disk-right-1.tar.gz"
    assert manifest(gzip.decompress(wire.ask("GET", path)[2])) == [["to-disk/right:1"]]
    live_server.manage("user_role", "grace", "viewer")
    try:
        demoted = Wire(live_server)
        assert demoted.told(told["id"])["state"] == "done"
        assert demoted.ask("GET", path)[0] == 403
        assert demoted.post(f"{path}remove/")[0] == 403
        assert demoted.post(SAVE, names="to-disk/right:1")[0] == 403
    finally:
        live_server.manage("user_role", "grace", "admin")
    assert Wire(live_server, "ada").post(f"{path}remove/")[0] == 200


def test_what_there_is_no_room_for_is_refused_where_it_is_asked_for(
    own_server: Callable[..., Server], engine_process: PrivateEngine, make_image: MakeImage, raw: RawEngine
) -> None:
    server = own_server(engine_process, DOCKERWEB_SAVED_MAX_BYTES=str(2**21))
    wire = Wire(server, "ada")
    make_image("to-disk/large:1", lines=[LAYER])
    status, words = wire.post(SAVE, names="to-disk/large:1")
    assert (status, words["title"]) == (413, "There is no room for this file on the server.")
    assert "2.1 MB" in words["detail"]
    # What does not become small enough by packing shows while it is written.
    told = wire.done(wire.post(SAVE, names="to-disk/large:1", gzip="on"), state="failed")
    assert told["problem"]["title"] == "There is no room for this file on the server."
    assert not list((Path(server.folder) / "data/activities").glob("*/file*"))
    assert wire.post(SAVE)[0] == 400
    assert wire.post(SAVE, names="to-disk/no-such:1")[0] == 404
