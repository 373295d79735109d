"""Pushes to a real registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from apps.images.services.pushing import push
from apps.images.services.transfer import TransferFailed
from scripts.private_engine import RawEngine
from tests.engines.registry import Registry
from tests.engines.scripted import Exchange, ScriptedEngine
from tests.engines.versions import PINNED
from tests.live.images.transfer.conftest import HeardRun

OnEngine = Callable[..., None]


def named(raw: RawEngine, gone: list[str], repository: str, tag: str) -> str:
    status, answer = raw.post(f"/images/dockerweb/base:1/tag?repo={repository}&tag={tag}")
    assert status == 201, answer
    gone.append(f"{repository}:{tag}")
    return gone[-1]


async def refused(reference: str) -> TransferFailed:
    with pytest.raises(TransferFailed) as caught:
        await push(HeardRun({"reference": reference}))  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize("version", PINNED)
async def test_a_push_ends_with_the_digest_that_the_registry_has(
    on_engine: OnEngine, with_credentials: Registry, raw: RawEngine, gone: list[str], version: str
) -> None:
    await sync_to_async(on_engine)(version)
    name = f"pushes/v{version.replace('.', '-')}"
    reference = named(raw, gone, f"{with_credentials.address}/{name}", "2")
    named(raw, gone, f"{with_credentials.address}/{name}", "not-this-one")
    run = HeardRun({"reference": reference, "image": "sha256:ab"})
    result: Any = await push(run)  # type: ignore[arg-type]
    assert with_credentials.tags(name) == ["2"]
    assert result["digest"] == with_credentials.digest(name, "2")
    assert result["reference"] == reference
    assert run.statuses() & {"Pushed", "Layer already exists", "Mounted from"} or any(
        status.startswith("Mounted from") for status in run.statuses()
    )


async def test_what_a_push_is_refused_for_is_told(
    on_engine: OnEngine, registry: Registry, raw: RawEngine, knows: Callable[..., None], gone: list[str]
) -> None:
    """Pitfall 13.4: all of these are 200 to the engine."""
    reference = named(raw, gone, f"{registry.address}/pushes/closed", "1")
    assert "No credentials are kept for" in (await refused(reference)).hint
    await sync_to_async(knows)(registry.address, registry.username, "not this one")
    assert "does not accept the credentials" in (await refused(reference)).hint
    assert registry.tags("pushes/closed") == []
    assert "no image of this name" in (await refused(f"{registry.address}/pushes/never:1")).hint


async def test_a_push_that_ends_without_its_digest_is_no_success(on_engine: OnEngine) -> None:
    def silent(exchange: Exchange) -> None:
        exchange.begin(200, {"Content-Type": "application/json"})
        exchange.chunk(b'{"status":"The push refers to repository [host/app]"}\r\n')
        exchange.end()

    with ScriptedEngine() as scripted:
        scripted.on("POST", "/images/{name}/push", silent)
        scripted.on("POST", "/images/host.example/app/push", silent)
        await sync_to_async(on_engine)(url=scripted.url)
        assert "without saying" in (await refused("host.example/app:1")).detail
        (seen,) = scripted.seen("POST", "/images/host.example/app/push")
        assert (seen.headers["x-registry-auth"], dict(seen.query)) == ("e30=", {"tag": "1"})
