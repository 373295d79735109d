"""Small questions about a request, and toasts on a response."""

from __future__ import annotations

import json
from typing import Literal, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

ToastKind = Literal["ok", "warn", "error"]
Response = TypeVar("Response", bound=HttpResponseBase)


def wants_json(request: HttpRequest) -> bool:
    """True when the caller prefers JSON to a page (`Accept: application/json`)."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def is_htmx(request: HttpRequest) -> bool:
    """True when htmx asks for a fragment."""
    return request.headers.get("HX-Request") == "true"


def toast(response: Response, title: str, *, kind: ToastKind = "ok", detail: str = "", hint: str = "") -> Response:
    """Add a toast to an htmx response: static/js/app.js shows it. Other triggers on the response are kept."""
    events = _events(response.get("HX-Trigger", ""))
    events["toast"] = {"kind": kind, "title": title, "detail": detail, "hint": hint}
    response["HX-Trigger"] = json.dumps(events)  # ASCII: what a header may hold
    return response


def _events(header: str) -> dict[str, object]:
    if not header:
        return {}
    if header.startswith("{"):
        return dict(json.loads(header))
    return {name.strip(): None for name in header.split(",")}
