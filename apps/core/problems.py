"""The funnel: every expected failure becomes one `Problem`, and a problem becomes a page, a toast or JSON."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from apps.core.errors import Refusal
from apps.core.http import toast, wants_fragment, wants_json
from apps.engine import errors as engine

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """What happened (`title`), in whose words (`detail`), and what to try (`hint`); `status` is the HTTP status."""

    status: int
    title: str
    detail: str
    hint: str = ""

    @property
    def close_code(self) -> int:
        """The code that closes a WebSocket for this problem: 4000 + status."""
        return 4000 + self.status

    def as_message(self) -> dict[str, object]:
        """The text message that a socket sends before it closes."""
        return {"type": "problem", **asdict(self)}


def is_expected(exception: BaseException) -> bool:
    """True for failures that have words: everything else is a bug and belongs in the log with its traceback."""
    return isinstance(exception, Refusal | engine.EngineError)


def problem_of(exception: BaseException) -> Problem:
    """The problem that this failure is. A failure without words of its own becomes a plain 500."""
    if isinstance(exception, Refusal):
        return Problem(exception.status, exception.title, exception.detail, exception.hint.strip())
    if isinstance(exception, engine.ApiError):
        return _said_by_engine(exception)
    if isinstance(exception, engine.EngineError):
        return _between_us(exception)
    return Problem(500, _("Something went wrong here."), _("The failure is ours; it has been written to the log."))


def _said_by_engine(error: engine.ApiError) -> Problem:
    words = error.message
    match error:
        case engine.NotFound():
            return Problem(404, _("The engine does not know this."), words, _("It may have been removed meanwhile."))
        case engine.Conflict():
            return Problem(409, _("This is not possible in the present state."), words)
        case engine.BadRequest():
            return Problem(400, _("The engine does not accept this."), words)
        case engine.Forbidden():
            return Problem(403, _("The engine does not allow this."), words)
        case engine.Unauthorized():
            return Problem(502, _("The engine asks for other credentials."), words)
        case engine.NotImplementedByEngine():
            return Problem(501, _("This engine cannot do this."), words)
        case _:
            return Problem(502, _("The engine reports a failure."), words)


def _between_us(error: engine.EngineError) -> Problem:
    words = str(error)
    match error:
        case engine.Unreachable():
            return Problem(502, _("The engine cannot be reached."), words, error.hint)
        case engine.TimedOut(is_change=True):
            hint = _("Look at the present state before you try again.")
            return Problem(504, _("The engine is still at work on this."), words, hint)
        case engine.TimedOut():
            return Problem(504, _("The engine takes too long to answer."), words, _("Try again in a moment."))
        case engine.VersionTooOld():
            return Problem(501, _("This engine is too old for this."), words, _("A newer engine can do it."))
        case engine.NoCommonVersion():
            return Problem(502, _("This engine speaks no version that we know."), words)
        case engine.EngineGone():
            return Problem(502, _("The engine went away."), words, _("Try again in a moment."))
        case engine.InvalidEndpoint():
            return Problem(400, _("This is not an engine's address."), words)
        case _:
            return Problem(502, _("The engine's answer cannot be understood."), words)


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem in the form that was asked for: JSON, a toast for a page's script, or a page."""
    if wants_json(request):
        return JsonResponse(asdict(problem), status=problem.status)
    if wants_fragment(request):
        return toast(
            HttpResponse(status=problem.status), problem.title, kind="error", detail=problem.detail, hint=problem.hint
        )
    return render(request, "core/problem.html", {"problem": problem}, status=problem.status)


def log_problem(request: HttpRequest, problem: Problem) -> None:
    """One line for what the engine (not the person) caused."""
    if problem.status >= 500:
        log.warning("%s %s: %d %s %s", request.method, request.path, problem.status, problem.title, problem.detail)
