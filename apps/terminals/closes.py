"""How a socket ends: the close code that goes with each reason."""

from dataclasses import dataclass

from apps.core.problems import Problem
from apps.terminals import messages

NORMAL = 1000
RESTARTING = 1012


class BrowserGone(Exception):
    """The browser closed its side, or its connection broke: nobody is left to tell anything."""


class BrowserStalled(BrowserGone):
    """The browser took nothing for longer than a write may wait."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The last words of a socket: a text message (or none) and the close code after it."""

    code: int
    message: str | None = None


def exited(exit_code: int) -> Ending:
    """The process ended by itself, with this exit code."""
    return Ending(NORMAL, messages.exit_message(exit_code))


def ended(reason: str, *, exit_code: int | None = None) -> Ending:
    """The stream ended; `reason` is one of those listed in docs/sockets.md."""
    return Ending(NORMAL, messages.end(reason, exit_code=exit_code))


def restarting() -> Ending:
    """This server stops; another one, or the same one again, will take over."""
    return Ending(RESTARTING, messages.end("restarting"))


def refused(problem: Problem) -> Ending:
    """A failure with words: close code 4000 + its HTTP status."""
    return Ending(problem.close_code, messages.problem(problem))
