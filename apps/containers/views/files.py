"""The files of a container: folders and files as pages, downloads, uploads, and small changes."""

import io
from typing import cast

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.paths import path_of_form, path_of_query, quoted, shown
from apps.containers.presenters.files import file_page, file_row, folder_page, row_json
from apps.containers.presenters.folder_asked import Asked
from apps.containers.presenters.folder_json import folder_facts, folder_json
from apps.containers.services.file_changes import file_remove, file_rename
from apps.containers.services.file_download import Download, file_download, file_preview, picture_download
from apps.containers.services.file_listing import file_place
from apps.containers.services.file_upload import file_upload, folder_make
from apps.containers.services.file_zip import ZipReader
from apps.containers.services.folder_kept import LONG_ENTRIES
from apps.containers.views.page import page_context
from apps.core.errors import InvalidInput
from apps.core.http import as_download, toast, wants_fragment, wants_json
from apps.core.pieces import PiecesOnThread
from apps.core.spool import SpoolReader

_LONGEST_FILENAME = 200


@require_GET
@signed_in
@vary_on_headers("Accept", "X-Fragment")
def container_files(request: ActorRequest, host_slug: str, ref: str) -> HttpResponseBase:
    """Show what stands at `?path=`: a folder as a list (`q sort hidden page kept`), a file with its beginning."""
    path = path_of_query(request.META.get("QUERY_STRING", ""))
    asked = Asked.read(request.GET)
    place = file_place(request.actor, host_slug, ref, path=path, may_be_kept=asked.takes_kept)
    context = page_context(request.actor, host_slug, place.container, tab="files")
    if place.file is not None:
        found, preview = place.file.found, None
        if found is not None and found.is_regular:
            preview = file_preview(request.actor, host_slug, place.container.id, path=place.file.content_path)
        file = file_page(place.file, preview)
        if wants_json(request):
            facts = {"size_bytes": file.size_bytes, "octal": file.octal, "modified": file.modified}
            return JsonResponse({"path": shown(path), "address": file.address, "kind": file.kind, **facts})
        context["may_change"] = roles.may(request.actor, Action.CONTAINER_FILES_CHANGE)
        return render(request, "containers/file.html", context | {"file": file})
    assert place.folder is not None
    if wants_json(request):
        if len(place.folder.entries) > LONG_ENTRIES:
            return StreamingHttpResponse(PiecesOnThread(folder_json(place.folder)), content_type="application/json")
        entries = [row_json(file_row(path, entry)) for entry in place.folder.entries]
        return JsonResponse({**folder_facts(place.folder), "entries": entries})
    context["folder"] = folder_page(place.folder, asked)
    context["may_change"] = may_change = roles.may(request.actor, Action.CONTAINER_FILES_CHANGE)
    context["may_rename"] = may_change and place.container.state.status == "running"
    context["may_fetch"] = not place.folder.is_in_memory
    return render(request, "containers/_folder.html" if wants_fragment(request) else "containers/files.html", context)


@require_GET
@signed_in
def container_files_archive(request: ActorRequest, host_slug: str, ref: str) -> StreamingHttpResponse:
    """Send a file, or a folder as tar (`?format=zip`: as zip). `?picture=1`: only a picture, named as what it is."""
    path = path_of_query(request.META.get("QUERY_STRING", ""))
    if request.GET.get("picture") == "1":
        return _sent(picture_download(request.actor, host_slug, ref, path=path))
    is_zip = request.GET.get("format") == "zip"
    return _sent(file_download(request.actor, host_slug, ref, path=path, is_zip=is_zip))


@require_POST
@signed_in
def container_files_upload(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Put the body of the request, as it is, into the folder `?path=` under `?name=`; `?replace=1`: also over a file.

    The size gate has let it in: see dockerweb.gatekeeper. The body is whole before this is called.
    """
    folder = path_of_query(request.META.get("QUERY_STRING", ""))
    length = request.META.get("CONTENT_LENGTH") or ""
    roles.require(request.actor, Action.CONTAINER_FILES_CHANGE)
    if not length.isdigit():
        raise InvalidInput(_("The length of the file must be said."), "Content-Length")
    uploaded = file_upload(
        request.actor,
        host_slug,
        ref,
        folder=folder,
        name=request.GET.get("name", ""),
        source=cast(io.BufferedIOBase, request),
        size_bytes=int(length),
        may_replace=request.GET.get("replace") == "1",
    )
    return JsonResponse(
        {"path": shown(uploaded.path), "size_bytes": uploaded.size_bytes, "was_replaced": uploaded.was_replaced}
    )


@require_POST
@signed_in
def container_files_folder(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Make the folder `name` in the folder `path` (`address`: the same quoted)."""
    folder = path_of_form(request.POST.dict())
    made = folder_make(request.actor, host_slug, ref, folder=folder, name=request.POST.get("name", ""))
    return _done(request, host_slug, ref, title=_("Folder made"), path=made, folder=folder)


@require_POST
@signed_in
def container_files_rename(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Give what stands at `path` another `name` in its folder."""
    path = path_of_form(request.POST.dict())
    renamed = file_rename(request.actor, host_slug, ref, path=path, name=request.POST.get("name", ""))
    return _done(request, host_slug, ref, title=_("Renamed"), path=renamed, folder=renamed.rpartition("/")[0])


@require_POST
@signed_in
def container_files_remove(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Delete what stands at `path`, a folder with all that is in it."""
    path = path_of_form(request.POST.dict())
    file_remove(request.actor, host_slug, ref, path=path)
    return _done(request, host_slug, ref, title=_("Deleted"), path=path, folder=path.rpartition("/")[0])


def _done(request: ActorRequest, host_slug: str, ref: str, *, title: str, path: str, folder: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"title": title, "path": shown(path)})
    if wants_fragment(request):
        return toast(HttpResponse(status=204), title, detail=shown(path))
    return redirect(f"{reverse('containers:files', args=[host_slug, ref])}?path={quoted(folder or '/')}")


def _sent(download: Download) -> StreamingHttpResponse:
    reader = ZipReader(download.spool) if download.is_to_be_zipped else SpoolReader(download.spool)
    response = StreamingHttpResponse(reader, content_type=download.content_type)
    filename = shown(download.name)[-_LONGEST_FILENAME:] or "download"
    if not download.is_to_be_zipped:  # a zip's length is known at its end
        response["Content-Length"] = str(download.spool.size_bytes)
    return as_download(response, filename)
