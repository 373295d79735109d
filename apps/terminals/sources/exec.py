"""A command run in a container for one browser, and the end of it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.errors import Unavailable
from apps.engine.aio import AsyncEngine
from apps.engine.api.archive import archive_stat
from apps.engine.api.exec import exec_create, exec_inspect, exec_resize
from apps.engine.errors import BadRequest, EngineError, NotFound
from apps.engine.hijack import Attached
from apps.engine.types.archive import PathStat
from apps.engine.version import ApiVersion
from apps.hosts.gate import open_container_async
from apps.terminals import closes, patience, reaper, sessions
from apps.terminals.bridge import ALL_STREAMS
from apps.terminals.closes import Ending
from apps.terminals.feed import Feed, feed_of
from apps.terminals.journal import Entry
from apps.terminals.messages import Resize
from apps.terminals.query import ExecWish
from apps.terminals.reaper import MARK, Marked
from apps.terminals.shells import best_shell
from apps.terminals.sweeper import journal

log = logging.getLogger(__name__)

ENVIRONMENT_SINCE = ApiVersion(1, 25)
DETACH_KEYS_SINCE = ApiVersion(1, 22)
QUIET_DETACH_KEYS = "ctrl-^,ctrl-@,ctrl-^,ctrl-@"
"""The engine's own default swallows a lone Ctrl-P. A tab detaches by being closed, so keys nobody types do."""

TERMINAL_KIND = "TERM=xterm-256color"
END_PATIENCE_S = 5.0
LOOK_EVERY_S = 0.02
RESIZE_ATTEMPTS = 5
RESIZE_AGAIN_S = 0.2

_MARKING = f'export {MARK}="$0"; exec "$@"'


class ExecSource:
    """One running command. Its id at the engine stays in here: it never reaches a browser."""

    def __init__(
        self, engine: AsyncEngine, exec_id: str, *, attached: Attached, command: tuple[str, ...], tty: bool, feed: Feed
    ) -> None:
        self._engine = engine
        self._exec_id = exec_id
        self.attached = attached
        self.command = command
        self.tty = tty
        self.feed = feed
        self.has_ended = False
        """Whether the engine said that the command has ended by itself."""

    @property
    def streams(self) -> frozenset[int] | None:
        """Which streams of a multiplexed connection are wanted: all; None: the connection is not multiplexed."""
        return ALL_STREAMS if self.attached.is_multiplexed else None

    async def resize(self, size: Resize) -> bool:
        """Set the terminal's size. An engine that has not quite started the command yet is asked again."""
        for _attempt in range(RESIZE_ATTEMPTS):
            try:
                await self._engine.run(exec_resize(self._exec_id, rows=size.rows, columns=size.cols))
            except NotFound:
                return False
            except (EngineError, Unavailable) as exc:
                log.debug("size not taken: %s", exc)
                await asyncio.sleep(RESIZE_AGAIN_S)
            else:
                return True
        return False

    async def ending(self) -> Ending:
        """How the command ended, asked after the engine's side has."""
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + END_PATIENCE_S
        while loop.time() < give_up_at:
            try:
                inspected = await patience.ask(self._engine, exec_inspect(self._exec_id))
            except NotFound:
                self.has_ended = True
                return closes.ended("removed")
            except (EngineError, Unavailable):
                return closes.ended("engine_gone")
            if inspected.has_ended and inspected.exit_code is not None:
                self.has_ended = True
                return closes.exited(inspected.exit_code)
            await asyncio.sleep(LOOK_EVERY_S)
        return closes.ended("detached")


class ExecSession:
    """Opens one command, and sees to its end when it is left."""

    def __init__(self, actor: Actor, host_slug: str, ref: str, *, wish: ExecWish) -> None:
        self._actor = actor
        self._host_slug = host_slug
        self._ref = ref
        self._wish = wish
        self._reaping: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[ExecSource]:
        """Run the command. Raises what the gate and the engine raise; Conflict: the container does not run."""
        wish = self._wish
        async with AsyncExitStack() as stack:
            opened = await stack.enter_async_context(
                open_container_async(self._actor, self._host_slug, self._ref, Action.CONTAINER_EXEC)
            )
            engine, container_id = opened.engine, opened.container.id
            command = wish.command or (await _best_shell(engine, container_id),)
            token = reaper.new_token()
            exec_id = await create_marked(engine, container_id, wish=wish, command=command, token=token)
            marked = Marked(container_id, token, user=wish.user, exec_id=exec_id)
            journal().began(Entry(opened.host.slug, marked))
            source: ExecSource | None = None
            try:
                size = (wish.size.rows, wish.size.cols) if wish.size else None
                attached = await stack.enter_async_context(
                    engine.exec_start(exec_id, tty=wish.tty, console_size=size if wish.tty else None)
                )
                feed = feed_of(opened.host, engine)
                source = ExecSource(engine, exec_id, attached=attached, command=command, tty=wish.tty, feed=feed)
                yield source
            finally:
                if source is not None and source.has_ended:
                    journal().ended(token)
                else:
                    name = f"reaper of an exec in {container_id[:12]}"
                    self._reaping = sessions.chore(_reap(engine, marked), name=name)

    async def left_nothing(self) -> None:
        """Wait until the command that was left is ended. Being cancelled here does not spare it."""
        if self._reaping is not None:
            await asyncio.wait({self._reaping})


async def _reap(engine: AsyncEngine, marked: Marked) -> None:
    """End a command that was left. The work outlives the socket that it was run for."""
    if await reaper.end(engine, marked):
        journal().ended(marked.token)


async def create_marked(
    engine: AsyncEngine, container_id: str, *, wish: ExecWish, command: tuple[str, ...], token: str
) -> str:
    """Make an exec that bears the mark; its id. Nothing runs yet."""
    version = (await engine.facts()).api_version
    env: list[str] = list(wish.env)
    if version >= ENVIRONMENT_SINCE:
        defaults = [TERMINAL_KIND] if wish.tty else []
        env = [*defaults, *wish.env, f"{MARK}={token}"]
    else:  # no environment for execs yet: a shell sets the mark, then becomes the command
        command = ("/bin/sh", "-c", _MARKING, token, *command)
    return await engine.run(
        exec_create(
            container_id,
            cmd=command,
            tty=wish.tty,
            user=wish.user,
            env=env or None,
            working_dir=wish.workdir,
            privileged=wish.privileged,
            detach_keys=QUIET_DETACH_KEYS if version >= DETACH_KEYS_SINCE else None,
            console_size=(wish.size.rows, wish.size.cols) if wish.size else None,
        )
    )


async def _best_shell(engine: AsyncEngine, container_id: str) -> str:
    async def look(path: str) -> PathStat | None:
        try:
            return await engine.run(archive_stat(container_id, path=path))
        except (NotFound, BadRequest):
            return None

    return await best_shell(look)
