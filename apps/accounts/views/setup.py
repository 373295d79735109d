"""The page that makes the first admin."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps.accounts import setup
from apps.accounts.forms import FirstAdminForm
from apps.core.access import public
from apps.core.errors import AccessDenied, NotFoundHere


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def first_admin(request: HttpRequest) -> HttpResponse:
    """GET with the token shows the form; POST spends the token and signs the new admin in."""
    if not setup.is_needed():
        raise NotFoundHere(_("This is set up already."), _("Sign in with your account."))
    token = request.POST.get("token", "") or request.GET.get("token", "")
    if not setup.link_is_valid(token):
        raise AccessDenied(
            _("Dockerweb has no admin yet."),
            _("The link that makes the first one is printed on the console where the program was started."),
            hint=_("It works once, for fifteen minutes. Starting again, or “manage.py setup_link”, prints a new one."),
        )
    form = FirstAdminForm(request.POST if request.method == "POST" else None)
    admin = form.spend(token) if form.is_bound else None
    if admin is None:
        context = {"form": form, "token": token}
        return render(request, "accounts/setup.html", context, status=400 if form.errors else 200)
    login(request, admin)
    return HttpResponseRedirect(reverse("setup").removesuffix("setup/"))
