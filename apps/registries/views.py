"""`/registries/`: the registries, their credentials, and what lies in them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.core.errors import Refusal
from apps.core.http import wants_json
from apps.hosts.selectors import host_first, host_list
from apps.registries import presenters, selectors, services
from apps.registries.forms import RegistryForm


@require_safe
@signed_in
@vary_on_headers("Accept")
def registry_list(request: ActorRequest) -> HttpResponse:
    """Every registry, or what they are for when there is none."""
    registries = selectors.registry_list(request.actor)
    if wants_json(request):
        return JsonResponse({"registries": [presenters.registry_json(registry) for registry in registries]})
    return render(request, "registries/list.html", {"rows": [presenters.registry_row(one) for one in registries]})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@signed_in
@vary_on_headers("Accept")
def registry_add(request: ActorRequest) -> HttpResponse:
    """Keep another registry."""
    roles.require(request.actor, Action.REGISTRY_MANAGE)
    form = RegistryForm(request.POST.dict() if request.method == "POST" else None)
    if request.method == "POST":
        added = form.submit(lambda wish: services.registry_add(request.actor, wish), is_raised=wants_json(request))
        if added is not None:
            if wants_json(request):
                return JsonResponse(presenters.registry_json(added), status=201)
            messages.success(request, _("%(name)s was added") % {"name": added.name})
            return redirect("registries:detail", added.pk)
    return render(request, "registries/form.html", {"form": form}, status=form.status)


@require_safe
@signed_in
@vary_on_headers("Accept")
def registry_detail(request: ActorRequest, registry_id: int) -> HttpResponse:
    """One registry: its address, what is kept, and what can be done."""
    registry = selectors.registry_get(request.actor, registry_id)
    if wants_json(request):
        return JsonResponse(presenters.registry_json(registry))
    return render(request, "registries/detail.html", {"registry": presenters.registry_row(registry), "tab": "detail"})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@signed_in
@vary_on_headers("Accept")
def registry_edit(request: ActorRequest, registry_id: int) -> HttpResponse:
    """Change a registry. Programs name only what they change."""
    registry = selectors.registry_get(request.actor, registry_id)
    form = RegistryForm(_posted(request, RegistryForm(registry=registry)), registry=registry)
    if request.method == "POST":
        edited = form.submit(
            lambda wish: services.registry_edit(request.actor, registry_id, wish=wish), is_raised=wants_json(request)
        )
        if edited is not None:
            if wants_json(request):
                return JsonResponse({**presenters.registry_json(edited.registry), "is_cleared": edited.is_cleared})
            messages.success(request, _("%(name)s was changed") % {"name": edited.registry.name})
            if edited.is_cleared:
                messages.warning(request, _("The password or token was for the former address: it is cleared."))
            return redirect("registries:detail", registry_id)
    context = {"form": form, "registry": presenters.registry_row(registry)}
    return render(request, "registries/form.html", context, status=form.status)


@require_POST
@signed_in
@vary_on_headers("Accept")
def registry_check(request: ActorRequest, registry_id: int) -> HttpResponse:
    """Show the credentials to the registry, by the engine of `host` (the first one when none is named)."""
    roles.require(request.actor, Action.REGISTRY_MANAGE)
    host_slug = request.POST.get("host") or host_first().slug
    checked = services.registry_check(request.actor, registry_id, host_slug=host_slug)
    if wants_json(request):
        return JsonResponse(presenters.check_json(checked))
    registry = selectors.registry_get(request.actor, registry_id)
    context = {
        "registry": presenters.registry_row(registry),
        "tab": "detail",
        "check": presenters.check_words(checked),
        "host_slug": host_slug,
    }
    return render(request, "registries/detail.html", context)


@require_POST
@signed_in
@vary_on_headers("Accept")
def registry_remove(request: ActorRequest, registry_id: int) -> HttpResponse:
    """Forget a registry and its credentials."""
    removed = services.registry_remove(request.actor, registry_id)
    title = _("%(name)s and its credentials are forgotten") % {"name": removed.name}
    if wants_json(request):
        return JsonResponse({"id": registry_id, "title": title})
    messages.success(request, title)
    return redirect("registries:list")


@require_safe
@signed_in
@vary_on_headers("Accept")
def repositories(request: ActorRequest, registry_id: int) -> HttpResponse:
    """A page of its repositories (`?after=`)."""
    page = selectors.repositories_of(request.actor, registry_id, after=request.GET.get("after", ""))
    if wants_json(request):
        if page.failure:
            raise page.failure
        return JsonResponse(presenters.repositories_json(page))
    context = {
        "registry": presenters.registry_row(page.registry),
        "tab": "repositories",
        "names": page.names.names,
        "more": urlencode({"after": page.names.more_after}) if page.names.more_after else "",
        "is_first": not request.GET.get("after"),
        "problem": presenters.problem_words(page.failure),
    }
    return render(request, "registries/repositories.html", context, status=_status_of(page.failure))


@require_safe
@signed_in
@vary_on_headers("Accept")
def tags(request: ActorRequest, registry_id: int) -> HttpResponse:
    """A page of the tags of `?repository=` with their sizes (`&after=`)."""
    repository, after = request.GET.get("repository", ""), request.GET.get("after", "")
    page = selectors.tags_of(request.actor, registry_id, repository=repository, after=after)
    if wants_json(request):
        if page.failure:
            raise page.failure
        return JsonResponse(presenters.tags_json(page))
    more = {"repository": page.repository, "after": page.more_after}
    context = {
        "registry": presenters.registry_row(page.registry),
        "tab": "repositories",
        "repository": page.repository,
        "rows": [presenters.tag_row(page, tag) for tag in page.tags],
        "places": presenters.pull_places(host_list() if roles.may(request.actor, Action.IMAGE_PULL) else []),
        "more": urlencode(more) if page.more_after else "",
        "is_first": not after,
        "start": urlencode({"repository": page.repository}),
        "problem": presenters.problem_words(page.failure),
    }
    return render(request, "registries/tags.html", context, status=_status_of(page.failure))


@require_http_methods(["GET", "POST"])
@signed_in
@vary_on_headers("Accept")
def tag_delete(request: ActorRequest, registry_id: int) -> HttpResponse:
    """Show what goes with a tag; POST deletes it. `digest` is that of the preview that was looked at."""
    fields = request.POST if request.method == "POST" else request.GET
    repository, tag = fields.get("repository", ""), fields.get("tag", "")
    if request.method == "POST":
        services.tag_delete(request.actor, registry_id, repository=repository, tag=tag, digest=fields.get("digest", ""))
        title = _("%(repository)s:%(tag)s was deleted") % {"repository": repository, "tag": tag}
        if wants_json(request):
            return JsonResponse({"title": title})
        messages.success(request, title)
        return redirect(f"{reverse('registries:tags', args=[registry_id])}?{urlencode({'repository': repository})}")
    preview = selectors.deletion_preview(request.actor, registry_id, repository=repository, tag=tag)
    if wants_json(request):
        return JsonResponse(presenters.deletion_json(preview))
    context = {"registry": presenters.registry_row(preview.registry), "tab": "repositories", "preview": preview}
    return render(request, "registries/tag_delete.html", context)


def _posted(request: ActorRequest, now: RegistryForm) -> dict[str, Any] | None:
    """The posted fields. What a program leaves out stays as it is; a page sends every field."""
    if request.method != "POST":
        return None
    posted = request.POST.dict()
    if wants_json(request):
        return {name: value for name in now.fields if (value := now[name].value())} | posted
    return posted


def _status_of(failure: Refusal | None) -> int:
    return failure.status if failure else 200
