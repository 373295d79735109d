"""Small questions about a request, and toasts on a response."""

from __future__ import annotations

import json
from typing import Literal, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

ToastKind = Literal["ok", "warn", "error"]
Response = TypeVar("Response", bound=HttpResponseBase)


def wants_json(request: HttpRequest) -> bool:
    """True when the caller prefers JSON to a page (`Accept: application/json`)."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def wants_fragment(request: HttpRequest) -> bool:
    """True when a page's own script asks (`X-Fragment: 1`): for the moving part of the page, or to do something."""
    return request.headers.get("X-Fragment") == "1"


def toast(response: Response, title: str, *, kind: ToastKind = "ok", detail: str = "", hint: str = "") -> Response:
    """Add a message to an answer for a page's script: static/js/lib/toast.js shows what `X-Toast` holds."""
    words = {"kind": kind, "title": title, "detail": detail, "hint": hint}
    response["X-Toast"] = json.dumps(words)  # ASCII: what a header may hold
    return response


def go_to(request: HttpRequest, address: str) -> HttpResponse:
    """Lead to another page: by a redirect, or by `X-Go-To` when a page's script asked."""
    if not wants_fragment(request):
        return HttpResponseRedirect(address)
    return HttpResponse(status=204, headers={"X-Go-To": address})


def as_download(response: Response, filename: str) -> Response:
    """Have browsers keep an answer as a file of this name, and never take what others made for a page of ours."""
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
