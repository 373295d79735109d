"""Builds as they really go, and as they fail: what is heard, what the engine has afterwards, what is said."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from apps.engine.version import ApiVersion
from apps.engine.wire.json_text import unescaped
from apps.images.forms.building import BuildForm
from apps.images.services.building import build, prepared
from apps.images.services.transfer import TransferFailed
from scripts.private_engine import PrivateEngine, RawEngine
from tests.engines import versions
from tests.engines.registry import Registry
from tests.engines.registry_fakes import FakeRegistry, listener_in, send
from tests.live.images.transfer.conftest import HeardRun

BASE = "dockerweb/base:1"
NEWEST = ApiVersion.parse(versions.NEWEST)
PINNED = tuple(ApiVersion.parse(version) for version in versions.PINNED)
OnEngine = Callable[..., None]
pytestmark = pytest.mark.usefixtures("on_engine")


@pytest.fixture(autouse=True)
def spool(settings: Any, tmp_path: Path) -> Path:
    """A spool of the test's own, to see what is left in it."""
    settings.DATA_DIR = tmp_path
    (tmp_path / "spool").mkdir()
    return tmp_path / "spool"


def wanted(
    version: ApiVersion = NEWEST, *, archive: bytes = b"", extra: dict[str, bytes] | None = None, **fields: str
) -> HeardRun:
    """What a filled form makes of itself, as an activity gets it."""
    source = "archive" if archive else "remote" if "remote" in fields else "typed"
    files: MultiValueDict[str, Any] = MultiValueDict()
    if archive:
        files["archive"] = SimpleUploadedFile("context", archive)
    files.setlist("files", [SimpleUploadedFile(name, content) for name, content in (extra or {}).items()])
    form = BuildForm({"source": source, **fields}, files, version=version)
    assert form.is_valid(), form.errors
    params, paths = prepared(form.wish())
    return HeardRun(json.loads(json.dumps(params)), files=paths)


async def built(run: HeardRun) -> dict[str, Any]:
    result = await build(run)  # type: ignore[arg-type]
    assert result is not None
    return result


async def refused(run: HeardRun) -> TransferFailed:
    with pytest.raises(TransferFailed) as caught:
        await build(run)  # type: ignore[arg-type]
    return caught.value


def texts(run: HeardRun) -> str:
    pieces = (message["text"] for message in run.told if message["type"] == "text")
    return "".join(unescaped(piece) if isinstance(piece, bytes) else str(piece) for piece in pieces)


def steps(run: HeardRun) -> list[str]:
    return [str(message["text"]) for message in run.told if message["type"] == "step"]


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - the engine tells nobody of it
            await asyncio.sleep(0.1)


def inside(raw: RawEngine, image: str, script: str) -> list[str]:
    """What a script says in a container of an image."""
    container = raw.container(image=image, cmd=["sh", "-c", script], tty=True)
    try:
        raw.post(f"/containers/{container}/wait")
        return str(raw.get(f"/containers/{container}/logs?stdout=1")[1]).split()
    finally:
        raw.remove(container)


