"""The answer to what began long work: its page."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from apps.activities.models import Activity
from apps.core.http import go_to, wants_json


def started(request: HttpRequest, activity: Activity) -> HttpResponse:
    """Lead to the activity, or name it to a program."""
    address = reverse("activities:detail", args=[activity.pk])
    if wants_json(request):
        return JsonResponse({"activity": str(activity.pk), "address": address}, status=202)
    return go_to(request, address)
