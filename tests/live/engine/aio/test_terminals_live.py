"""Attach and exec on a real engine."""

from __future__ import annotations

import asyncio
import random

import pytest

from apps.engine.aio import AsyncEngine
from apps.engine.api import containers, exec
from apps.engine.endpoint import Endpoint
from apps.engine.errors import Conflict, NotFound
from apps.engine.hijack import Via
from apps.engine.version import ApiVersion
from apps.engine.wire.frames import Frame, FrameSplitter
from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer
from tests.engines.versions import IS_DEFAULT, PINNED
from tests.live.engine.aio.conftest import to_the_end, until

BOTH: list[Via] = ["ws", "hijack"]


def payload_of(whole: bytes, stream: int) -> bytes:
    frames: list[Frame] = FrameSplitter().feed(whole)
    return b"".join(frame.payload for frame in frames if frame.stream == stream)


@pytest.mark.parametrize("via", BOTH)
async def test_what_is_typed_reaches_the_terminal_and_its_answer_comes_back(
    engine: AsyncEngine, raw: RawEngine, make_container: MakeContainer, via: Via
) -> None:
    container_id = make_container(["sh"], tty=True)
    async with engine.attach(container_id, tty=True, via=via) as h:
        assert (h.via, h.is_multiplexed) == (via, False)
        await h.write(b"echo $((40 + 2))\r")
        await until(h.read, b"42\r\n")
        await h.write(b"exit 3\r")
        await to_the_end(h.read)
    state = (await asyncio.to_thread(raw.post, f"/containers/{container_id}/wait"))[1]
    assert state["StatusCode"] == 3


async def test_without_a_wish_the_websocket_is_taken(engine: AsyncEngine, make_container: MakeContainer) -> None:
    async with engine.attach(make_container(["sh"], tty=True), tty=True) as h:
        assert h.via == "ws"


@pytest.mark.parametrize("via", BOTH)
async def test_ctrl_p_is_not_held_back(engine: AsyncEngine, make_container: MakeContainer, via: Via) -> None:
    container_id = make_container(["sh", "-c", "stty raw -echo; echo ready; cat"], tty=True)
    async with engine.attach(container_id, tty=True, logs=True, via=via) as h:
        await until(h.read, b"ready")
        await h.write(b"\x10")  # the engine's own first detach key, alone
        await until(h.read, b"\x10")
        await h.write(b"\x10\x11")  # the engine's own detach keys
        await until(h.read, b"\x10\x11")


@pytest.mark.parametrize("via", BOTH)
async def test_keys_asked_for_detach_and_the_container_runs_on(
    engine: AsyncEngine, raw: RawEngine, make_container: MakeContainer, via: Via
) -> None:
    container_id = make_container(["sh"], tty=True)
    async with engine.attach(container_id, tty=True, detach_keys="ctrl-x,x", via=via) as h:
        await h.write(b"\x18x")
        await to_the_end(h.read)
    assert (await asyncio.to_thread(raw.inspect, container_id))["State"]["Running"]