async def test_what_is_typed_is_built_with_all_that_was_asked_for(raw: RawEngine, gone: list[str]) -> None:
    names = ["builds/typed:1", "builds/typed:2"]
    gone += names
    run = wanted(
        dockerfile_text=f"FROM {BASE} AS one\r\nARG COLOUR\r\nRUN echo $COLOUR > /colour && ulimit -n\r\n"
        "FROM one\nARG API_TOKEN\nRUN echo token=$API_TOKEN\n",
        tags="\n".join(names),
        build_args="COLOUR=blue\nAPI_TOKEN=hunter22",
        labels="team=shop\nempty=",
        ulimits="nofile=123:456",
        memory="64",
        extra_hosts="db:10.0.0.1",
    )
    result = await built(run)
    made = raw.get(f"/images/{names[0]}/json")[1]
    assert result == {"image": made["Id"], "names": names}
    assert sorted(made["RepoTags"]) == names
    assert made["Config"]["Labels"] == {"team": "shop", "empty": ""}
    assert inside(raw, names[1], "cat /colour") == ["blue"]
    assert steps(run)[:3] == [f"FROM {BASE} AS one", "ARG COLOUR", "RUN echo $COLOUR > /colour && ulimit -n"]
    numbers = [message["number"] for message in run.told if message["type"] == "step"]
    assert numbers == list(range(1, len(numbers) + 1))
    assert "\n123\n" in texts(run)
    assert "token=•••" in texts(run)
    assert "hunter22" not in str(run.told) + str(run.params)

    stage = wanted(dockerfile_text=f"FROM {BASE} AS one\nRUN echo one\nFROM one\nRUN echo two\n", target="one")
    gone.append((await built(stage))["image"])
    assert steps(stage) == [f"FROM {BASE} AS one", "RUN echo one"]


async def test_files_given_beside_it_are_there_to_be_copied(raw: RawEngine, gone: list[str], spool: Path) -> None:
    gone.append("builds/extra:1")
    run = wanted(
        dockerfile_text=f"FROM {BASE}\nCOPY a.txt b.txt /given/\n",
        tags="builds/extra:1",
        extra={"a.txt": b"from a", "b.txt": b"x" * 300_000},
    )
    assert [path.parent for path in run.files] == [spool]
    await built(run)
    assert inside(raw, "builds/extra:1", "cat /given/a.txt; echo; wc -c < /given/b.txt") == ["from", "a", "300000"]
    sent = [message for message in run.told if message["type"] == "progress"][-1]
    assert sent["current"] == sent["total"] > 300_000


CONTEXT = {
    "web/Dockerfile.prod": f"FROM {BASE}\nCOPY . /ctx/\n",
    "web/.dockerignore": "# not these\n**/*.log\nnode_modules\n!keep.log\n",
    "web/src/app.py": "print(1)",
    "web/src/debug.log": "no",
    "web/keep.log": "yes",
    "web/node_modules/left/pad.js": "no",
}
KEPT = ["/ctx", "/ctx/.dockerignore", "/ctx/Dockerfile.prod", "/ctx/keep.log", "/ctx/src", "/ctx/src/app.py"]


