"""Pulls as they really go, and as they fail: what is heard, what the engine has afterwards, what is said."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from apps.engine.errors import EngineGone, VersionTooOld
from apps.images.services.pulling import pull
from apps.images.services.transfer import TransferFailed
from scripts.private_engine import RawEngine
from tests.engines.registry import Registry
from tests.engines.registry_fakes import FakeRegistry, send
from tests.engines.scripted import Exchange, ScriptedEngine
from tests.engines.versions import PINNED
from tests.live.images.transfer.conftest import HeardRun

OnEngine = Callable[..., None]
MakeFake = Callable[..., FakeRegistry]


def asked(reference: str, **params: Any) -> HeardRun:
    return HeardRun({"reference": reference, **params})


async def pulled(run: HeardRun) -> dict[str, Any]:
    result = await pull(run)  # type: ignore[arg-type]
    assert result is not None
    return result


async def refused(run: HeardRun) -> TransferFailed:
    with pytest.raises(TransferFailed) as caught:
        await pull(run)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize("version", PINNED)
async def test_a_pull_brings_the_image_and_a_second_one_says_up_to_date(
    on_engine: OnEngine, with_credentials: Registry, raw: RawEngine, gone: list[str], version: str
) -> None:
    await sync_to_async(on_engine)(version)
    fresh = sized_image(raw, gone, marker=version)
    name = f"pulls/v{version.replace('.', '-')}"
    reference = with_credentials.push(raw, fresh, name=name, tag="1")
    gone.append(reference)
    raw.delete(f"/images/{reference}")
    raw.delete(f"/images/{fresh}")
    assert raw.get(f"/images/{reference}/json")[0] == 404

    run = asked(reference)
    result = await pulled(run)
    assert raw.get(f"/images/{reference}/json")[0] == 200
    assert result == {
        "reference": reference,
        "digest": with_credentials.digest(name, "1"),
        "tags": None,
        "is_up_to_date": False,
    }
    assert "Pull complete" in run.statuses()
    moved = {"Downloading", "Extracting"}
    assert all(one["total"] > 0 for one in run.told if one["type"] == "layer" and one["status"] in moved)
    assert run.notes() == []

    again = asked(reference)
    assert (await pulled(again))["is_up_to_date"] is True
    assert len(again.notes()) == 1


def sized_image(raw: RawEngine, gone: list[str], *, marker: str) -> str:
    """An image of one layer that no other image has, some hundred KiB of it."""
    container = raw.container(cmd=["sh", "-c", f"head -c 600000 /dev/urandom > /noise; echo {marker} > /marker"])
    raw.post(f"/containers/{container}/wait")
    status, made = raw.post(f"/commit?container={container}")
    raw.remove(container)
    assert status == 201, made
    gone.append(made["Id"])
    return str(made["Id"])


async def test_every_tag_is_pulled_only_on_purpose(
    on_engine: OnEngine, with_credentials: Registry, raw: RawEngine, gone: list[str]
) -> None:
    for tag in ("1", "2", "latest"):
        gone.append(with_credentials.push(raw, "dockerweb/base:1", name="pulls/many", tag=tag))
        raw.delete(f"/images/{gone[-1]}")
    name = f"{with_credentials.address}/pulls/many"
    assert (await pulled(asked(name)))["reference"] == f"{name}:latest"
    assert [raw.get(f"/images/{name}:{tag}/json")[0] for tag in ("1", "2", "latest")] == [404, 404, 200]
    assert (await pulled(asked(name, every_tag=True)))["tags"] == 3
    assert [raw.get(f"/images/{name}:{tag}/json")[0] for tag in ("1", "2", "latest")] == [200, 200, 200]


async def test_what_a_registry_refuses_is_told_with_what_to_try(
    on_engine: OnEngine, registry: Registry, raw: RawEngine, knows: Callable[..., None], gone: list[str]
) -> None:
    gone.append(registry.push(raw, "dockerweb/base:1", name="pulls/closed", tag="1"))
    raw.delete(f"/images/{gone[-1]}")
    name = f"{registry.address}/pulls/closed"
    nobody = await refused(asked(f"{name}:1"))
    assert "no basic auth credentials" in nobody.detail
    assert "No credentials are kept for" in nobody.hint

    await sync_to_async(knows)(registry.address, registry.username, "not this one")
    wrong = await refused(asked(f"{name}:1"))
    assert "unauthorized" in wrong.detail
    assert "does not accept the credentials" in wrong.hint
    assert "not this one" not in str(vars(wrong))

    down = await refused(asked("127.0.0.1:1/pulls/closed:1"))
    assert "connection refused" in down.detail
    assert "does not reach it" in down.hint
    assert raw.get(f"/images/{name}:1/json")[0] == 404


async def test_what_a_registry_does_not_have_is_told_with_what_to_try(
    on_engine: OnEngine, with_credentials: Registry, raw: RawEngine, gone: list[str]
) -> None:
    gone.append(with_credentials.push(raw, "dockerweb/base:1", name="pulls/some", tag="1"))
    for missing in ("pulls/some:2", "pulls/no-such:1"):
        unknown = await refused(asked(f"{with_credentials.address}/{missing}"))
        assert "manifest unknown" in unknown.detail
        assert "Check the name and the tag" in unknown.hint


async def test_conformance_37_a_layer_that_breaks_off_is_a_failure_although_all_was_well_before(
    on_engine: OnEngine, fake_registry: MakeFake, raw: RawEngine
) -> None:
    fake = fake_registry(layers=2)

    def cut(handler: Any, content: bytes) -> bool:
        if len(content) < 10_000:  # the configuration
            return False
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[: len(content) // 2])
        handler.close_connection = True
        return True

    fake.on_blob = cut
    run = asked(f"{fake.address}/broken:1")
    failure = await refused(run)
    assert run.statuses(), "it had begun"
    assert failure.detail
    assert "broke off" in failure.hint
    assert raw.get(f"/images/{fake.address}/broken:1/json")[0] == 404


async def test_a_registry_that_wants_fewer_requests_is_told_so(on_engine: OnEngine, fake_registry: MakeFake) -> None:
    def slower(handler: Any, *_content: bytes) -> bool:
        send(handler, 429, b'{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}')
        return True

    at_once, late = fake_registry(), fake_registry()
    at_once.on_manifest = late.on_blob = slower
    for fake in (at_once, late):
        failure = await refused(asked(f"{fake.address}/busy:1"))
        assert "slow down" in failure.detail
        assert "fewer requests" in failure.hint


async def test_conformance_38_the_registry_gets_exactly_the_user_and_the_password(
    on_engine: OnEngine, fake_registry: MakeFake, knows: Callable[..., None], gone: list[str]
) -> None:
    """Pitfall 13.3: with the wrong alphabet, or without padding, an engine would ask as nobody and say nothing."""
    fake = fake_registry()
    fake.wants_password = True
    password = "a>>>b???c~~~ü"
    await sync_to_async(knows)(fake.address, "ada", password)
    gone.append(f"{fake.address}/closed:1")
    await pulled(asked(gone[-1]))
    sent = {authorization for _, _, authorization in fake.seen if authorization}
    assert {base64.b64decode(one.removeprefix("Basic ")).decode() for one in sent} == {f"ada:{password}"}


async def test_two_pulls_of_the_same_at_once_both_end_well(
    on_engine: OnEngine, fake_registry: MakeFake, raw: RawEngine, gone: list[str]
) -> None:
    fake = fake_registry(layers=3)
    gone.append(f"{fake.address}/twice:1")
    results = await asyncio.gather(pulled(asked(gone[0])), pulled(asked(gone[0])))
    assert len({result["digest"] for result in results}) == 1
    assert raw.get(f"/images/{gone[0]}/json")[0] == 200


async def test_a_platform_needs_an_engine_that_knows_of_it(on_engine: OnEngine, registry: Registry) -> None:
    await sync_to_async(on_engine)("1.25")
    with pytest.raises(VersionTooOld):
        await pull(asked(f"{registry.address}/x", platform="linux/arm64"))  # type: ignore[arg-type]


async def test_a_platform_goes_to_the_engine_as_it_was_written(on_engine: OnEngine) -> None:
    with ScriptedEngine() as scripted:
        scripted.on(
            "POST", "/images/create", lambda x: x.answer(200, b'{"status":"Status: Image is up to date for a"}')
        )
        await sync_to_async(on_engine)(url=scripted.url)
        await pulled(asked("app:1", platform="linux/arm/v7"))
        (seen,) = scripted.seen("POST", "/images/create")
        assert dict(seen.query) == {"fromImage": "app", "tag": "1", "platform": "linux/arm/v7"}


LINE = b'{"status":"Downloading","progressDetail":{"current":5,"total":10},"id":"aaa"}\r\n'


async def test_a_cancelled_pull_closes_its_connection(on_engine: OnEngine) -> None:
    def hang(exchange: Exchange) -> None:
        exchange.begin(200, {"Content-Type": "application/json"})
        exchange.chunk(LINE)
        exchange.hang()

    with ScriptedEngine() as scripted:
        scripted.on("POST", "/images/create", hang)
        await sync_to_async(on_engine)(url=scripted.url)
        run = asked("app:1")
        task = asyncio.create_task(pulled(run))
        await run.heard.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(scripted.wait_closed)


async def test_a_pull_that_is_cut_or_ends_without_a_word_is_no_success(on_engine: OnEngine) -> None:
    def cut(exchange: Exchange) -> None:
        exchange.begin(200, {"Content-Type": "application/json"})
        exchange.chunk(LINE)
        exchange.die()

    def silent(exchange: Exchange) -> None:
        exchange.begin(200, {"Content-Type": "application/json"})
        exchange.chunk(LINE)
        exchange.end()

    with ScriptedEngine() as scripted:
        await sync_to_async(on_engine)(url=scripted.url)
        scripted.on("POST", "/images/create", cut)
        with pytest.raises(EngineGone):
            await pull(asked("app:1"))  # type: ignore[arg-type]
        scripted.on("POST", "/images/create", silent)
        assert "without saying" in (await refused(asked("app:1"))).detail
