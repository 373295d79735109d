"""Images carried about through the whole program: its pages' addresses, its size gate, its activities."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

from scripts.private_engine import RawEngine
from tests.engines.registry import Registry
from tests.live.images.transfer.wire import IMAGES, Wire, keep_credentials
from tests.live.server import Server

BASE = "dockerweb/base:1"


def test_an_image_is_pushed_pulled_and_up_to_date(
    live_server: Server, registry: Registry, raw: RawEngine, gone: list[str]
) -> None:
    keep_credentials(live_server, registry)
    grace = Wire(live_server)
    reference = f"{registry.address}/wire/pushed:1"
    gone.append(reference)
    assert grace.post(f"{IMAGES}{BASE}/push/", reference=reference)[0] == 400, "it does not have this name"
    raw.post(f"/images/{BASE}/tag?repo={registry.address}/wire/pushed&tag=1")
    pushed = grace.done(grace.post(f"{IMAGES}{BASE}/push/", reference=reference))
    assert pushed["title"] == f"Push {reference}"
    assert pushed["result"]["digest"] == registry.digest("wire/pushed", "1") != ""
    raw.delete(f"/images/{reference}")

    pulled = grace.done(grace.post(f"{IMAGES}pull/", image=f" {reference} "))
    assert pulled["result"]["is_up_to_date"] is False
    assert pulled["result_url"] == f"{IMAGES}{reference}/"
    assert raw.get(f"/images/{reference}/json")[0] == 200
    again = grace.done(grace.post(f"{IMAGES}pull/", image=reference))
    assert again["result"]["is_up_to_date"] is True
    status, _, output = grace.ask("GET", f"/activities/{again['id']}/output/")
    assert status == 200
    assert b"Up to date" in output
    assert registry.password.encode() not in output
    assert registry.auth_header.encode() not in output

    raw.delete(f"/images/{reference}")
    digest = registry.digest("wire/pushed", "1")
    gone.append(f"{registry.address}/wire/pushed@{digest}")
    exact = grace.done(grace.post(f"{IMAGES}pull/", image=f"{reference}@{digest}"))
    assert exact["result"]["digest"] == digest
    assert grace.ask("GET", exact["result_url"])[0] == 200

    failed = grace.done(grace.post(f"{IMAGES}pull/", image=f"{registry.address}/wire/none:1"), state="failed")
    assert "Check the name and the tag" in failed["problem"]["hint"]
    status, words = grace.post(f"{IMAGES}pull/", image="Upper/Case")
    assert (status, "lower case" in words["detail"]) == (400, True)
    assert Wire(live_server, "joan").post(f"{IMAGES}pull/", image=reference)[0] == 403


def test_what_is_saved_through_a_browser_is_loaded_through_one(
    live_server: Server, raw: RawEngine, gone: list[str]
) -> None:
    grace, joan = Wire(live_server), Wire(live_server, "joan")
    gone.append("wire/saved:1")
    raw.post(f"/images/{BASE}/tag?repo=wire/saved&tag=1")
    status, headers, archive = grace.ask("GET", f"{IMAGES}save/?names=wire/saved:1")
    assert status == 200
    assert headers["content-disposition"] == 'attachment; filename="wire-saved-1.tar"'
    assert len(archive) > 2**20, "more than an ordinary request may carry"
    assert joan.ask("GET", f"{IMAGES}wire/saved:1/save/")[0] == 403
    raw.delete("/images/wire/saved:1")

    loaded = grace.done(grace.upload(f"{IMAGES}load/", archive, name="saved.tar"))
    assert loaded["result"] == {"images": ["wire/saved:1"]}
    assert (loaded["title"], loaded["is_restartable"]) == ("Load images from saved.tar", False)
    assert raw.get("/images/wire/saved:1/json")[0] == 200
    assert joan.upload(f"{IMAGES}load/", archive, name="saved.tar")[0] == 413, "her gigabytes never reach the disk"
    status, words = grace.upload(f"{IMAGES}load/", b"junk" * 500_000, name="junk.tar")
    assert (status, words["title"]) == (400, "This is no tar archive that can be read.")
    assert not list(Path(live_server.folder, "data/spool").glob("upload-*"))


def test_a_file_system_is_imported_with_what_was_said_of_it(
    live_server: Server, raw: RawEngine, gone: list[str]
) -> None:
    grace = Wire(live_server)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("hello"))
    fields = {"image": "wire/imported:2", "message": "by hand", "changes": 'CMD ["/hello"]'}
    gone.append("wire/imported:2")
    imported = grace.done(grace.upload(f"{IMAGES}import/", packed.getvalue(), name="root.tar", **fields))
    made = raw.get("/images/wire/imported:2/json")[1]
    assert (made["Id"], made["Comment"]) == (imported["result"]["image"], "by hand")
    assert made["Config"]["Cmd"] == ["/hello"]
    for wrong, field in (({"changes": "RUN true"}, "RUN"), ({"image": "Wrong"}, "lower case"), ({}, "one of the two")):
        status, words = grace.post(f"{IMAGES}import/", **{"url": "http://example.com/x.tar" if wrong else "", **wrong})
        assert (status, field in words["detail"]) == (400, True), words
    status, words = grace.post(f"{IMAGES}import/", url="http://ada:secret@example.com/x.tar")
    assert status == 400
    assert "password" in words["title"]
