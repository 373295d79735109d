"""The program's addresses, and one that starts an activity of the stage."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from apps.activities.services import activity_start
from apps.core.http import go_to
from dockerweb.urls import *  # noqa: F403
from dockerweb.urls import urlpatterns as program


def start(request: HttpRequest) -> HttpResponse:
    kind = request.POST.get("kind", "stage.follow")
    params = {"ref": request.POST["ref"], "title": request.POST.get("title", "")}
    activity = activity_start(request.actor, "local", kind=kind, params=params)  # type: ignore[attr-defined]
    return go_to(request, reverse("activities:detail", args=[activity.pk]))


urlpatterns = [path("stage/start/", start, name="stage_start"), *program]
