"""A container under another definition: `…/edit/`, `…/recreate/`, `…/revisions/` and `…/revisions/<n>/restore/`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.creation.choices import creation_choices
from apps.containers.forms.create import CreateForm
from apps.containers.forms.recreating import is_ticked, recreate_options
from apps.containers.models import Revision
from apps.containers.presenters.creation import Notice, Said, basic_rows, group_rows, preview
from apps.containers.presenters.editing import edit_notices, line_json, not_pulled
from apps.containers.presenters.meanwhile import meanwhile_json, meanwhile_notice
from apps.containers.presenters.recreating import Told, told_of
from apps.containers.presenters.revisions import revision_rows
from apps.containers.services import recreating
from apps.containers.services.creation import pull_at_once
from apps.containers.services.definitions import definition_mark
from apps.containers.services.recreating import Editable, Outcome, Tell, nobody_listens
from apps.containers.services.revisions import definitions_kept
from apps.containers.services.seen import Meanwhile, container_editable_if_seen, seen_mark
from apps.containers.services.telling import recreate_told
from apps.containers.services.usual import usual_of
from apps.containers.views.create import typed_page
from apps.containers.views.page import container_page, page_context
from apps.core.http import wants_json
from apps.core.problems import Problem, problem_response

What = Revision.What
LINES = "application/x-ndjson"

Work = Callable[[Tell], Outcome]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is to be done and told of: the image to pull before ("": none), and the fields that have a text."""

    image: str
    platform: str
    work: Work
    what: Revision.What
    filled: Collection[str] = ()


def wants_lines(request: HttpRequest) -> bool:
    """True when a page's script reads along while it goes on."""
    return request.get_preferred_type(["text/html", "application/json", LINES]) == LINES


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@vary_on_headers("Accept")
def container_edit(request: ActorRequest, host_slug: str, ref: str) -> HttpResponseBase:
    """Show the form of a container; POST replaces it. `pull` pulls the image first, `keep` leaves the old one stopped,
    `anyway` re-creates also when nothing was changed. `seen` is what the form was filled from: when that is not there
    any more, or has changed, nothing is done and the typed values come back beside what is there now.
    """
    if request.method != "POST":
        editable = recreating.container_editable(request.actor, host_slug, ref)
        values = editable.defined.definition.values
        if wants_json(request):
            return JsonResponse({"definition": values, "lost": editable.defined.lost, "seen": seen_mark(editable)})
        return _edit_page(request, host_slug, editable, form=CreateForm(values=values, version=editable.version))
    seen, name = request.POST.get("seen", ""), request.POST.get("name", "")
    found = container_editable_if_seen(request.actor, host_slug, ref, seen=seen, name=name)
    if isinstance(found, Meanwhile):
        return _meanwhile(request, host_slug, found)
    editable = found
    form = CreateForm(request.POST, version=editable.version)
    if not form.is_valid() or form.built.spec is None:
        if wants_json(request):
            return JsonResponse({"errors": form.errors}, status=400)
        return _edit_page(request, host_slug, editable, form=form, said=Said(400))
    values = {name: text for name, text in form.texts.items() if name != "name"}
    container_id, options = editable.container.id, recreate_options(request.POST)
    mark = definition_mark(editable.defined.definition) if seen else ""

    def work(tell: Tell) -> Outcome:
        return recreating.container_edit(
            request.actor, host_slug, container_id, values=values, options=options, mark=mark, tell=tell
        )

    image = form.built.spec.image if is_ticked(request.POST, "pull") else ""
    answer = _Answer(image, form.built.platform, work, What.EDITED, form.filled)
    if wants_lines(request):
        return _lines(request, host_slug, answer)
    told = _done(request, host_slug, answer)
    if wants_json(request):
        return JsonResponse(told.as_json(), status=told.status)
    if told.is_changed:
        return _leave(request, host_slug, told)
    kind = "warn" if told.status == 200 else "error"
    at_field = (told.field, told.field_words) if told.field else None
    said = Said(told.status, [Notice(kind, told.title, f"{told.detail} {told.hint}".strip())], at_field)
    return _edit_page(request, host_slug, editable, form=form, said=said)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@vary_on_headers("Accept")
def container_recreate(request: ActorRequest, host_slug: str, ref: str) -> HttpResponseBase:
    """Make a container again as it is. `pull` fetches the newest image first; without `anyway` nothing is re-created
    when the image is the same; `keep` leaves the old one stopped.
    """
    if request.method != "POST":
        context = container_page(request, host_slug, ref, action=Action.CONTAINER_EDIT, tab="recreate")
        return render(request, "containers/recreate.html", context)
    source = recreating.container_source(request.actor, host_slug, ref, is_pulled=is_ticked(request.POST, "pull"))
    options = recreate_options(request.POST)

    def work(tell: Tell) -> Outcome:
        return recreating.container_recreate(request.actor, host_slug, source.container_id, options=options, tell=tell)

    return _answer(request, host_slug, image=source.image, work=work, what=What.RENEWED if source.image else What.AGAIN)


