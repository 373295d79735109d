"""The page where a container is made, and what it asks for while it is filled in."""

import json
from collections.abc import AsyncIterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.creation.building import Values
from apps.containers.creation.choices import Choices, carried_of, creation_choices, original
from apps.containers.forms.create import CreateForm
from apps.containers.presenters.creation import Notice, Said, basic_rows, group_rows, page_json, preview, said_of
from apps.containers.selectors import frame_learn
from apps.containers.services.creation import Created, create_and_start, pull, pull_at_once, remove_unstarted
from apps.containers.services.revisions import revision_keep_created
from apps.containers.services.run_line import read_run_line
from apps.containers.services.usual import Usual, usual_of
from apps.core.http import wants_json
from apps.core.problems import problem_of


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@vary_on_headers("Accept")
def container_create(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Show the form (`?from=` fills it with a container, `?image=` names the image) and make what was filled in.

    `pull` has the image pulled first; `replace` is a container that did not start and goes first; `read` fills the form
    with the docker run `line` and makes nothing. `from` names the container of which it is a duplicate: what no field
    holds is carried over from that one as it is now. As JSON: what the fields hold and what is wrong with them; 201 and
    the id of what was made.
    """
    choices = creation_choices(request.actor, host_slug)
    if request.method != "POST":
        return _first_page(request, host_slug, choices=choices)
    if "read" in request.POST:
        return _read_line_page(request, host_slug, choices=choices)
    source = request.POST.get("from", "")
    if choices.failure is not None:
        form = CreateForm(request.POST, version=choices.version)
        problem = problem_of(choices.failure)
        notice = Notice("error", problem.title, problem.detail)
        return _page(request, host_slug, form=form, choices=choices, said=Said(problem.status, [notice]), source=source)
    carried = None
    if source:
        carried = carried_of(request.actor, host_slug, source, version=choices.version)
        if carried is None:
            return _source_gone_page(request, host_slug, choices=choices)
    form = CreateForm(request.POST, version=choices.version, carried=carried)
    if not form.is_valid() or form.built.spec is None:
        return _page(request, host_slug, form=form, choices=choices, said=Said(400), source=source)
    built = form.built
    assert built.spec is not None
    if "pull" in request.POST:
        failure = pull_at_once(request.actor, host_slug, image=built.spec.image, platform=built.platform)
        if failure:
            notice = Notice("error", _("%(image)s could not be pulled.") % {"image": built.spec.image}, failure)
            return _page(
                request,
                host_slug,
                form=form,
                choices=choices,
                said=Said(502, [notice], ("image", failure), built.spec.image),
                source=source,
            )
    if request.POST.get("replace"):
        remove_unstarted(request.actor, host_slug, request.POST["replace"])
    outcome = create_and_start(
        request.actor,
        host_slug,
        built.spec,
        name=built.name,
        platform=built.platform,
        is_started=form.is_started,
        further_networks=built.further_networks,
    )
    if isinstance(outcome, Created):
        revision_keep_created(request.actor, host_slug, outcome.container_id)
    if isinstance(outcome, Created) and not outcome.start_failure:
        if wants_json(request):
            made = {"id": outcome.container_id, "is_started": form.is_started, "warnings": outcome.warnings}
            return JsonResponse(made, status=201)
        _tell(request, outcome, name=built.name, is_started=form.is_started)
        return redirect("containers:detail", host_slug, outcome.container_id)
    said = said_of(outcome, host_slug, name=built.name, filled=form.filled)
    return _page(request, host_slug, form=form, choices=choices, said=said, source=source)


@require_POST
@signed_in
def container_create_preview(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Answer with the docker run line and the compose file of what the form holds now; nothing is made."""
    roles.require(request.actor, Action.CONTAINER_CREATE)
    texts = {name: text for name, text in request.POST.items() if isinstance(text, str)}
    usual = usual_of(request.actor, host_slug, texts)
    return JsonResponse(preview(texts, is_started=bool(texts.get("start")), usual=usual))


@require_POST
@signed_in
def image_pull(request: ActorRequest, host_slug: str) -> StreamingHttpResponse:
    """Pull `image` and tell of it as JSON lines: id, status, current, total; `error` is the end and a failure."""
    roles.require(request.actor, Action.IMAGE_PULL)
    image, platform = request.POST.get("image", "").strip(), request.POST.get("platform", "").strip()
    lines = _progress(request, host_slug, image=image, platform=platform)
    return StreamingHttpResponse(lines, content_type="application/x-ndjson")


async def _progress(request: ActorRequest, host_slug: str, *, image: str, platform: str) -> AsyncIterator[bytes]:
    async for line in pull(request.actor, host_slug, image=image, platform=platform):
        detail = line.raw_detail
        told = {
            "id": line.id,
            "status": line.status,
            "current": detail.current if detail else None,
            "total": detail.total if detail else None,
            "error": line.error,
        }
        yield json.dumps(told).encode() + b"\n"


def _first_page(request: ActorRequest, host_slug: str, *, choices: Choices) -> HttpResponse:
    if choices.failure is not None:
        raise choices.failure
    values: Values = {"image": request.GET.get("image", "")}
    notices: list[Notice] = []
    source = ""
    if request.GET.get("from"):
        found = original(request.actor, host_slug, request.GET["from"], version=choices.version)
        values = {**found.written.values, "name": f"{found.name}-copy"}
        title = _("This is the form of %(name)s.") % {"name": found.name}
        notices.append(Notice("ok", title, _("What you change is changed in the new container only.")))
        source = found.container_id
        if found.written.lost:
            lost = ", ".join(found.written.lost)
            notices.append(Notice("warn", _("The form cannot hold all of it; the new container will not have:"), lost))
        if found.written.carried_words:
            words = ", ".join(found.written.carried_words)
            title = _("No field stands for these; the new container has them as they are:")
            notices.append(Notice("info", title, words))
    form = CreateForm(values=values, version=choices.version)
    return _page(request, host_slug, form=form, choices=choices, said=Said(200, notices), source=source)


def typed_page(request: ActorRequest, host_slug: str, *, said: Said) -> HttpResponse:
    """Show what was typed as a container to be made: the one that it was typed for is not there any more."""
    choices = creation_choices(request.actor, host_slug)
    form = CreateForm(request.POST, version=choices.version)
    return _page(request, host_slug, form=form, choices=choices, said=said)


def _source_gone_page(request: ActorRequest, host_slug: str, *, choices: Choices) -> HttpResponse:
    """Keep what was typed; the next try makes what the fields hold."""
    form = CreateForm(request.POST, version=choices.version)
    form.errors.clear()
    title = _("The container that this is a duplicate of is gone; nothing was created.")
    words = _("What no field stands for cannot be taken over from it any more. “Create” makes what the form holds.")
    return _page(request, host_slug, form=form, choices=choices, said=Said(409, [Notice("warn", title, words)]))


def _read_line_page(request: ActorRequest, host_slug: str, *, choices: Choices) -> HttpResponse:
    line = request.POST.get("line", "")
    read = read_run_line(line)
    if read.problem:
        form = CreateForm(request.POST, version=choices.version)
        form.errors.clear()
        said = Said(400, [Notice("error", _("The line was not taken over."), read.problem)])
        return _page(request, host_slug, form=form, choices=choices, said=said, line=line)
    notices = [Notice("ok", _("The line is in the form."), _("Look it over, then create the container."))]
    if read.unknown:
        notices.append(Notice("warn", _("Not taken over, because no field stands for it:"), ", ".join(read.unknown)))
    if read.unexpanded:
        title = _("A shell would put something else in these places; here they stand as they are:")
        notices.append(Notice("warn", title, ", ".join(read.unexpanded)))
    values = {**read.values, "start": "on" if read.is_started else ""}
    form = CreateForm(values=values, version=choices.version)
    return _page(request, host_slug, form=form, choices=choices, said=Said(200, notices), line=line)


def _page(
    request: ActorRequest,
    host_slug: str,
    *,
    form: CreateForm,
    choices: Choices,
    said: Said,
    line: str = "",
    source: str = "",
) -> HttpResponse:
    if said.at_field is not None:
        form.add_error(*said.at_field)
    if wants_json(request):
        return JsonResponse(page_json(form, said, values=form.texts), status=said.status)
    if choices.failure is None:
        frame_learn(request.actor, host_slug)
    context: dict[str, Any] = {
        "host_slug": host_slug,
        "form": form,
        "basic": basic_rows(form, form.why_unavailable),
        "groups": group_rows(form, form.why_unavailable),
        "choices": choices,
        "said": said,
        "line": line,
        "source": source,
        "preview": preview(
            form.texts,
            is_started=form.is_started,
            usual=Usual() if choices.failure else usual_of(request.actor, host_slug, form.texts),
        ),
    }
    return render(request, "containers/create.html", context, status=said.status)


def _tell(request: ActorRequest, created: Created, *, name: str, is_started: bool) -> None:
    words = {"name": name or created.container_id[:12]}
    messages.success(request, _("%(name)s was started") % words if is_started else _("%(name)s was created") % words)
    for warning in created.warnings:
        messages.warning(request, warning)
