"""The end of a container, waited for without holding a thread."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.errors import Refusal
from apps.engine.api.containers import WaitCondition, container_wait
from apps.engine.call import Reply
from apps.engine.errors import EngineError, TimedOut, VersionTooOld
from apps.engine.operations import CONTAINER_WAIT
from apps.engine.version import ApiVersion
from apps.hosts.gate import open_container, open_container_async

CONDITION_SINCE = ApiVersion(1, 30)


@dataclass(frozen=True, slots=True)
class Waited:
    """How a wait went. `has_ended` False: its time was up first. `reason`: the engine's words when it told no code."""

    container_id: str
    name: str
    has_ended: bool
    exit_code: int | None = None
    reason: str = ""


def container_waited(
    actor: Actor, host_slug: str, ref: str, *, condition: WaitCondition | None, deadline_s: float
) -> AsyncIterator[Waited]:
    """Wait for the end of a container, `deadline_s` at most; the one item that comes tells how it went.

    Raises at once what the gate raises, and VersionTooOld for a condition below API 1.30. There the engine sends
    nothing before the end, and ten seconds are the most that can be waited.
    """
    with open_container(actor, host_slug, ref, Action.CONTAINER_VIEW) as opened:
        container, version = opened.container, opened.engine.version
        if condition is not None and version < CONDITION_SINCE:
            raise VersionTooOld(CONTAINER_WAIT.id, CONDITION_SINCE, version, parameter="condition")
    return _waited(actor, host_slug, Waited(container.id, container.name, False), condition, deadline_s)


async def _waited(
    actor: Actor, host_slug: str, so_far: Waited, condition: WaitCondition | None, deadline_s: float
) -> AsyncIterator[Waited]:
    yield await _end(actor, host_slug, so_far, condition=condition, deadline_s=deadline_s)


async def _end(
    actor: Actor, host_slug: str, so_far: Waited, *, condition: WaitCondition | None, deadline_s: float
) -> Waited:
    container_id, name = so_far.container_id, so_far.name
    call = container_wait(container_id, condition=condition)
    try:
        async with (
            asyncio.timeout(deadline_s),
            open_container_async(actor, host_slug, container_id, Action.CONTAINER_VIEW) as opened,
            opened.engine.stream(call) as stream,
        ):
            body = b"".join([chunk async for chunk in stream])
            told = call.parse(Reply(stream.status, stream.headers, body, stream.version))
    except (TimeoutError, TimedOut):
        return so_far
    except (EngineError, Refusal) as exc:  # the answer has begun: what went wrong is told in it
        return Waited(container_id, name, False, reason=str(exc))
    reason = (told.error.message if told.error else "") or ""
    return Waited(container_id, name, True, exit_code=told.status_code, reason=reason)
