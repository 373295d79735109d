"""Programs of a container that see to its files: argument lists, and never longer than needed.

A shell's text is only what hands on names that are not UTF-8, and holds no character of them.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.containers.paths import encoded, is_text
from apps.core.errors import Refusal
from apps.engine.api.exec import exec_create, exec_inspect, exec_start
from apps.engine.errors import TimedOut
from apps.engine.wire.frames import FrameSplitter
from apps.hosts.gate import OpenedContainer

_DEADLINE_S = 30.0
_ENDS_WITHIN_S = 5.0
_LOOK_EVERY_S = 0.02
_MOST_OUTPUT_BYTES = 64 * 1024 * 1024
_MOST_WORDS = 500
_STDOUT = 1
_CANNOT_RUN = (126, 127)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program left. `exit_code` is None when the engine does not know; 126 and 127: it could not be started."""

    exit_code: int | None
    output: bytes
    words: str

    @property
    def could_start(self) -> bool:
        """Whether there is such a program."""
        return self.exit_code not in _CANNOT_RUN


def run(
    opened: OpenedContainer,
    argv: Sequence[str],
    *,
    deadline_s: float = _DEADLINE_S,
    take: Callable[[bytes], None] | None = None,
) -> Ran:
    """Run a program as root of the container, without input. Raises Conflict when the container does not run.

    `take` is given what it puts out, as it comes; `output` is empty then.
    """
    if not all(is_text(word) for word in argv):
        argv = _through_shell(argv)
    engine, container_id = opened.engine, opened.container.id
    exec_id = engine.run(exec_create(container_id, cmd=argv, stdin=False, user="0"))
    output, errors = bytearray(), bytearray()
    splitter = FrameSplitter()
    with engine.stream(exec_start(exec_id), deadline_s=deadline_s) as stream:
        while (piece := stream.read()) and len(output) < _MOST_OUTPUT_BYTES:
            for frame in splitter.feed(piece):
                if frame.stream != _STDOUT:
                    errors.extend(frame.payload[: _MOST_OUTPUT_BYTES - len(errors)])
                elif take is not None:
                    take(frame.payload)
                else:
                    output.extend(frame.payload)
    exit_code = _exit_code(opened, exec_id)
    said = bytes(output if exit_code in _CANNOT_RUN else errors)
    return Ran(exit_code, bytes(output), said.decode("utf-8", "replace").strip()[:_MOST_WORDS])


def _through_shell(argv: Sequence[str]) -> list[str]:
    """Make a shell say the bytes: JSON carries nothing but UTF-8. They are octal digits here, so it reads no name.

    The stop at the end of each keeps its line breaks, which $( ) would take away.
    """
    words = ["".join(f"\\0{byte:03o}" for byte in encoded(word)) for word in argv]
    said = [f"w{at}=$(printf %b '{octal}.'); w{at}=${{w{at}%.}}" for at, octal in enumerate(words)]
    started = " ".join(f'"$w{at}"' for at in range(len(words)))
    return ["sh", "-c", "; ".join(["LC_ALL=C", *said, f"exec {started}"])]


def run_or_refuse(opened: OpenedContainer, argv: Sequence[str]) -> None:
    """Run a program that must succeed; a Refusal (409) says in its own words why it did not."""
    try:
        ran = run(opened, argv)
    except TimedOut as exc:
        raise Refusal(
            _("This takes too long."), _("“%(name)s” is still at work.") % {"name": argv[0]}, status=409
        ) from exc
    if not ran.could_start:
        raise Refusal(
            _("The container has no program for this."),
            _("“%(name)s” cannot be run in it.") % {"name": argv[0]},
            hint=_("Images without a system cannot do this; upload and download work all the same."),
            status=409,
        )
    if ran.exit_code != 0:
        raise Refusal(_("That did not work."), ran.words or _("The program gave no reason."), status=409)


def _exit_code(opened: OpenedContainer, exec_id: str) -> int | None:
    give_up_at = time.monotonic() + _ENDS_WITHIN_S
    while time.monotonic() < give_up_at:
        inspected = opened.engine.run(exec_inspect(exec_id))
        if inspected.has_ended:
            return inspected.exit_code
        time.sleep(_LOOK_EVERY_S)
    return None
