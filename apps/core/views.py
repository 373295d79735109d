"""Problem pages for what Django itself refuses, and the liveness answer."""

from __future__ import annotations

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.core.access import public
from apps.core.http import wants_fragment, wants_json
from apps.core.problems import Problem, problem_of, problem_response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):
        return _plain(
            request,
            Problem(
                400,
                _("Dockerweb does not know itself by this name."),
                _("The address was reached under a host name that is not among the allowed ones."),
                _("Who runs it can add the name to DOCKERWEB_HOSTS or DOCKERWEB_ORIGINS."),
            ),
        )
    return problem_response(request, Problem(400, _("This request cannot be understood."), ""))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(request, Problem(403, _("You may not do this."), str(exception)))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(
        request,
        Problem(404, _("There is nothing here."), _("No page has this address."), _("Go back, or start from the top.")),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Our own failure."""
    return _plain(request, problem_of(RuntimeError()))


def _plain(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Told without asking anything else: no context processors, no database, no host name."""
    if wants_json(request) or wants_fragment(request):
        return problem_response(request, problem)
    return HttpResponse(loader.render_to_string("core/failure.html", {"problem": problem}), status=problem.status)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return problem_response(
        request,
        Problem(
            403,
            _("This form is out of date."),
            _("It does not belong to your present session, so nothing was changed."),
            _("Reload the page and try again."),
        ),
    )


@public
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Says nothing of the database or of any engine: that is /readyz."""
    return HttpResponse("ok\n", content_type="text/plain")
