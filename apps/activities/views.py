"""Long work: what runs and what ran, one of them, and the verbs."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.activities import selectors, services
from apps.activities.models import State
from apps.activities.output import output_end, output_pieces
from apps.activities.presenters import PlainText, activity_json, head_of, state_words
from apps.core.http import as_download, go_to, toast, wants_fragment, wants_json

PER_PAGE = 50
END_BYTES = 64 * 1024
"""What the page itself holds of the output; the rest comes by its socket."""


@require_GET
@signed_in
@vary_on_headers("Accept", "X-Fragment")
def activity_list(request: ActorRequest) -> HttpResponse:
    """List what runs, then the newest. `?state=` one of the states."""
    wanted = request.GET.get("state", "")
    states = [state for state in State if state == wanted]
    paginator = Paginator(selectors.activity_list(request.actor, states=states), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    heads = [head_of(activity) for activity in page]
    if wants_json(request):
        rows = [activity_json(head) for head in heads]
        return JsonResponse({"activities": rows, "page": page.number, "pages": paginator.num_pages})
    context = {
        "page": page,
        "heads": heads,
        "wanted": wanted if states else "",
        "filters": [("", _("all")), *((each.value, state_words(each)) for each in State)],
    }
    template = "activities/_list.html" if wants_fragment(request) else "activities/list.html"
    return render(request, template, context)


@require_GET
@signed_in
@vary_on_headers("Accept", "X-Fragment")
def activity_detail(request: ActorRequest, activity_id: uuid.UUID) -> HttpResponse:
    """Show one: how it stands, what it said, what came of it."""
    activity = selectors.activity_get(request.actor, activity_id)
    head = head_of(activity)
    if wants_json(request):
        return JsonResponse(activity_json(head))
    if wants_fragment(request):
        return render(request, "activities/_head.html", {"head": head})
    end = PlainText().dressed(output_end(activity.pk, least_bytes=END_BYTES))
    return render(request, "activities/detail.html", {"head": head, "end": end, "words": _words()})


@require_GET
@signed_in
def activity_output(request: ActorRequest, activity_id: uuid.UUID) -> StreamingHttpResponse:
    """Send everything that is kept of what it said, as text."""
    activity = selectors.activity_get(request.actor, activity_id)
    pieces = output_pieces(activity.pk, dressed=PlainText().dressed)
    response = StreamingHttpResponse(pieces, content_type="text/plain; charset=utf-8")
    filename = f"{activity.kind.replace('.', '-')}-{activity.started_at:%Y%m%dT%H%M%SZ}.txt"
    return as_download(response, filename)


@require_POST
@signed_in
def activity_cancel(request: ActorRequest, activity_id: uuid.UUID) -> HttpResponse:
    """Cancel it; the page sees it end."""
    activity = services.activity_cancel(request.actor, activity_id)
    if wants_json(request):
        return JsonResponse({"id": str(activity.pk)}, status=202)
    if wants_fragment(request):
        return toast(HttpResponse(status=204), _("It is being cancelled."))
    return go_to(request, reverse("activities:detail", args=[activity.pk]))


@require_POST
@signed_in
def activity_restart(request: ActorRequest, activity_id: uuid.UUID) -> HttpResponse:
    """Do the same again; leads to the new one, or to the one that does it already."""
    activity = services.activity_restart(request.actor, activity_id)
    if wants_json(request):
        return JsonResponse({"id": str(activity.pk)}, status=202)
    return go_to(request, reverse("activities:detail", args=[activity.pk]))


def _words() -> dict[str, Any]:
    """What static/js/pages/activity.js says."""
    return {
        "layers": _("{done} of {total} layers"),
        "left": _("{time} left"),
        "rate": _("{rate}/s"),
        "dropped": _("{size} of output are not kept"),
        "older": _("{n} earlier lines are not shown here; the download has them"),
        "step": _("Step {n} of {total}"),
        "connecting": _("connecting…"),
        "lost": _("connection lost, trying again…"),
        "cancelled": _("It is being cancelled."),
        "done": _("done"),
        "failed": _("failed"),
        "empty": _("It has said nothing yet."),
        "nothing": _("It said nothing."),
        "seconds": _("{n} s"),
        "minutes": _("{n} min"),
    }
