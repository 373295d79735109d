"""What is taken out of a container: its file system as tar, an image, its exit code."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.forms.committing import CommitForm
from apps.containers.forms.waiting import WaitForm
from apps.containers.services.committing import container_commit as commit
from apps.containers.services.exporting import container_export as export
from apps.containers.services.waiting import Waited, container_waited
from apps.containers.views.page import container_page
from apps.core.http import as_download, wants_json


@require_GET
@signed_in
def container_export(request: ActorRequest, host_slug: str, ref: str) -> StreamingHttpResponse:
    """Send the file system as a tar file, without its volumes."""
    exported = export(request.actor, host_slug, ref)
    response = StreamingHttpResponse(exported.pieces, content_type="application/x-tar")
    filename = f"{exported.name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar"
    return as_download(response, filename)


@require_http_methods(["GET", "POST"])
@signed_in
@vary_on_headers("Accept")
def container_commit(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Make an image. The page shows the form, and after it the new image's id."""
    form = CommitForm(request.POST if request.method == "POST" else None)
    done = None
    if request.method == "POST":
        is_json = wants_json(request)
        done = form.submit(lambda: commit(request.actor, host_slug, ref, wish=form.wish()), is_raised=is_json)
        if done is not None and is_json:
            return JsonResponse({"id": done.container_id, "image_id": done.image_id, "reference": done.reference})
    context = container_page(request, host_slug, ref, action=Action.CONTAINER_COMMIT, tab="commit")
    return render(request, "containers/commit.html", context | {"form": form, "done": done}, status=form.status)


@require_POST
@signed_in
def container_wait(request: ActorRequest, host_slug: str, ref: str) -> StreamingHttpResponse:
    """Answer with the exit code once it is known, as JSON. No thread waits: the answer is a stream of one piece."""
    form = WaitForm(request.POST)
    form.submit(lambda: True, is_raised=True)
    waiting = container_waited(request.actor, host_slug, ref, condition=form.wait_for, deadline_s=form.deadline_s)
    return StreamingHttpResponse(_told(waiting), content_type="application/json")


async def _told(waiting: AsyncIterator[Waited]) -> AsyncIterator[bytes]:
    async for waited in waiting:
        yield json.dumps(asdict(waited)).encode()