async def test_without_a_terminal_a_hijack_keeps_both_outputs_apart(
    engine: AsyncEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sh", "-c", "read x; echo out $x; echo err $x >&2"])
    async with engine.attach(container_id, tty=False, via="hijack") as h:
        assert h.is_multiplexed
        await h.write(b"42\n")
        whole = await to_the_end(h.read)
    assert (payload_of(whole, 1), payload_of(whole, 2)) == (b"out 42\n", b"err 42\n")


async def test_without_a_terminal_a_websocket_mixes_them(engine: AsyncEngine, make_container: MakeContainer) -> None:
    container_id = make_container(["sh", "-c", "read x; echo out $x; echo err $x >&2"])
    async with engine.attach(container_id, tty=False, via="ws") as h:
        assert not h.is_multiplexed
        await h.write(b"42\n")
        whole = await to_the_end(h.read)
    assert sorted(whole.splitlines()) == [b"err 42", b"out 42"]


@pytest.mark.parametrize("via", BOTH)
async def test_conformance_24_attached_to_a_stopped_container_it_speaks_once_started(
    engine: AsyncEngine, raw: RawEngine, make_container: MakeContainer, via: Via
) -> None:
    container_id = make_container(["sh", "-c", "echo alive; read x"], tty=True, start=False)
    async with engine.attach(container_id, tty=True, via=via) as h:
        reading = asyncio.create_task(h.read())
        status, answer = await asyncio.to_thread(raw.post, f"/containers/{container_id}/start")
        assert status == 204, answer
        assert b"alive" in await asyncio.wait_for(reading, 60)


@pytest.mark.parametrize("via", BOTH)
async def test_conformance_26_the_end_of_a_container_is_an_end_and_inspect_knows_the_code(
    engine: AsyncEngine, raw: RawEngine, make_container: MakeContainer, via: Via
) -> None:
    container_id = make_container(["sh", "-c", "read x; echo bye; exit 7"], tty=True)
    async with engine.attach(container_id, tty=True, via=via) as h:
        await h.write(b"\r")
        assert (await to_the_end(h.read)).endswith(b"bye\r\n")
    await asyncio.to_thread(raw.post, f"/containers/{container_id}/wait")
    assert (await engine.run(containers.container_inspect(container_id))).state.exit_code == 7


@pytest.mark.parametrize("via", BOTH)
async def test_removing_a_container_ends_its_attach(
    engine: AsyncEngine, raw: RawEngine, make_container: MakeContainer, via: Via
) -> None:
    container_id = make_container(["sleep", "1000"])
    async with engine.attach(container_id, tty=False, via=via) as h:
        reading = asyncio.create_task(to_the_end(h.read))
        await asyncio.to_thread(raw.remove, container_id)
        assert await reading == b""


@pytest.mark.parametrize("via", BOTH)
async def test_a_paused_container_refuses_attach_and_exec(
    engine: AsyncEngine, raw: RawEngine, make_container: MakeContainer, via: Via
) -> None:
    container_id = make_container(["sleep", "1000"])
    assert raw.post(f"/containers/{container_id}/pause")[0] == 204
    with pytest.raises(Conflict, match="paused"):
        async with engine.attach(container_id, tty=False, via=via):
            pass
    with pytest.raises(Conflict, match="paused"):
        await engine.run(exec.exec_create(container_id, cmd=["true"]))
    with pytest.raises(NotFound):
        async with engine.attach("nobody-here", tty=False, via=via):
            pass
    assert raw.post(f"/containers/{container_id}/unpause")[0] == 204


@pytest.mark.parametrize("via", BOTH)
async def test_conformance_27_closing_stdin_ends_no_session_of_a_container_without_stdin_once(
    engine: AsyncEngine, make_container: MakeContainer, via: Via
) -> None:
    container_id = make_container(["cat"])
    async with engine.attach(container_id, tty=False, stdin_once=False, via=via) as h:
        assert await h.close_stdin() is False
        await h.write(b"still here\n")
        await until(h.read, b"still here\n")


@pytest.mark.parametrize("via", BOTH)
async def test_closing_stdin_of_a_stdin_once_container_lets_it_finish(
    engine: AsyncEngine, raw: RawEngine, make_container: MakeContainer, via: Via
) -> None:
    container_id = make_container(["sh", "-c", "cat; echo done"], StdinOnce=True)
    async with engine.attach(container_id, tty=False, stdin_once=True, via=via) as h:
        await h.write(b"some input\n")
        assert await h.close_stdin() is True
        whole = await to_the_end(h.read)
    assert b"some input\n" in whole
    assert whole.endswith(b"done\n")
    status = (await asyncio.to_thread(raw.post, f"/containers/{container_id}/wait"))[1]
    assert status["StatusCode"] == 0


async def pump(h: object, blob: bytes) -> None:
    for start in range(0, len(blob), 65536):
        await h.write(blob[start : start + 65536])  # type: ignore[attr-defined]
    await h.close_stdin()  # type: ignore[attr-defined]


async def test_a_megabyte_goes_through_an_exec_and_back_unchanged(
    engine: AsyncEngine, make_container: MakeContainer
) -> None:
    blob = random.Random(1).randbytes(1 << 20)
    container_id = make_container(["sleep", "1000"])
    exec_id = await engine.run(exec.exec_create(container_id, cmd=["cat"]))
    async with engine.exec_start(exec_id, tty=False) as h:
        writing = asyncio.create_task(pump(h, blob))
        whole = await to_the_end(h.read)
        await writing
    assert payload_of(whole, 1) == blob
    assert (await engine.run(exec.exec_inspect(exec_id))).exit_code == 0


@pytest.mark.parametrize("via", BOTH)
async def test_a_megabyte_goes_through_an_attach_and_back_unchanged(
    engine: AsyncEngine, make_container: MakeContainer, via: Via
) -> None:
    """With \\xff and the engine's detach keys in it. The websocket is byte-identical too, for one output alone."""
    blob = random.Random(2).randbytes(1 << 20)
    container_id = make_container(["cat"], StdinOnce=True)
    async with engine.attach(container_id, tty=False, stdin_once=True, via=via) as h:
        writing = asyncio.create_task(pump(h, blob))
        whole = await to_the_end(h.read)
        await writing
    assert (payload_of(whole, 1) if h.is_multiplexed else whole) == blob


async def test_exit_codes_of_exec_come_from_inspect(engine: AsyncEngine, make_container: MakeContainer) -> None:
    container_id = make_container(["sleep", "1000"])
    exec_id = await engine.run(exec.exec_create(container_id, cmd=["sh", "-c", "echo out; echo err >&2; exit 5"]))
    async with engine.exec_start(exec_id, tty=False) as h:
        assert h.is_multiplexed
        whole = await to_the_end(h.read)
    assert (payload_of(whole, 1), payload_of(whole, 2)) == (b"out\n", b"err\n")
    inspected = await engine.run(exec.exec_inspect(exec_id))
    assert inspected.exit_code == 5


@pytest.mark.parametrize("tty", [False, True])
async def test_conformance_28_a_missing_program_is_told_in_the_stream_and_by_an_exit_code(
    engine: AsyncEngine, make_container: MakeContainer, tty: bool
) -> None:
    container_id = make_container(["sleep", "1000"])
    exec_id = await engine.run(exec.exec_create(container_id, cmd=["no-such-program"], tty=tty))
    async with engine.exec_start(exec_id, tty=tty) as h:
        whole = await to_the_end(h.read)
    assert b"OCI runtime exec failed" in whole
    code = (await engine.run(exec.exec_inspect(exec_id))).exit_code
    assert code == 126 if IS_DEFAULT else code in (126, 127), "newer engines say what shells say of a missing program"


async def test_an_exec_whose_container_has_stopped_is_not_found(
    engine: AsyncEngine, raw: RawEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sleep", "1000"])
    exec_id = await engine.run(exec.exec_create(container_id, cmd=["sh"]))
    assert (await asyncio.to_thread(raw.post, f"/containers/{container_id}/kill"))[0] == 204
    with pytest.raises(NotFound):
        async with engine.exec_start(exec_id, tty=False):
            pass


async def test_conformance_29_a_terminal_is_resized_after_its_start(
    engine: AsyncEngine, make_container: MakeContainer
) -> None:
    container_id = make_container(["sleep", "1000"])
    exec_id = await engine.run(exec.exec_create(container_id, cmd=["sh"], tty=True))
    async with engine.exec_start(exec_id, tty=True, console_size=(24, 80)) as h:
        await until(h.read, b"# ")
        await engine.run(exec.exec_resize(exec_id, rows=33, columns=111))
        await h.write(b"stty size\r")
        await until(h.read, b"33 111")
        await h.write(b"exit\r")
        await to_the_end(h.read)


async def test_conformance_30_leaving_an_exec_does_not_end_its_process(
    engine: AsyncEngine, make_container: MakeContainer
) -> None:
    """The policy on this level: closing kills nothing; whoever opened it ends it (by the pid that inspect tells)."""
    container_id = make_container(["sleep", "1000"])
    exec_id = await engine.run(exec.exec_create(container_id, cmd=["sh", "-c", "echo up; sleep 1000"]))
    async with engine.exec_start(exec_id, tty=False) as h:
        await until(h.read, b"up\n")
    assert (await engine.run(exec.exec_inspect(exec_id))).running


async def test_the_older_wire_works_too(endpoint: Endpoint, make_container: MakeContainer) -> None:
    for version in ("1.20", "1.24", "1.33") if IS_DEFAULT else PINNED:
        engine = AsyncEngine(endpoint, pinned=ApiVersion.parse(version))
        container_id = make_container(["cat"], tty=True)
        for via in BOTH:
            async with engine.attach(container_id, tty=True, via=via) as h:
                await h.write(b"caf\xc3\xa9\r")
                await until(h.read, b"caf\xc3\xa9\r\n")
        exec_id = await engine.run(exec.exec_create(container_id, cmd=["echo", "hi"]))
        async with engine.exec_start(exec_id, tty=False) as h:
            assert payload_of(await to_the_end(h.read), 1) == b"hi\n"
