"""Limits and the restart policy in place: `…/update/`."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.forms.updating import UpdateForm
from apps.containers.services.updating import UPDATE_SINCE, Updatable, Updated, container_updatable
from apps.containers.services.updating import container_update as update
from apps.containers.views.page import page_context
from apps.core.engine_form import needs_words
from apps.core.http import go_to, wants_json


@require_http_methods(["GET", "POST"])
@signed_in
@vary_on_headers("Accept")
def container_update(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Show the limits as they are; POST changes those that differ. Programs name only what they change."""
    updatable = container_updatable(request.actor, host_slug, ref)
    form = UpdateForm(_given(request, updatable), updatable)
    if request.method == "POST":
        done = form.submit(
            lambda: update(request.actor, host_slug, ref, settings=form.settings()), is_raised=wants_json(request)
        )
        if done is not None:
            return _changed(request, host_slug, done)
    if wants_json(request):
        return JsonResponse({"limits": form.before, "api_version": str(updatable.version)})
    is_too_old = updatable.version < UPDATE_SINCE
    context = page_context(request.actor, host_slug, updatable.container, tab="update")
    missing = needs_words(UPDATE_SINCE, updatable.version) if is_too_old else ""
    return render(request, "containers/update.html", context | {"form": form, "missing": missing}, status=form.status)


def _given(request: ActorRequest, updatable: Updatable) -> dict[str, Any] | None:
    """The posted fields. What a program leaves out stays as it is; a page sends every field."""
    if request.method != "POST":
        return None
    posted = request.POST.dict()
    if wants_json(request):
        now = UpdateForm(None, updatable)
        return {name: now[name].value() or "" for name in now.fields} | posted
    return posted


def _changed(request: ActorRequest, host_slug: str, done: Updated) -> HttpResponse:
    words = _("%(name)s has the new limits") if done.was_needed else _("%(name)s is as it was: nothing was changed")
    title = words % {"name": done.name}
    if wants_json(request):
        answer = {"id": done.container_id, "was_needed": done.was_needed, "warnings": done.warnings, "title": title}
        return JsonResponse(answer)
    messages.success(request, title)
    for warning in done.warnings:
        messages.warning(request, _("The engine warns: %s") % warning)
    return go_to(request, reverse("containers:detail", args=[host_slug, done.container_id]))
