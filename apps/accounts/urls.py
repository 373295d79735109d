"""Sign-in and profile: django-allauth's own addresses, without those that need mail or open a door to strangers."""

from __future__ import annotations

from allauth.account.urls import urlpatterns as account_urlpatterns
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path
from django.utils.translation import gettext as _

from apps.core.access import public
from apps.core.errors import NotFoundHere

NEEDS_MAIL = frozenset(
    {
        "account_confirm_email",
        "account_confirm_login_code",
        "account_email",
        "account_email_verification_sent",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
)


@public
def not_offered(request: HttpRequest, **_captured: str) -> HttpResponse:
    raise NotFoundHere(_("This is not offered here."), _("An admin can give you a new password."))


def _offered(pattern: URLPattern) -> URLPattern:
    if pattern.name in NEEDS_MAIL:
        return URLPattern(pattern.pattern, not_offered, name=pattern.name)
    return pattern


urlpatterns = [
    *(_offered(pattern) for pattern in account_urlpatterns),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
