"""An image's summary, its history, its raw record, and the values of its environment."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe
from django.views.decorators.vary import vary_on_headers

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.core.http import wants_fragment, wants_json
from apps.images.presenters.details import env_pairs, history_json, image_detail, image_record
from apps.images.selectors import image_by_ref, image_facts
from apps.images.views.page import page_context


@require_safe
@signed_in
@vary_on_headers("Accept", "X-Fragment")
def image_summary(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Show what the image is. A script gets what moves: the head (`?tab=` says whose) and the tab's content."""
    context = _context(request, host_slug, ref, tab=request.GET.get("tab", "detail"))
    if wants_json(request):
        detail = asdict(context["detail"]) | {"history": history_json(context["detail"].history)}
        return JsonResponse({"image": asdict(context["image"]), "detail": detail})
    return render(request, "images/_moving.html" if wants_fragment(request) else "images/detail.html", context)


@require_safe
@signed_in
@vary_on_headers("Accept")
def image_history(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Show the steps that made the image, with what each of them takes."""
    context = _context(request, host_slug, ref, tab="history")
    if wants_json(request):
        return JsonResponse({"history": history_json(context["detail"].history)})
    return render(request, "images/history.html", context)


def _context(request: ActorRequest, host_slug: str, ref: str, *, tab: str) -> dict[str, Any]:
    facts = image_facts(request.actor, host_slug, ref)
    shows_env = roles.may(request.actor, Action.CONTAINER_ENV)
    context = page_context(request.actor, host_slug, facts.image, tab=tab)
    return context | {"detail": image_detail(facts, shows_env=shows_env)}


@require_GET
@signed_in
def image_env(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """The environment with its values, as JSON: `{"env": [{"name", "value"}]}`. Needs a right of its own."""
    pairs = env_pairs(image_by_ref(request.actor, host_slug, ref, action=Action.CONTAINER_ENV))
    return JsonResponse({"env": [{"name": name, "value": value} for name, value in pairs]})


@require_safe
@signed_in
@vary_on_headers("Accept")
def image_inspect(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Show the engine's own record. Environment values are masked, unless `?env=1` asks for them by right."""
    shows_env = request.GET.get("env") == "1"
    action = Action.CONTAINER_ENV if shows_env else Action.IMAGE_VIEW
    image = image_by_ref(request.actor, host_slug, ref, action=action)
    record = image_record(image, shows_env=shows_env)
    if wants_json(request):
        return JsonResponse(record, json_dumps_params={"ensure_ascii": False})
    context = page_context(request.actor, host_slug, image, tab="inspect")
    return render(request, "images/inspect.html", context | {"record": record})
