"""The content security policy, and the one loosening it knows.

Scripts never come from a page's own text. Style elements neither, except on a page that says so with `style_elements`:
a terminal draws by style elements made by its script, which carry no nonce.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest
from django.http.response import HttpResponseBase

View = TypeVar("View", bound=Callable[..., Any])


def style_elements(view: View) -> View:
    """Let the page of this (synchronous) view add style elements by script; nothing else is loosened."""

    @wraps(view)
    def allowed(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        request.csp_styles = True  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return allowed  # type: ignore[return-value]


class ContentSecurityPolicy(CSPMiddleware):
    """django-csp, with `style-src-elem` loosened where the view asked for it (`request.csp_styles`)."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request=request, response=response, report_only=report_only)
        if getattr(request, "csp_styles", False):
            parts.replace = {**(parts.replace or {}), "style-src-elem": ["'self'", "'unsafe-inline'"]}
        return parts