@require_GET
@signed_in
@vary_on_headers("Accept")
def container_revisions(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Show what the container was made of, revision after revision."""
    editable = recreating.container_editable(request.actor, host_slug, ref)
    container = editable.container
    rows = revision_rows(
        definitions_kept(host_slug, container),
        container_id=container.id,
        now=editable.defined.definition,
        image_id=container.image_id,
    )
    if wants_json(request):
        return JsonResponse({"revisions": [asdict(row) for row in rows]})
    context = page_context(request.actor, host_slug, container, tab="edit")
    return render(request, "containers/revisions.html", context | {"rows": rows, "place": "revisions"})


@require_POST
@signed_in
def container_restore(request: ActorRequest, host_slug: str, ref: str, number: int) -> HttpResponseBase:
    """Make the container as it was at a revision. `keep` and `anyway` as for the others."""
    options = recreate_options(request.POST)

    def work(tell: Tell) -> Outcome:
        return recreating.container_restore(request.actor, host_slug, ref, number=number, options=options, tell=tell)

    return _answer(request, host_slug, image="", work=work, what=What.RESTORED)


def _meanwhile(request: ActorRequest, host_slug: str, meanwhile: Meanwhile) -> HttpResponse:
    if wants_json(request):
        return JsonResponse(meanwhile_json(meanwhile, request.POST), status=409)
    notice = meanwhile_notice(meanwhile, request.POST, host_slug)
    if meanwhile.now is None:
        return typed_page(request, host_slug, said=Said(409, [notice]))
    form = CreateForm(request.POST, version=meanwhile.now.version)
    return _edit_page(request, host_slug, meanwhile.now, form=form, said=Said(409, [notice]), is_over=True)


def _answer(request: ActorRequest, host_slug: str, *, image: str, work: Work, what: Revision.What) -> HttpResponseBase:
    answer = _Answer(image, "", work, what)
    if wants_lines(request):
        return _lines(request, host_slug, answer)
    told = _done(request, host_slug, answer)
    if wants_json(request):
        return JsonResponse(told.as_json(), status=told.status)
    if told.status != 200:
        return problem_response(request, Problem(told.status, told.title, told.detail, told.hint))
    return _leave(request, host_slug, told)


def _done(request: ActorRequest, host_slug: str, answer: _Answer) -> Told:
    if answer.image:
        failure = pull_at_once(request.actor, host_slug, image=answer.image, platform=answer.platform)
        if failure:
            return not_pulled(answer.image, failure)
    return told_of(answer.work(nobody_listens), host_slug, what=answer.what, filled=answer.filled)


def _leave(request: ActorRequest, host_slug: str, told: Told) -> HttpResponse:
    words = f"{told.title}. {told.detail}".strip()
    tell = messages.warning if told.kind == "warn" else messages.success
    tell(request, words if told.detail else told.title)
    return redirect(told.url or reverse("containers:list", args=[host_slug]))


def _lines(request: ActorRequest, host_slug: str, answer: _Answer) -> StreamingHttpResponse:
    async def lines() -> AsyncIterator[bytes]:
        told = recreate_told(request.actor, host_slug, image=answer.image, platform=answer.platform, work=answer.work)
        async for line in told:
            shown = line_json(line, host_slug, what=answer.what, filled=answer.filled)
            yield json.dumps(shown).encode() + b"\n"

    return StreamingHttpResponse(lines(), content_type=LINES)


def _edit_page(
    request: ActorRequest,
    host_slug: str,
    editable: Editable,
    *,
    form: CreateForm,
    said: Said | None = None,
    is_over: bool = False,
) -> HttpResponse:
    said = said or Said(200)
    if said.at_field is not None:
        form.add_error(*said.at_field)
    context: dict[str, Any] = page_context(request.actor, host_slug, editable.container, tab="edit")
    context |= {
        "form": form,
        "basic": basic_rows(form, form.why_unavailable),
        "groups": group_rows(form, form.why_unavailable),
        "choices": creation_choices(request.actor, host_slug),
        "said": said,
        "notices": [*said.notices, *edit_notices(editable)],
        "is_edit": True,
        "place": "edit",
        "posted": request.POST,
        "seen": seen_mark(editable),
        "is_over": is_over,
        "removes_itself": editable.container.host_config.auto_remove,
        "preview": preview(
            {**form.texts, "name": editable.container.name},
            is_started=editable.container.is_running,
            usual=usual_of(request.actor, host_slug, form.texts),
        ),
    }
    return render(request, "containers/edit.html", context, status=said.status)