def as_tar(mode: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as tar:  # type: ignore[call-overload]
        for name, text in CONTEXT.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


def as_zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in CONTEXT.items():
            archive.writestr(name, text)
    return packed.getvalue()


@pytest.mark.parametrize("archive", [as_tar("w"), as_tar("w:xz"), as_zip()], ids=["tar", "tar.xz", "zip"])
async def test_an_archive_is_built_without_what_its_dockerignore_names(
    raw: RawEngine, gone: list[str], archive: bytes
) -> None:
    gone.append("builds/archive:1")
    await built(wanted(archive=archive, dockerfile="Dockerfile.prod", tags="builds/archive:1"))
    assert inside(raw, "builds/archive:1", "find /ctx | sort") == KEPT


async def test_a_step_that_fails_says_which_and_with_what_code(gone: list[str]) -> None:
    run = wanted(dockerfile_text=f"FROM {BASE}\nRUN echo before >&2; exit 7\nRUN echo never\n", force_remove="on")
    failure = await refused(run)
    assert failure.title == "The build failed at: RUN echo before >&2; exit 7"
    assert "returned a non-zero code: 7" in failure.detail
    assert "ended with 7" in failure.hint
    assert "before" in texts(run)
    assert steps(run)[-1].startswith("RUN echo before")


@pytest.mark.parametrize(
    ("dockerfile", "words"),
    [
        (f"FROM {BASE}\n\nRUM echo typo\n", "line 3: unknown instruction: RUM"),
        ("FROM no.such.example/none:1\n", "no.such.example"),
        ("RUN echo\n", "no build stage"),
        (f"FROM {BASE}\nCOPY none /\n", "none"),
    ],
)
async def test_what_is_wrong_with_a_dockerfile_is_said_in_the_engines_words(dockerfile: str, words: str) -> None:
    failure = await refused(wanted(dockerfile_text=dockerfile))
    assert words.lower() in failure.detail.lower(), failure.detail
    assert failure.hint


@pytest.mark.parametrize("version", PINNED, ids=str)
async def test_every_version_builds_with_what_it_knows(
    on_engine: OnEngine, raw: RawEngine, gone: list[str], version: ApiVersion
) -> None:
    await sync_to_async(on_engine)(str(version))
    name = f"builds/v{str(version).replace('.', '-')}:1"
    gone.append(name)
    fields: dict[str, Any] = {
        "no_cache": "on",
        "cpu_shares": "512",
        "memory": "32",
        "memory_swap": "-1",
        "cpuset_cpus": "0",
    }
    if version >= ApiVersion(1, 25):
        fields |= {"build_args": "A=1", "labels": "a=b", "shm_size": "16", "network_mode": "none", "cache_from": BASE}
    if version >= ApiVersion(1, 33):
        fields |= {"target": "end", "extra_hosts": "db:10.0.0.1", "platform": "linux/amd64"}
    run = wanted(version, dockerfile_text=f"FROM {BASE} AS end\nARG A\nRUN echo A=$A\n", tags=name, **fields)
    result = await built(run)
    assert raw.get(f"/images/{name}/json")[1]["Id"] == result["image"]
    assert ("\nA=1\n" in texts(run)) is (version >= ApiVersion(1, 25))


async def test_a_quiet_build_has_a_result_too(raw: RawEngine, gone: list[str]) -> None:
    gone.append("builds/quiet:1")
    result = await built(wanted(dockerfile_text=f"FROM {BASE}\nRUN echo hush\n", tags="builds/quiet:1", quiet="on"))
    assert raw.get("/images/builds/quiet:1/json")[1]["Id"] == result["image"]


async def test_what_only_experimental_engines_do_is_refused_in_words() -> None:
    failure = await refused(wanted(dockerfile_text=f"FROM {BASE}\n", squash="on"))
    assert "experimental" in failure.detail


async def test_a_base_image_behind_a_password_is_pulled_with_the_kept_credentials(
    with_credentials: Registry, raw: RawEngine, gone: list[str]
) -> None:
    reference = with_credentials.push(raw, BASE, name="builds/base", tag="1")
    raw.delete(f"/images/{reference}")
    gone += [reference, "builds/from-registry:1"]
    run = wanted(dockerfile_text=f"FROM {reference}\nRUN echo pulled\n", tags="builds/from-registry:1", pull="on")
    await built(run)
    assert "\npulled\n" in texts(run)
    assert with_credentials.password not in str(run.told) + str(run.params)


async def test_a_registry_that_refuses_a_base_image_is_told_like_one_that_refuses_a_pull(
    fake_registry: Callable[..., FakeRegistry],
) -> None:
    fake = fake_registry()

    def enough(handler: BaseHTTPRequestHandler) -> bool:
        send(handler, 429, b'{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}')
        return True

    fake.on_manifest = enough
    image = f"{fake.address}/team/base:1"
    failure = await refused(wanted(dockerfile_text=f"FROM --platform=linux/amd64 {image} AS one\n"))
    assert image in failure.title
    assert "slow down" in failure.detail
    assert "The registry wants fewer requests" in failure.hint
    fake.on_manifest = lambda handler: False
    fake.wants_password = True
    failure = await refused(wanted(dockerfile_text=f"FROM {image}\n"))
    assert f"No credentials are kept for {fake.address}" in failure.hint
    failure = await refused(wanted(dockerfile_text=f"ARG BASE={image}\nFROM $BASE\n"))
    assert "build again" in failure.hint  # whose image it was cannot be read from the line


@contextmanager
def served(engine: PrivateEngine, folder: Path) -> Iterator[str]:
    """A folder over HTTP, on the 127.0.0.1 that the engine knows."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    listener = listener_in(engine)
    server = ThreadingHTTPServer(listener.getsockname(), partial(Quiet, directory=folder), bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def git(folder: Path, *command: str) -> None:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, *command], cwd=folder, check=True, capture_output=True)


async def test_the_engine_fetches_addresses_by_itself(
    engine_process: PrivateEngine, raw: RawEngine, gone: list[str], tmp_path: Path
) -> None:
    site = tmp_path / "site"
    work = site / "work"
    (work / "app").mkdir(parents=True)
    (site / "Dockerfile").write_text(f"FROM {BASE}\nRUN echo from http\n")
    (site / "context.tar").write_bytes(as_tar("w"))
    (work / "app/Dockerfile").write_text(f"FROM {BASE}\nCOPY hello /\n")
    (work / "app/Dockerfile.other").write_text(f"FROM {BASE}\nRUN echo other > /hello\n")
    (work / "app/hello").write_text("from git")
    git(work, "init", "-q")
    git(work, "add", ".")
    git(work, "commit", "-qm", "first")
    git(site, "clone", "-q", "--bare", "work", "app.git")
    git(site / "app.git", "update-server-info")
    names = [f"builds/remote:{number}" for number in (1, 2, 3, 4)]
    gone += names
    with served(engine_process, site) as address:
        typed = wanted(remote=f"{address}/Dockerfile", tags=names[0])
        assert typed.files == []
        await built(typed)
        assert "from http" in texts(typed)
        await built(wanted(remote=f"{address}/context.tar", dockerfile="web/Dockerfile.prod", tags=names[1]))
        assert "/ctx/web/src/app.py" in inside(raw, names[1], "find /ctx")
        await built(wanted(remote=f"{address}/app.git#main:app", tags=names[2]))
        assert inside(raw, names[2], "cat /hello") == ["from", "git"]
        other = wanted(remote=f"{address}/app.git#main:app", dockerfile="Dockerfile.other", tags=names[3])
        await built(other)
        assert inside(raw, names[3], "cat /hello") == ["other"]
        assert "404" in (await refused(wanted(remote=f"{address}/none"))).detail


async def test_a_cancelled_build_leaves_no_container_behind(raw: RawEngine) -> None:
    run = wanted(dockerfile_text=f"FROM {BASE}\nLABEL cancelled=1\nRUN echo begun; sleep 600\n")
    building = asyncio.create_task(built(run))

    def sleeping() -> list[str]:
        return [
            each["Id"] for each in raw.containers() if "sleep 600" in each["Command"] and each["State"] == "running"
        ]

    await until(lambda: "begun" in texts(run))
    await until(sleeping)  # the engine's list is a moment behind
    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building
    await until(lambda: not sleeping())


async def test_a_build_is_cancelled_while_its_files_are_sent(raw: RawEngine) -> None:
    run = wanted(dockerfile_text=f"FROM {BASE}\nCOPY big /\n", tags="builds/never:1", extra={"big": b"x" * 30_000_000})
    building = asyncio.create_task(built(run))
    async with asyncio.timeout(60):
        await run.heard.wait()
    assert run.told[0]["type"] == "progress"
    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building
    assert raw.get("/images/builds/never:1/json")[0] == 404


def test_nothing_of_a_context_is_kept_when_it_cannot_be_packed(spool: Path) -> None:
    form = BuildForm(
        {"source": "archive"},
        MultiValueDict({"archive": [SimpleUploadedFile("context", as_tar("w"))]}),
        version=NEWEST,
    )
    assert form.is_valid()
    with pytest.raises(Exception, match="There is no Dockerfile in the archive"):
        prepared(form.wish())
    assert not list(spool.iterdir())
