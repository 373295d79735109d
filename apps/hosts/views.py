"""Where one lands, and whether we are ready."""

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.core.access import public
from apps.hosts.readiness import readiness
from apps.hosts.selectors import host_first


@require_safe
@signed_in
def home(request: ActorRequest) -> HttpResponseRedirect:
    """Lead to the containers of the one host."""
    return redirect("containers:list", host_first().slug)


@public
@require_safe
def readyz(request: ActorRequest) -> HttpResponse:
    """Database and hosts, each by itself: 200 when the database answers, 503 when it does not.

    A host that is down does not make us unready: pages keep working from what was known. Strangers are told the
    states alone, signed-in people also the addresses and reasons.
    """
    report = readiness(is_detailed=not request.actor.is_anonymous)
    return JsonResponse(report, status=200 if report["database"] == "up" else 503)
