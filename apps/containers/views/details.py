"""A container's summary, its raw record, and the values of its environment."""

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
from apps.containers.presenters.details import container_detail, env_pairs, host_name_of
from apps.containers.presenters.inspection import container_record
from apps.containers.services.inspecting import container_inspected
from apps.containers.views.page import page_context
from apps.core.http import wants_fragment, wants_json
from apps.engine.types.container_inspect import ContainerInspect
from apps.hosts.gate import open_container


@require_safe
@signed_in
@vary_on_headers("Accept", "X-Fragment")
def container_summary(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Show what the container is. A script gets what moves: the head (`?tab=` says whose) and the summary."""
    with open_container(request.actor, host_slug, ref, Action.CONTAINER_VIEW) as opened:
        context = _summary_context(request, host_slug, opened.container)
    if wants_json(request):
        return JsonResponse({"container": _head_json(context), "detail": asdict(context["detail"])})
    return render(request, "containers/_moving.html" if wants_fragment(request) else "containers/detail.html", context)


def _summary_context(request: ActorRequest, host_slug: str, container: ContainerInspect) -> dict[str, Any]:
    tab = request.GET.get("tab", "detail")
    return page_context(request.actor, host_slug, container, tab=tab) | {
        "detail": container_detail(container, page_host=host_name_of(request.get_host())),
        "may_see_env": roles.may(request.actor, Action.CONTAINER_ENV),
    }


def _head_json(context: dict[str, Any]) -> dict[str, Any]:
    head = asdict(context["container"])
    return head | {"verbs": sorted(head["verbs"])}


@require_GET
@signed_in
def container_env(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """The environment with its values, as JSON: `{"env": [{"name", "value"}]}`. Needs a right of its own."""
    with open_container(request.actor, host_slug, ref, Action.CONTAINER_ENV) as opened:
        pairs = env_pairs(opened.container)
    return JsonResponse({"env": [{"name": name, "value": value} for name, value in pairs]})


@require_safe
@signed_in
@vary_on_headers("Accept")
def container_inspect(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Show the engine's own record. Environment values are masked, unless `?env=1` asks for them by right.

    `?size=1` has the engine measure the container's files (SizeRw, SizeRootFs), which may take it a while.
    """
    shows_env = request.GET.get("env") == "1"
    action = Action.CONTAINER_ENV if shows_env else Action.CONTAINER_VIEW
    measures = request.GET.get("size") == "1"
    container = container_inspected(request.actor, host_slug, ref, action=action, measures=measures)
    record = container_record(container, shows_env=shows_env)
    context = page_context(request.actor, host_slug, container, tab="inspect")
    if wants_json(request):
        return JsonResponse(record, json_dumps_params={"ensure_ascii": False})
    may_see_env = roles.may(request.actor, Action.CONTAINER_ENV)
    return render(request, "containers/inspect.html", context | {"record": record, "may_see_env": may_see_env})
