"""The page of live charts; the figures come over the stats socket."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.presenters.sampling import sample_json
from apps.containers.services.sampling import container_sampled
from apps.containers.views.page import container_page
from apps.core.http import wants_json


@require_safe
@signed_in
@vary_on_headers("Accept")
def container_stats(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Show what one container takes of its host, second by second. As JSON: one sample (`?one-shot=1`: a quick one)."""
    if wants_json(request):
        is_one_shot = request.GET.get("one-shot") == "1"
        return JsonResponse(sample_json(container_sampled(request.actor, host_slug, ref, is_one_shot=is_one_shot)))
    context = container_page(request, host_slug, ref, action=Action.CONTAINER_STATS, tab="stats")
    return render(request, "containers/stats.html", context | {"words": _words()})


def _words() -> dict[str, str]:
    """What static/js/pages/stats.js says."""
    return {
        "connecting": _("connecting…"),
        "live": _("live"),
        "stopped": _("The container does not run. The charts go on when it is started."),
        "stoppedState": _("not running"),
        "lost": _("connection lost, trying again…"),
        "silent": _("no figures since {at}"),
        "removed": _("removed"),
        "now": _("now"),
        "since": _("figures since {at}"),
        "sinceWithGaps": _("figures since {at}, with gaps where nobody watched"),
        "none": _("no value"),
        "of": _("{value} of {limit}"),
        "cpus": _("{n} CPUs"),
        "cpu": _("1 CPU"),
        "cpuUsed": _("CPU"),
        "memoryUsed": _("memory"),
        "memoryLimit": _("limit"),
        "received": _("{name} received"),
        "sent": _("{name} sent"),
        "read": _("read"),
        "written": _("written"),
        "pids": _("processes and threads"),
        "throttled": _("held back"),
        "noNetwork": _("It has no network interface of its own."),
        "noLimit": _("It has no CPU limit, so nothing holds it back."),
        "perSecond": _("{value}/s"),
        "noCpu": _("The first value takes two samples."),
    }
