"""One container in the place of another. The new one is made while the old one runs; the old one goes last.

    make   the new one, under a name of its own: what the engine refuses here has touched nothing
    join   its further networks
    stop   the old one (one that removes itself is gone then)
    swap   the old one's name gets "-before-…", the new one the name
    start  the new one, if the old one ran
    watch  that it does not fail at once
    clear  the old one away, without its volumes

What fails on the way is undone by looking at what is there, not by remembering what was asked for: an engine that did
not answer in time may have done it all the same. A stopped container holds neither ports nor addresses, so the old one
stays connected to its networks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from apps.core.errors import Refusal
from apps.engine.api import containers as api
from apps.engine.api.container_create import container_create
from apps.engine.api.networks import network_connect
from apps.engine.errors import Conflict, EngineError, NotFound
from apps.engine.operations import CONTAINER_INSPECT
from apps.engine.types.container_create import CreateSpec, EndpointSpec
from apps.engine.types.container_inspect import ContainerInspect
from apps.engine.wire.frames import FrameError, FrameSplitter
from apps.hosts.gate import OpenedContainer

SETTLE_S = 2.0
"""Seconds in which a new container must not fail."""
_LOOK_EVERY_S = 0.2
_GONE_WITHIN_S = 30.0
_LAST_RECORDS = 5
_LONGEST_WORDS = 1000

Failure = EngineError | Refusal


class Step(StrEnum):
    """Where it stands."""

    MAKE = "make"
    JOIN = "join"
    STOP = "stop"
    SWAP = "swap"
    START = "start"
    WATCH = "watch"
    CLEAR = "clear"
    BACK = "back"
    """What was begun is undone."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A container to be: what the engine is told to make, and the networks that it joins before it starts."""

    spec: CreateSpec
    platform: str = ""
    further_networks: Sequence[tuple[str, EndpointSpec]] = ()


@dataclass(frozen=True, slots=True)
class Replaced:
    """It is done. `kept_as` is the old one's name if it is still there, `left_over` why although it was to go."""

    container_id: str
    old_id: str
    name: str
    is_running: bool
    warnings: tuple[str, ...] = ()
    kept_as: str = ""
    left_over: str = ""


