"""Every view asks for a signed-in person, unless it is marked public or belongs to the sign-in itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from apps.accounts import setup
from apps.accounts.http import actor_of, please_sign_in
from apps.core.access import is_public


class SignedIn:
    """Gives each request its actor, leads to the set-up while there is no admin, and refuses strangers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = actor_of(request.user)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if is_public(view):
            return None
        if request.actor.is_anonymous and setup.is_needed():  # type: ignore[attr-defined]
            return HttpResponseRedirect(reverse("setup"))
        if _is_sign_in(view) or not request.actor.is_anonymous:  # type: ignore[attr-defined]
            return None
        return please_sign_in(request)


def _is_sign_in(view: Callable[..., Any]) -> bool:
    """allauth's views ask for themselves who may see them."""
    return view.__module__.startswith("allauth.")
