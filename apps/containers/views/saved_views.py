"""Views of the list, kept by name: `…/containers/views/`."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.forms.saved_views import SavedViewForm
from apps.containers.services.saved_views import saved_view_delete, saved_view_save
from apps.core.http import go_to, wants_json


@require_POST
@signed_in
def view_save(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Keep the view `query` as `name`."""
    form = SavedViewForm(request.POST, auto_id="view-%s")
    view = form.submit(
        lambda: saved_view_save(request.actor, name=form.cleaned_data["name"], query=form.cleaned_data["query"]),
        is_raised=wants_json(request),
    )
    if view is None:
        context = {"form": form, "host_slug": host_slug}
        return render(request, "containers/_save_view_form.html", context, status=form.status)
    address = reverse("containers:list", args=[host_slug]) + view.query
    if wants_json(request):
        return JsonResponse({"id": view.pk, "name": view.name, "address": address})
    messages.success(request, _("The view %s is saved") % view.name)
    return go_to(request, address)


@require_POST
@signed_in
def view_delete(request: ActorRequest, host_slug: str, view_id: int) -> HttpResponse:
    """Forget a view of one's own."""
    name = saved_view_delete(request.actor, view_id=view_id)
    if wants_json(request):
        return JsonResponse({"name": name})
    messages.success(request, _("The view %s is deleted") % name)
    return go_to(request, reverse("containers:list", args=[host_slug]))