@dataclass(frozen=True, slots=True)
class EndedAtOnce:
    """The new one started and ended. `exit_code` None: it removed itself. `last_words` are the end of its log."""

    exit_code: int | None
    last_words: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a container: its name and state now; both "" when the engine did not say."""

    container_id: str
    name: str
    status: str


@dataclass(frozen=True, slots=True)
class NotReplaced:
    """It did not work. `undoing` None: all is as before; otherwise what stopped the undoing, and what is where.

    `restored_id` is the id of the old container made anew, when the first had removed itself.
    """

    step: Step
    failure: Failure | EndedAtOnce
    name: str
    was_running: bool
    old_id: str
    restored_id: str = ""
    undoing: Failure | None = None
    old: Standing | None = None
    new: Standing | None = None


class _Ended(Exception):
    def __init__(self, ended: EndedAtOnce) -> None:
        super().__init__()
        self.ended = ended


class Replacement:
    """One attempt. `before` is the definition of an old container that removes itself when it ends, else None."""

    def __init__(
        self,
        opened: OpenedContainer,
        wanted: Wanted,
        *,
        before: Wanted | None,
        is_kept: bool,
        tell: Callable[[Step], None],
    ) -> None:
        self._engine = opened.engine
        self._old = opened.container
        self._wanted = wanted
        self._before = before
        self._is_kept = is_kept
        self._tell = tell
        self._step = Step.MAKE
        self._name = opened.container.name
        self._was_running = opened.container.is_running
        self._was_restarting = opened.container.state.status == "restarting"
        self._new_name = f"{self._name}-new-{self._old.short_id}"
        self._aside_name = f"{self._name}-before-{self._old.short_id}"
        self._new_id = ""
        self._restored_id = ""
        self._warnings: list[str] = []

    def run(self) -> Replaced | NotReplaced:
        """Do it all, or undo it all."""
        try:
            self._make()
            is_aside = self._swap()
            is_running = self._start()
        except (EngineError, Refusal) as failure:
            return self._undone(failure)
        except _Ended as exc:
            return self._undone(exc.ended)
        kept_as, left_over = self._aside_name if is_aside else "", ""
        if is_aside and not self._is_kept:
            self._begin(Step.CLEAR)
            try:
                self._engine.run(api.container_remove(self._old.id))
                kept_as = ""
            except (EngineError, Refusal) as failure:
                left_over = str(failure)
        return Replaced(self._new_id, self._old.id, self._name, is_running, tuple(self._warnings), kept_as, left_over)

    def _begin(self, step: Step) -> None:
        self._step = step
        self._tell(step)

    def _make(self) -> None:
        self._begin(Step.MAKE)
        self._new_id = self._made(self._wanted, name=self._new_name)
        if self._wanted.further_networks:
            self._begin(Step.JOIN)
            self._join(self._new_id, self._wanted)

    def _made(self, wanted: Wanted, *, name: str) -> str:
        made = self._engine.run(container_create(wanted.spec, name=name, platform=wanted.platform))
        self._warnings += made.warnings
        return made.id

    def _join(self, container_id: str, wanted: Wanted) -> None:
        for network, endpoint in wanted.further_networks:
            self._engine.run(network_connect(network, container_id=container_id, endpoint=endpoint))

    def _swap(self) -> bool:
        """Stop the old one and exchange the names. Returns whether the old one is still there, under another name."""
        if self._was_running:
            self._begin(Step.STOP)
            self._engine.run(api.container_stop(self._old.id, timeout_s=self._old.config.stop_timeout_s))
        self._begin(Step.SWAP)
        is_there = not (self._was_running and self._old.host_config.auto_remove) or not self._is_gone()
        if is_there:
            self._engine.run(api.container_rename(self._old.id, name=self._aside_name))
        self._engine.run(api.container_rename(self._new_id, name=self._name))
        return is_there

    def _is_gone(self) -> bool:
        """Wait for a container that removes itself; its name is free only then."""
        until = time.monotonic() + _GONE_WITHIN_S
        while self._inspected(self._old.id) is not None:
            if time.monotonic() > until:
                return False
            time.sleep(_LOOK_EVERY_S)
        return True

    def _start(self) -> bool:
        if not self._was_running:
            return False
        self._begin(Step.START)
        self._engine.run(api.container_start(self._new_id))
        if self._was_restarting:  # it failed again and again before: nothing can be learned from the first seconds
            return True
        self._begin(Step.WATCH)
        until = time.monotonic() + SETTLE_S
        while True:
            now = self._inspected(self._new_id)
            if now is None:
                raise _Ended(EndedAtOnce(None, ""))
            if now.state.status == "restarting" or (not now.is_running and now.state.exit_code != 0):
                raise _Ended(EndedAtOnce(now.state.exit_code, self._last_words(now)))
            if not now.is_running or time.monotonic() > until:
                return now.is_running
            time.sleep(_LOOK_EVERY_S)

    def _last_words(self, container: ContainerInspect) -> str:
        """The end of its log: it goes with the container."""
        try:
            found = self._engine.run(api.container_logs(container.id, tail=_LAST_RECORDS))
            if not container.is_tty:
                found = b"".join(frame.payload for frame in FrameSplitter().feed(found))
        except (EngineError, Refusal, FrameError):
            return ""
        return found.decode(errors="replace").strip()[-_LONGEST_WORDS:]

    def _inspected(self, ref: str) -> ContainerInspect | None:
        try:
            return self._engine.run(api.container_inspect(ref))
        except NotFound:
            return None

    def _undone(self, failure: Failure | EndedAtOnce) -> NotReplaced:
        failed_at = self._step
        self._begin(Step.BACK)
        undoing: Failure | None = None
        try:
            self._remove_new(is_found_by_name=not isinstance(failure, Conflict))
            self._bring_back()
        except (EngineError, Refusal) as second:
            undoing = second
        return NotReplaced(
            failed_at,
            failure,
            name=self._name,
            was_running=self._was_running,
            old_id=self._old.id,
            restored_id=self._restored_id,
            undoing=undoing,
            old=self._standing(self._old.id) if undoing else None,
            new=self._standing(self._new_id or self._new_name) if undoing else None,
        )

    def _remove_new(self, *, is_found_by_name: bool) -> None:
        """Remove what was made: it may hold ports and addresses that the old one needs.

        After a conflict nothing was made: what has the name is another's, of another server on this engine perhaps.
        """
        new_id = self._new_id
        if not new_id and is_found_by_name:  # its making may have been carried out although the answer did not come
            found = self._inspected(self._new_name)
            new_id = found.id if found is not None and found.name == self._new_name else ""
        if new_id:
            self._engine.run(api.container_remove(new_id, force=True, volumes=True))

    def _bring_back(self) -> None:
        now = self._inspected(self._old.id)
        if now is None and self._before is not None:
            self._restored_id = self._made(self._before, name=self._name)
            self._join(self._restored_id, self._before)
            if self._was_running:
                self._engine.run(api.container_start(self._restored_id))
            return
        if now is None:
            raise NotFound(404, f"No such container: {self._old.id}", operation=CONTAINER_INSPECT.id)
        if now.name != self._name:
            self._engine.run(api.container_rename(self._old.id, name=self._name))
        if self._was_running and not now.is_running:
            self._engine.run(api.container_start(self._old.id))

    def _standing(self, ref: str) -> Standing:
        try:
            now = self._inspected(ref)
        except (EngineError, Refusal):
            return Standing(ref, "", "")
        return Standing(ref, "", "gone") if now is None else Standing(now.id, now.name, now.state.status)
