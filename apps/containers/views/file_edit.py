"""A text file of a container, edited: `…/files/edit/`."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.forms.editing import EditForm
from apps.containers.paths import clean, path_of_query, quoted, shown
from apps.containers.presenters.file_edit import EditPage, edit_page, edit_page_again, text_json
from apps.containers.services.file_edit import Edited, text_open, text_save
from apps.containers.views.page import container_page, page_context
from apps.core.editor_words import editor_words
from apps.core.http import toast, wants_fragment, wants_json


@require_http_methods(["GET", "POST"])
@signed_in
@vary_on_headers("Accept", "X-Fragment")
def container_files_edit(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Show the text at `path` for editing. POST writes `text` back if the file still is what was `read`.

    `overwrite=1` writes over whatever is there. `path` stands in the address, as its bytes may be any, or in the body.
    """
    if request.method == "POST":
        return _save(request, host_slug, ref)
    opened = text_open(request.actor, host_slug, ref, path=path_of_query(request.META.get("QUERY_STRING", "")))
    if wants_json(request):
        return JsonResponse(text_json(opened))
    context = page_context(request.actor, host_slug, opened.container, tab="files")
    return _page(request, context, edit_page(opened), form=EditForm())


def _save(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    posted = request.POST.get("path")
    path = path_of_query(request.META.get("QUERY_STRING", "")) if posted is None else clean(posted)
    form = EditForm(request.POST)
    done = form.submit(
        lambda: text_save(
            request.actor,
            host_slug,
            ref,
            path=path,
            text=form.cleaned_data["text"],
            read_digest=form.cleaned_data["read"],
            overwrites=form.cleaned_data["overwrite"],
        ),
        is_raised=wants_json(request),
    )
    if done is not None:
        return _saved(request, host_slug, ref, done)
    if wants_fragment(request):
        return _state(request, edit_page_again(path, text="", read=form.data.get("read", "")), form=form)
    context = container_page(request, host_slug, ref, action=Action.CONTAINER_FILES_CHANGE, tab="files")
    return _page(request, context, edit_page_again(path, text=form.typed, read=form.data.get("read", "")), form=form)


def _page(request: ActorRequest, context: dict[str, Any], edit: EditPage, *, form: EditForm) -> HttpResponse:
    more = {"edit": edit, "form": form, "editor_words": editor_words()}
    return render(request, "containers/file_edit.html", context | more, status=form.status)


def _state(request: ActorRequest, edit: EditPage, *, form: EditForm) -> HttpResponse:
    """The part of the page that changes by saving. The header tells it from what others answer (a gate, a sign-in)."""
    answer = render(request, "containers/_file_edit_state.html", {"edit": edit, "form": form}, status=form.status)
    answer["X-Edit-State"] = "1"
    return answer


def _saved(request: ActorRequest, host_slug: str, ref: str, done: Edited) -> HttpResponse:
    title = _("Saved") if done.was_needed else _("Nothing was changed")
    if wants_json(request):
        told = {"title": title, "path": shown(done.path), "read": done.digest, "size_bytes": done.size_bytes}
        return JsonResponse(told | {"was_needed": done.was_needed})
    if wants_fragment(request):
        answer = _state(request, edit_page_again(done.path, text="", read=done.digest), form=EditForm())
        return toast(answer, title, detail=shown(done.path))
    messages.success(request, f"{title}: {shown(done.path)}")
    return redirect(f"{reverse('containers:files', args=[host_slug, ref])}?path={quoted(done.path)}")
