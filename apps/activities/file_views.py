"""The file that an activity made: download and delete."""

from __future__ import annotations

import re
import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.activities import selectors, services
from apps.activities.kept_file import KeptReader
from apps.core.http import as_download, go_to, toast, wants_fragment, wants_json

_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})", re.ASCII)
_PARTIAL = 206
_NOT_THERE = 416


@require_GET
@signed_in
def activity_file(request: ActorRequest, activity_id: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Send the file; a part of it, so that a download that broke off goes on where it was."""
    kept = selectors.activity_file(request.actor, activity_id)
    start, end, total = 0, kept.size_bytes, kept.size_bytes
    tag = f'"{kept.version}"'
    asked = _asked_range(request, tag)
    if asked is not None:
        start, end = asked[0], total if asked[1] is None else min(asked[1] + 1, total)
        if start >= total:
            return HttpResponse(status=_NOT_THERE, headers={"Content-Range": f"bytes */{total}"})
    try:
        reader = KeptReader(kept.path, start=start, length=end - start)
    except FileNotFoundError as exc:  # deleted just now
        raise selectors.no_file() from exc
    response = StreamingHttpResponse(reader, content_type="application/octet-stream")
    if asked is not None:
        response.status_code = _PARTIAL
        response["Content-Range"] = f"bytes {start}-{end - 1}/{total}"
    response["Content-Length"] = str(end - start)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = tag
    return as_download(response, kept.name)


@require_POST
@signed_in
def activity_file_remove(request: ActorRequest, activity_id: uuid.UUID) -> HttpResponse:
    """Delete the file; the activity stays."""
    activity = services.activity_file_remove(request.actor, activity_id)
    if wants_json(request):
        return JsonResponse({"id": str(activity.pk)})
    if wants_fragment(request):
        return toast(HttpResponse(status=204), _("The file is deleted."))
    return go_to(request, reverse("activities:detail", args=[activity.pk]))


def _asked_range(request: HttpRequest, tag: str) -> tuple[int, int | None] | None:
    """The first and last byte of a range that is one, and of the file as it is; whatever else is no range."""
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or request.headers.get("If-Range", tag) != tag:
        return None
    first, last = int(match[1]), int(match[2]) if match[2] else None
    return None if last is not None and last < first else (first, last)
