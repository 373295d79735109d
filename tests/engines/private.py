"""The real engine of a test run: one for the session, and one of its own for a test that breaks it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest

from apps.engine.endpoint import Endpoint
from scripts.private_engine import PodmanEngine, PrivateEngine, RawEngine, make_base_image


class MakeContainer(Protocol):
    """See the fixture `make_container`."""

    def __call__(
        self,
        cmd: Sequence[str] | None = None,
        *,
        tty: bool = False,
        name: str | None = None,
        start: bool = True,
        image: str = ...,
        labels: Mapping[str, str] | None = None,
        host_config: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> str: ...


@pytest.fixture(scope="session")
def engine_process() -> Iterator[PrivateEngine]:
    """The session's engine, with `dockerweb/base:1` in it. A test that must stop one takes own_engine."""
    engine = _new_engine()
    try:
        engine.start()
        make_base_image(engine.socket_path)
        yield engine
    finally:
        engine.destroy()


@pytest.fixture
def raw(engine_process: PrivateEngine) -> RawEngine:
    """The session's engine asked directly: what a test asserts the outside with."""
    return RawEngine(engine_process.socket_path)


@pytest.fixture
def endpoint(engine_process: PrivateEngine) -> Endpoint:
    """The session's engine as the program addresses it."""
    return Endpoint.parse(engine_process.url)


@pytest.fixture
def make_container(raw: RawEngine, request: pytest.FixtureRequest) -> Iterator[MakeContainer]:
    """Make containers on the session's engine; full id. They bear this test's label and are gone after it.

    Without `cmd` it is an idle shell. Further keywords are members of the create body (`Healthcheck={…}`).
    """
    made: list[str] = []

    def make(
        cmd: Sequence[str] | None = None,
        *,
        tty: bool = False,
        name: str | None = None,
        start: bool = True,
        image: str = "dockerweb/base:1",
        labels: Mapping[str, str] | None = None,
        host_config: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> str:
        all_labels = {"dockerweb.test": request.node.nodeid, **(labels or {}), **fields.pop("Labels", {})}
        container_id = raw.container(
            image=image,
            cmd=cmd,
            name=name,
            tty=tty,
            labels=all_labels,
            start=False,
            host_config={**(host_config or {}), **fields.pop("HostConfig", {})},
            fields=fields,
        )
        made.append(container_id)
        if start:
            status, answer = raw.post(f"/containers/{container_id}/start")
            assert status == 204, answer
        return container_id

    yield make
    for container_id in made:
        raw.remove(container_id)


@pytest.fixture
def make_engine() -> Iterator[Callable[..., PrivateEngine]]:
    """Make engines that a test may stop, kill and restart: `make_engine(live_restore=True)`, started, image inside."""
    made: list[PrivateEngine] = []

    def make(*, live_restore: bool = False) -> PrivateEngine:
        engine = _new_engine(live_restore=live_restore)
        made.append(engine)
        engine.start()
        make_base_image(engine.socket_path)
        return engine

    yield make
    for engine in made:
        engine.destroy()


@pytest.fixture
def own_engine(make_engine: Callable[..., PrivateEngine]) -> PrivateEngine:
    """An engine of this test's own, started and with the base image; stop, kill or restart it as you like."""
    return make_engine()


def _new_engine(*, live_restore: bool = False) -> PrivateEngine:
    """Make the engine that TEST_ENGINE names: "podman", another Debian tree's by its folder, or the machine's own."""
    directory = tempfile.mkdtemp(prefix="dw-", dir="/tmp")
    wanted = os.environ.get("TEST_ENGINE", "")
    if wanted == "podman":
        return PodmanEngine(directory)
    settings = {"max-download-attempts": 1}  # a layer that breaks off would be tried for a minute
    tree = Path(wanted).absolute() if wanted else None
    return PrivateEngine(directory, live_restore=live_restore, settings=settings, tree=tree)
