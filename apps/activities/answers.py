"""The answers to what began long work."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.activities.models import Activity
from apps.core.http import go_to, wants_json


def started(request: HttpRequest, activity: Activity) -> HttpResponse:
    """Lead to the activity, or name it to a program."""
    address = reverse("activities:detail", args=[activity.pk])
    if wants_json(request):
        return JsonResponse({"activity": str(activity.pk), "address": address}, status=202)
    return go_to(request, address)


def goes_on(request: HttpRequest, activity: Activity) -> HttpResponse:
    """Lead to the activity too; a page's script, which stays where it is, gets words for it."""
    address = reverse("activities:detail", args=[activity.pk])
    if not wants_json(request):
        return go_to(request, address)
    title = _("This goes on on the server")
    detail = _("The activities in the top line show how far it is, and you are told when it ends.")
    return JsonResponse({"activity": str(activity.pk), "url": address, "title": title, "detail": detail}, status=202)
