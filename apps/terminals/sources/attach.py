"""A container's own streams, and how it ended."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.errors import Unavailable
from apps.engine.aio import AsyncEngine
from apps.engine.api.containers import container_inspect, container_resize, container_wait
from apps.engine.call import Reply
from apps.engine.errors import ApiError, EngineError, NotFound
from apps.engine.hijack import Attached
from apps.engine.types.container_inspect import ContainerInspect
from apps.engine.version import ApiVersion
from apps.engine.wire.frames import ENGINE_MESSAGE, STDERR, STDOUT
from apps.hosts.gate import open_container_async
from apps.terminals import closes, patience
from apps.terminals.closes import Ending
from apps.terminals.feed import Feed, feed_of
from apps.terminals.messages import Resize
from apps.terminals.query import AttachWish

log = logging.getLogger(__name__)

WAIT_TELLS_AT_ONCE_SINCE = ApiVersion(1, 30)
END_PATIENCE_S = 10.0
DETACH_PATIENCE_S = 1.5
LOOK_EVERY_S = 0.1


class AttachSource:
    """One attached container."""

    def __init__(
        self,
        engine: AsyncEngine,
        container: ContainerInspect,
        *,
        attached: Attached,
        wish: AttachWish,
        feed: Feed,
        exit_code: "asyncio.Task[int | None]",
    ) -> None:
        self._engine = engine
        self._wish = wish
        self._exit_code = exit_code
        self.container = container
        self.attached = attached
        self.feed = feed

    @property
    def is_waiting(self) -> bool:
        """Whether the container did not run when it was attached to: it speaks once somebody starts it."""
        return not self.container.state.running

    @property
    def streams(self) -> frozenset[int] | None:
        """Which streams of a multiplexed connection are wanted; None: the connection is not multiplexed."""
        if not self.attached.is_multiplexed:
            return None
        wanted = {STDOUT: self._wish.stdout, STDERR: self._wish.stderr, ENGINE_MESSAGE: True}
        return frozenset(stream for stream, is_wanted in wanted.items() if is_wanted)

    async def resize(self, size: Resize) -> bool:
        """Set the terminal's size; False when the engine did not take it (the container does not run)."""
        try:
            await self._engine.run(container_resize(self.container.id, rows=size.rows, columns=size.cols))
        except (EngineError, Unavailable) as exc:
            log.debug("size not taken: %s", exc)
            return False
        return True

    async def is_running(self) -> bool:
        """Whether the container runs now."""
        try:
            return (await patience.ask(self._engine, container_inspect(self.container.id))).state.running
        except NotFound:
            return False

    async def ending(self) -> Ending:
        """How it ended, asked after the engine's side has. Exit codes come from wait or inspect, never from events."""
        loop = asyncio.get_running_loop()
        patience_s = DETACH_PATIENCE_S if self._wish.detach_keys else END_PATIENCE_S
        give_up_at = loop.time() + patience_s
        while True:
            await asyncio.wait({self._exit_code}, timeout=LOOK_EVERY_S)
            if self._exit_code.done() and (code := self._exit_code.result()) is not None:
                return closes.exited(code)
            try:
                state = (await patience.ask(self._engine, container_inspect(self.container.id))).state
            except NotFound:
                return await self._gone()
            except ApiError:
                raise
            except (EngineError, Unavailable):
                return closes.ended("engine_gone")
            if not state.running and state.finished_at:
                return closes.exited(state.exit_code)
            if loop.time() >= give_up_at:
                return closes.ended("detached")

    async def _gone(self) -> Ending:
        await asyncio.wait({self._exit_code}, timeout=DETACH_PATIENCE_S)
        code = self._exit_code.result() if self._exit_code.done() else None
        return closes.ended("removed") if code is None else closes.exited(code)


@asynccontextmanager
async def attach_open(actor: Actor, host_slug: str, ref: str, *, wish: AttachWish) -> AsyncIterator[AttachSource]:
    """Attach to a container. Raises what the gate and the engine raise (Conflict: it is paused)."""
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(open_container_async(actor, host_slug, ref, Action.CONTAINER_ATTACH))
        engine, container = opened.engine, opened.container
        chooses = not container.config.tty and not (wish.stdout and wish.stderr)
        exit_code = asyncio.create_task(_exit_code(engine, container), name="exit code")
        stack.push_async_callback(_drop, exit_code)
        attached = await stack.enter_async_context(
            engine.attach(
                container.id,
                tty=container.config.tty,
                logs=wish.logs,
                stdin=wish.stdin,
                stdin_once=container.config.stdin_once,
                detach_keys=wish.detach_keys,
                via="hijack" if chooses else None,  # the WebSocket mixes both streams
            )
        )
        yield AttachSource(
            engine, container, attached=attached, wish=wish, feed=feed_of(opened.host, engine), exit_code=exit_code
        )


async def _exit_code(engine: AsyncEngine, container: ContainerInspect) -> int | None:
    """Wait for the container's end; None when the engine cannot tell."""
    try:
        if (await engine.facts()).api_version < WAIT_TELLS_AT_ONCE_SINCE:
            return None
        call = container_wait(container.id, condition="not-running" if container.state.running else "next-exit")
        async with engine.stream(call) as stream:
            body = b"".join([chunk async for chunk in stream])
            waited = call.parse(Reply(stream.status, stream.headers, body, stream.version))
    except EngineError as exc:
        log.debug("no exit code by wait: %s", exc)
        return None
    return None if waited.error is not None and waited.error.message else waited.status_code


async def _drop(task: "asyncio.Task[int | None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
