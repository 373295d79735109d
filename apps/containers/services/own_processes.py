"""The processes of a container as it sees them itself, and signals to one of them.

top shows the numbers that processes have on the host. Inside, they have other ones, and nothing that the engine tells
maps the one to the other. So a signal is never sent to a row of top: the container's own /proc is read by an exec, and
what is signalled is a process of that list, by its number there. Numbers are used again, so the moment at which the
process began is compared in the container, right before the signal.

Both need a shell in the container (`cat` too, for the list). Where a container shares the processes of the host or of
another container, its /proc shows theirs: neither is offered there.
"""

import dataclasses
import logging
import secrets
import time
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.errors import NotFoundHere, Refusal
from apps.engine.api.exec import exec_create, exec_inspect, exec_start
from apps.engine.errors import ProtocolBroken
from apps.engine.wire.frames import FrameError, FrameSplitter
from apps.hosts.errands import LISTING
from apps.hosts.gate import OpenedContainer, open_container

log = logging.getLogger(__name__)

DEADLINE_S = 15.0
END_PATIENCE_S = 2.0
LOOK_EVERY_S = 0.02
SHELL = "/bin/sh"
ROOT = "0"
SIGNAL_NAME: Final = "dockerweb-signal"
"""The $0 of the script: by it it is known in events."""

LIST_SCRIPT = r"""
cd /proc || exit 3
echo "$1 $$"
cat uptime || exit 3
echo
echo "$1 passwd"
cat /etc/passwd 2>/dev/null
echo
for p in [0-9]*; do
  [ "$p" = "$$" ] && continue
  echo "$1 $p"
  cat "$p/stat" "$p/status" "$p/cmdline" 2>/dev/null
  echo
done
exit 0
"""
"""Each part begins with a word that nobody else knows ($1); what stands between may hold any bytes."""

SIGNAL_SCRIPT = r"""
pid=$1 begun=$2 signal=$3
IFS= read -r stat < "/proc/$pid/stat" || exit 44
set -f
set -- ${stat##*') '}
shift 19 || exit 45
[ "$1" = "$begun" ] || exit 45
kill -"$signal" "$pid" || exit 46
exit 0
"""
_GONE: Final = frozenset({44, 45})
_CANNOT_RUN: Final = frozenset({126, 127})


@dataclass(frozen=True, slots=True)
class SignalWish:
    """A process by the container's own number and the moment it began (clock ticks since the host's start), and the
    signal without its SIG. `uid` is the user it runs as: as that user the signal is sent.
    """

    pid: int
    start_ticks: int
    uid: int
    signal: str


@dataclass(frozen=True, slots=True)
class OwnList:
    """What the script wrote, by parts. `parts` are (number, bytes) of each process."""

    uptime: bytes
    passwd: bytes
    parts: tuple[tuple[int, bytes], ...]


def own_process_list(actor: Actor, host_slug: str, ref: str) -> OwnList:
    """Read the container's own /proc. Conflict: it does not run. Refusal: it cannot be read, and why."""
    with open_container(actor, host_slug, ref, Action.CONTAINER_EXEC) as opened:
        _require_own_namespace(opened)
        mark = secrets.token_hex(16)
        exit_code, written = _run(opened, [SHELL, "-c", LIST_SCRIPT, LISTING, mark], user=ROOT)
        if exit_code != 0:
            raise _no_shell()
        return split(written, mark.encode())


def process_signal(actor: Actor, host_slug: str, ref: str, *, wish: SignalWish) -> None:
    """Send a signal to one process of the container. NotFoundHere: it has ended, or its number is another's now."""
    with open_container(actor, host_slug, ref, Action.CONTAINER_EXEC) as opened:
        _require_own_namespace(opened)
        words = [SHELL, "-c", SIGNAL_SCRIPT, SIGNAL_NAME, str(wish.pid), str(wish.start_ticks), wish.signal]
        exit_code, written = _run(opened, words, user=str(wish.uid))
        if exit_code in _CANNOT_RUN:
            raise _no_shell()
        if exit_code in _GONE:
            raise NotFoundHere(
                _("This process has ended"), _("No signal was sent."), hint=_("Read the processes again.")
            )
        if exit_code != 0:
            said = written.decode("utf-8", "replace").strip()
            raise Refusal(_("The signal was not sent"), said, status=409)
        container_id = opened.container.id[:12]
        log.info("%s: %s to process %d in %s", actor.username, wish.signal, wish.pid, container_id)


def split(written: bytes, mark: bytes) -> OwnList:
    """Take the script's output apart."""
    heads: dict[bytes, bytes] = {}
    parts: list[tuple[int, bytes]] = []
    for index, piece in enumerate(written.split(mark + b" ")[1:]):
        name, _newline, rest = piece.partition(b"\n")
        rest = rest.removesuffix(b"\n")
        if index == 0:
            heads[b"uptime"] = rest
        elif name == b"passwd":
            heads[name] = rest
        elif name.isdigit():
            parts.append((int(name), rest))
    return OwnList(heads.get(b"uptime", b""), heads.get(b"passwd", b""), tuple(parts))


def _run(opened: OpenedContainer, words: list[str], *, user: str) -> tuple[int | None, bytes]:
    """Run a command to its end: its exit code and what it wrote to stdout and stderr."""
    engine = opened.engine
    exec_id = engine.run(exec_create(opened.container.id, cmd=words, stdin=False, user=user))
    answer = engine.run(dataclasses.replace(exec_start(exec_id), deadline_s=DEADLINE_S))
    try:
        written = b"".join(frame.payload for frame in FrameSplitter().feed(answer))
    except FrameError as exc:
        raise ProtocolBroken(str(exc)) from exc
    give_up_at = time.monotonic() + END_PATIENCE_S
    while not (ended := engine.run(exec_inspect(exec_id))).has_ended and time.monotonic() < give_up_at:
        time.sleep(LOOK_EVERY_S)
    return ended.exit_code, written


def _require_own_namespace(opened: OpenedContainer) -> None:
    if opened.container.host_config.pid_mode in ("", "private"):
        return
    raise Refusal(
        _("This container's processes are not its own"),
        _("It shares the processes of the host or of another container, so that a signal could reach one of those."),
        status=409,
    )


def _no_shell() -> Refusal:
    return Refusal(
        _("The container cannot be looked into"),
        _("That takes /bin/sh and cat inside it, and /proc."),
        hint=_("The host's view of its processes does without."),
        status=409,
    )
