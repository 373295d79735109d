"""Who asks, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.actor import ANONYMOUS, Actor, Role
from apps.core.http import wants_fragment, wants_json
from apps.core.problems import Problem, problem_response

View = TypeVar("View", bound=Callable[..., Any])


class ActorRequest(HttpRequest):
    """A request as views see it: with the actor. For annotations only."""

    actor: Actor


def actor_of(user: Any) -> Actor:
    """The snapshot of a loaded user (or of Django's anonymous one); asks the database nothing."""
    if not user.is_authenticated or not user.is_active:
        return ANONYMOUS
    return Actor(user_id=user.pk, username=user.username, role=Role(user.role))


def please_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Where an anonymous caller is led: pages to the sign-in form; scripts get 401."""
    if wants_json(request) or wants_fragment(request):
        return problem_response(request, Problem(401, _("You are not signed in."), "", _("Sign in first.")))
    return redirect_to_login(request.get_full_path(), reverse("account_login"))


def signed_in(view: View) -> View:
    """Only for signed-in people. The SignedIn middleware asks this of every view; here it can be read."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.actor.is_anonymous:  # type: ignore[attr-defined]
            return please_sign_in(request)
        return view(request, *args, **kwargs)

    return asked  # type: ignore[return-value]
