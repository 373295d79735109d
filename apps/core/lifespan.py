"""What runs when the server starts and stops. Apps register here (in `AppConfig.ready`); the server calls.

Hooks are coroutine functions on the server's event loop; starts run in order of registration, stops all at once.
They do not run under `manage.py`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

Hook = Callable[[], Awaitable[None]]
STOP_WITHIN_S = 2.0

_starts: list[Hook] = []
_stops: list[Hook] = []


def on_startup(hook: Hook) -> Hook:
    """Run `hook` once the event loop stands, before the first request. An exception there stops the start."""
    if hook not in _starts:
        _starts.append(hook)
    return hook


def on_shutdown(hook: Hook) -> Hook:
    """Run `hook` after the last request. It gets `STOP_WITHIN_S` seconds."""
    if hook not in _stops:
        _stops.append(hook)
    return hook


async def start() -> None:
    for hook in list(_starts):
        await hook()


async def stop() -> None:
    """Run all stops, at the same time: the process must end soon."""
    await asyncio.gather(*(_stop(hook) for hook in _stops))


async def _stop(hook: Hook) -> None:
    try:
        await asyncio.wait_for(hook(), STOP_WITHIN_S)
    except Exception:
        log.exception("stopping: %s.%s failed", hook.__module__, getattr(hook, "__qualname__", hook))
