"""The verbs: start, stop, restart, kill, pause, unpause, remove.

Each resolves and decides by the gate, acts on the full id, and tells whether anything had to be done. An engine answers
304 where nothing had to be done and 409 (older ones 500) where the state is in the way; what the reader wanted and what
is already so count as success.
"""

import logging
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from enum import StrEnum

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.errors import ContainerStartFailed
from apps.containers.services.options import VerbOptions
from apps.core.errors import NotFoundHere, Refusal
from apps.engine.api import containers as api
from apps.engine.errors import ApiError, Conflict, EngineError, NotFound
from apps.engine.types.container_inspect import ContainerInspect
from apps.engine.version import ApiVersion
from apps.hosts import snapshots
from apps.hosts.gate import OpenedContainer, OpenedEngine, open_engine, resolved

log = logging.getLogger(__name__)

AT_ONCE = 8
SIGNAL_SINCE = ApiVersion(1, 42)
"""From here on a stop and a restart can be told the signal to ask with."""
_FULL_ID = re.compile(r"[0-9a-f]{64}")


class Verb(StrEnum):
    """What can be done to a container that exists."""

    START = "start"
    STOP = "stop"
    RESTART = "restart"
    KILL = "kill"
    PAUSE = "pause"
    UNPAUSE = "unpause"
    REMOVE = "remove"

    @property
    def action(self) -> Action:
        """The right that it takes."""
        return Action.CONTAINER_REMOVE if self is Verb.REMOVE else Action.CONTAINER_OPERATE


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verb that succeeded. `was_needed` False: it was so already."""

    verb: Verb
    container_id: str
    name: str
    was_needed: bool = True


@dataclass(frozen=True, slots=True)
class BulkItem:
    """One of several: an outcome, or why there is none."""

    ref: str
    outcome: Outcome | None = None
    failure: EngineError | Refusal | None = None


def container_do(actor: Actor, host_slug: str, *, ref: str, verb: Verb, options: VerbOptions) -> Outcome:
    """Do one verb to one container. Raises AccessDenied, NotFoundHere, ContainerStartFailed or what the engine says."""
    with open_engine(actor, host_slug, verb.action) as opened:
        return _done(opened, actor, ref=ref, verb=verb, options=options)


def container_do_all(
    actor: Actor,
    host_slug: str,
    *,
    refs: Sequence[str],
    verb: Verb,
    options: VerbOptions,
    tell: Callable[[BulkItem], None] = lambda item: None,
    is_over: Callable[[], bool] = lambda: False,
) -> list[BulkItem]:
    """Do one verb to several containers, at most 8 at a time. Every one is decided and told of by itself.

    `tell` is called with each as it is done, in any order; once `is_over` says so, no more is begun.
    """
    with open_engine(actor, host_slug, verb.action) as opened:

        def one(ref: str) -> BulkItem | None:
            if is_over():
                return None
            try:
                item = BulkItem(ref, outcome=_done(opened, actor, ref=ref, verb=verb, options=options))
            except (EngineError, Refusal) as failure:
                item = BulkItem(ref, failure=failure)
            tell(item)
            return item

        context = copy_context()  # the reader's language
        with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(refs)) or 1) as pool:
            items = list(pool.map(lambda ref: context.copy().run(one, ref), refs))
        return [item for item in items if item is not None]


def _done(opened: OpenedEngine, actor: Actor, *, ref: str, verb: Verb, options: VerbOptions) -> Outcome:
    try:
        target = resolved(opened, actor, ref=ref, action=verb.action)
    except NotFoundHere:
        if verb is Verb.REMOVE and _FULL_ID.fullmatch(ref):
            return Outcome(verb, ref, ref[:12], was_needed=False)
        raise
    try:
        was_needed = _DOERS[verb](target, options)
    finally:
        snapshots.of(opened.host).changed()
    name = target.container.name.removeprefix("/") or target.container.id[:12]
    log.info("%s: %s %s (%s) on %s", actor.username, verb, name, target.container.id[:12], opened.host.slug)
    return Outcome(verb, target.container.id, name, was_needed=was_needed)


def _start(target: OpenedContainer, options: VerbOptions) -> bool:
    try:
        return target.engine.run(api.container_start(target.container.id))
    except ApiError as exc:
        now = _inspected(target)
        if now is None or not now.state.error:
            raise
        name = now.name.removeprefix("/")
        raise ContainerStartFailed(name, now.state.error, exit_code=now.state.exit_code) from exc


def _stop(target: OpenedContainer, options: VerbOptions) -> bool:
    return target.engine.run(
        api.container_stop(target.container.id, timeout_s=options.timeout_s, signal=options.signal)
    )


def _restart(target: OpenedContainer, options: VerbOptions) -> bool:
    call = api.container_restart(target.container.id, timeout_s=options.timeout_s, signal=options.signal)
    target.engine.run(call)
    return True


def _kill(target: OpenedContainer, options: VerbOptions) -> bool:
    call = api.container_kill(target.container.id, signal=options.signal)
    return _unless(target, lambda: target.engine.run(call), is_so=lambda now: not now.state.running)


def _pause(target: OpenedContainer, options: VerbOptions) -> bool:
    call = api.container_pause(target.container.id)
    return _unless(target, lambda: target.engine.run(call), is_so=lambda now: bool(now.state.paused))


def _unpause(target: OpenedContainer, options: VerbOptions) -> bool:
    call = api.container_unpause(target.container.id)
    is_so: Callable[[ContainerInspect], bool] = lambda now: bool(now.state.running and not now.state.paused)  # noqa: E731
    return _unless(target, lambda: target.engine.run(call), is_so=is_so)


def _remove(target: OpenedContainer, options: VerbOptions) -> bool:
    call = api.container_remove(target.container.id, volumes=options.is_with_volumes, force=options.is_forced)
    try:
        target.engine.run(call)
    except NotFound:
        return False
    except Conflict:
        now = _inspected(target)
        if now is not None and now.state.status != "removing":
            raise
        return False
    return True


def _unless(target: OpenedContainer, act: Callable[[], object], *, is_so: Callable[[ContainerInspect], bool]) -> bool:
    """Act; when the engine says that the state is in the way, look whether it is just what was wanted."""
    try:
        act()
    except Conflict:
        now = _inspected(target)
        if now is None or not is_so(now):
            raise
        return False
    return True


def _inspected(target: OpenedContainer) -> ContainerInspect | None:
    try:
        return target.engine.run(api.container_inspect(target.container.id))
    except NotFound:
        return None


_DOERS: dict[Verb, Callable[[OpenedContainer, VerbOptions], bool]] = {
    Verb.START: _start,
    Verb.STOP: _stop,
    Verb.RESTART: _restart,
    Verb.KILL: _kill,
    Verb.PAUSE: _pause,
    Verb.UNPAUSE: _unpause,
    Verb.REMOVE: _remove,
}
