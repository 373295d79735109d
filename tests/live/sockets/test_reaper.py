"""Ending what was left, in every version of the API that knows execs."""

from __future__ import annotations

import pytest

from apps.engine.aio import AsyncEngine
from apps.engine.endpoint import Endpoint
from apps.engine.version import ApiVersion
from apps.terminals import reaper
from apps.terminals.query import parse_exec
from apps.terminals.reaper import Marked
from apps.terminals.sources.exec import create_marked
from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer
from tests.engines.versions import spoken
from tests.live.sockets.client import wait_until
from tests.live.sockets.test_exec import processes


@pytest.mark.parametrize("version", spoken("1.20", "1.24", "1.41"))
async def test_a_command_bears_its_mark_and_is_ended_by_it(
    endpoint: Endpoint, make_container: MakeContainer, raw: RawEngine, version: str
) -> None:
    container = make_container(["sleep", "1000"])
    token, other = reaper.new_token(), reaper.new_token()
    async with AsyncEngine(endpoint, pinned=ApiVersion.parse(version)) as engine:
        wish = parse_exec(b"cmd=sh&cmd=-c&cmd=sleep%20700%26%20trap%20''%20HUP%3B%20sleep%20800&user=1000")
        exec_id = await create_marked(engine, container, wish=wish, command=wish.command, token=token)
        async with engine.exec_start(exec_id, tty=True):
            await wait_until(lambda: "sleep 800" in processes(raw, container), what="the command runs")
        # Somebody else's mark ends nothing of ours; the inspect of our exec says that it runs.
        assert await reaper.hunt(engine, Marked(container, other, user="1000", exec_id=exec_id)) == 0
        assert "sleep 800" in processes(raw, container)
        assert await reaper.end(engine, Marked(container, token, user="1000", exec_id=exec_id))
        assert processes(raw, container) == ["sleep 1000"]


async def test_nothing_is_left_to_do_where_the_container_stopped_or_is_gone(
    endpoint: Endpoint, make_container: MakeContainer, raw: RawEngine
) -> None:
    container = make_container(["sleep", "1000"])
    async with AsyncEngine(endpoint) as engine:
        wish = parse_exec(b"cmd=sleep&cmd=700")
        exec_id = await create_marked(engine, container, wish=wish, command=wish.command, token="t")
        marked = Marked(container, "t", user=None, exec_id=exec_id)
        async with engine.exec_start(exec_id, tty=True):
            await wait_until(lambda: "sleep 700" in processes(raw, container), what="the command runs")
        raw.post(f"/containers/{container}/kill")
        await wait_until(lambda: not raw.inspect(container)["State"]["Running"], what="it stopped")
        assert await reaper.end(engine, marked)
        raw.remove(container)
        assert await reaper.end(engine, marked)
