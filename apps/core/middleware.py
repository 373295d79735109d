"""Headers on every reply, a second guard against cross-site writes, and the funnel for problems."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from apps.core.errors import AccessDenied
from apps.core.problems import is_expected, log_problem, problem_of, problem_response

GetResponse = Callable[[HttpRequest], HttpResponseBase]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-write=(self)"


class ReplyHeaders:
    """What every reply carries. Nothing that Django answers is kept by a cache unless it says otherwise."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class FetchSite:
    """Refuse what changes something when the browser itself says that another site asked for it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in SAFE_METHODS and request.headers.get("Sec-Fetch-Site") == "cross-site":
            refusal = AccessDenied(_("Another site asked for this."), _("A change must be asked for here."), hint=" ")
            return problem_response(request, problem_of(refusal))
        return self.get_response(request)


class Problems:
    """Turn every expected failure into a page, a toast or JSON. Innermost, so that views need no `try`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_expected(exception):
            return None
        problem = problem_of(exception)
        log_problem(request, problem)
        return problem_response(request, problem)
