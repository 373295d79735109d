"""Images are built here: `…/images/build/`."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.activities.answers import started
from apps.core.editor_words import editor_words
from apps.core.http import wants_json
from apps.images.forms.building import BuildForm, initial_of
from apps.images.presenters.building import field_groups
from apps.images.services.building import Former, build_former, build_start, build_version


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@vary_on_headers("Accept")
def image_build(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Show the form (`?again=` fills it with a former build); POST begins the build. See dockerweb.uploads."""
    version = build_version(request.actor, host_slug)
    if request.method != "POST":
        former = _former(request)
        initial = initial_of(former.options, former.dockerfile_text) if former else None
        return _page(request, host_slug, form=BuildForm(initial=initial, version=version), former=former)
    form = BuildForm(request.POST, request.FILES, version=version)
    activity = form.submit(
        lambda: build_start(request.actor, host_slug, wish=form.wish()), is_raised=wants_json(request)
    )
    return _page(request, host_slug, form=form) if activity is None else started(request, activity)


def _former(request: ActorRequest) -> Former | None:
    try:
        activity_id = uuid.UUID(request.GET.get("again", ""))
    except ValueError:
        return None
    return build_former(request.actor, activity_id)


def _page(request: ActorRequest, host_slug: str, *, form: BuildForm, former: Former | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "host_slug": host_slug,
        "form": form,
        "former": former,
        "groups": field_groups(form),
        "editor_words": editor_words(),
    }
    return render(request, "images/build.html", context, status=form.status)
