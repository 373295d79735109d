"""Builds through the whole program: their address, their activities, what is kept of them, and who may."""

from __future__ import annotations

import io
import re
import sqlite3
import tarfile
from pathlib import Path

from scripts.private_engine import RawEngine
from tests.live.images.transfer.wire import IMAGES, Wire
from tests.live.server import Server

BASE = "dockerweb/base:1"
BUILD = f"{IMAGES}build/"
SECRET = "correct-horse-hunter22"


def test_a_build_keeps_no_secret_is_done_again_and_fills_the_form(
    live_server: Server, raw: RawEngine, gone: list[str]
) -> None:
    ada, joan = Wire(live_server), Wire(live_server, "joan")
    gone.append("wire/built:1")
    fields = {
        "source": "typed",
        "dockerfile_text": f'FROM {BASE}\nARG API_TOKEN\nRUN echo $API_TOKEN; test -n "$API_TOKEN"\n',
        "tags": "wire/built:1",
        "build_args": f"API_TOKEN={SECRET}",
        "no_cache": "on",
    }
    built = ada.done(ada.post(BUILD, **fields))
    assert (built["title"], built["is_restartable"]) == ("Build wire/built:1", True)
    assert built["result"]["image"] == raw.get("/images/wire/built:1/json")[1]["Id"]
    assert built["result_url"] == f"{IMAGES}{built['result']['image']}/"
    _, _, output = ada.ask("GET", f"/activities/{built['id']}/output/")
    assert b"\n[3/3] RUN echo $API_TOKEN" in output
    assert "•••\n".encode() in output

    status, answer = ada.post(f"/activities/{built['id']}/restart/")
    again = ada.done((status, {"activity": answer["id"]}))
    assert again["again_of"] == built["id"]
    status, _, page = ada.ask("GET", built["again_url"], accept="text/html")
    assert status == 200
    assert f"API_TOKEN={SECRET}" in page.decode(), "she gave it herself"
    assert joan.ask("GET", built["again_url"])[0] == 403
    assert joan.post(BUILD, **fields)[0] == 403

    typo = {**fields, "dockerfile_text": f"FROM {BASE}\n\nRUM echo\n"}
    failed = ada.done(ada.post(BUILD, **typo), state="failed")
    # In a newer engine's words: "dockerfile parse error on line 3: unknown instruction: RUM (did you mean RUN?)"
    detail = failed["problem"]["detail"].replace(" on line ", " line ").removesuffix(" (did you mean RUN?)")
    assert detail == "dockerfile parse error line 3: unknown instruction: RUM"
    _, _, page = ada.ask("GET", failed["again_url"], accept="text/html")
    assert 'data-line="3"' in page.decode()

    data = Path(live_server.folder, "data")
    for path in (data / "activities").rglob("*.jsonl"):
        assert SECRET.encode() not in path.read_bytes(), path
    database = next(data.glob("*.sqlite3"))
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as kept:
        rows = kept.execute("select params, problem, result from activities_activity where kind = 'image.build'")
        found = rows.fetchall()
    assert len(found) >= 3
    assert [row for row in found if SECRET in str(row)] == []


def test_a_context_larger_than_a_request_may_be_is_taken_and_nothing_of_it_stays(
    live_server: Server, raw: RawEngine, gone: list[str]
) -> None:
    ada = Wire(live_server)
    gone.append("wire/context:1")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in (("Dockerfile", f"FROM {BASE}\nCOPY big /\n".encode()), ("big", bytes(3 * 2**20))):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    fields = {"source": "archive", "tags": "wire/context:1"}
    built = ada.done(ada.upload(BUILD, packed.getvalue(), name="context.tar", **fields))
    assert raw.get("/images/wire/context:1/json")[1]["Size"] > 3 * 2**20
    assert built["is_restartable"] is False
    assert ada.post(f"/activities/{built['id']}/restart/")[0] == 409
    status, words = ada.upload(BUILD, packed.getvalue(), name="context.tar", dockerfile="../Dockerfile", **fields)
    assert (status, "outside" in words["title"]) == (400, True), words
    assert ada.upload(BUILD, b"junk" * 1000, name="junk.zip", **fields)[0] == 400
    assert Wire(live_server, "joan").upload(BUILD, packed.getvalue(), name="context.tar", **fields)[0] == 413
    assert not list(Path(live_server.folder, "data/spool").glob("build-*"))


def test_a_build_that_runs_is_cancelled(live_server: Server, raw: RawEngine) -> None:
    ada = Wire(live_server)
    begun = ada.post(BUILD, source="typed", dockerfile_text=f"FROM {BASE}\nRUN sleep 700\n")
    assert ada.post(f"/activities/{begun[1]['activity']}/cancel/")[0] == 202
    ada.done(begun, state="cancelled")


def test_a_build_that_prints_100_mb_ends_well_and_is_kept_within_bounds(
    live_server: Server, raw: RawEngine, gone: list[str]
) -> None:
    grace = Wire(live_server)
    gone.append("wire/talkative:1")
    before_kib = memory_kib(live_server, "VmRSS")
    peak_kib = memory_kib(live_server, "VmHWM")
    text = f"FROM {BASE}\nRUN yes {'x' * 99} | head -n 1000000; echo the last word\n"
    begun = grace.post(BUILD, source="typed", dockerfile_text=text, tags="wire/talkative:1", no_cache="on")
    built = grace.done(begun)
    assert built["result"]["image"] == raw.get("/images/wire/talkative:1/json")[1]["Id"]
    assert built["output_bytes"] > 100_000_000
    assert memory_kib(live_server, "VmHWM") < max(peak_kib, before_kib + 160 * 1024)
    folder = Path(live_server.folder, "data/activities", built["id"])
    assert 32 * 2**20 < sum(path.stat().st_size for path in folder.iterdir()) <= 64 * 2**20

    _, _, page = grace.ask("GET", f"/activities/{built['id']}/", accept="text/html")
    assert b"bytes of output are not kept" in page
    assert b"the last word" in page
    _, _, output = grace.ask("GET", f"/activities/{built['id']}/output/")
    assert output.count(b"bytes of output are not kept") == 1
    assert b"[2/2] RUN yes" in output[:1000]
    assert b"the last word\n" in output[-1000:]


def memory_kib(server: Server, kind: str) -> int:
    """Resident memory of a server: now (VmRSS), or the most there ever was (VmHWM)."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(re.findall(rf"{kind}:\s+(\d+) kB", status)[0])


def test_the_build_cache_is_emptied(live_server: Server) -> None:
    """The builder that is spoken to has none; the answer is the engine's all the same."""
    ada = Wire(live_server)
    path = f"{IMAGES}build-cache/"
    told = ada.done(ada.post(path, unused_for="24h", keep_mb="100", is_all="on"))
    assert (told["title"], told["result"]) == ("Empty the build cache", {"removed": 0, "space_bytes": 0})
    assert ada.post(path, unused_for="soon")[0] == 400
    status, _, page = ada.ask("GET", f"{IMAGES}prune/", accept="text/html")
    assert (status, path.encode() in page) == (200, True)
