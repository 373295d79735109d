"""The first admin: from the environment, or by a link that works once and for fifteen minutes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.actor import Role
from apps.accounts.models import SetupLink, User
from apps.core.errors import AccessDenied, InvalidInput

# Whether an admin exists is asked of the database until the answer is yes; removing the last admin is refused.
_is_done = False


def is_needed() -> bool:
    """True until the first admin exists. Costs a query only while it is true."""
    global _is_done
    if not _is_done:
        _is_done = User.objects.filter(role=Role.ADMIN).exists()
    return not _is_done


def forget() -> None:
    """Ask the database again (tests empty it)."""
    global _is_done
    _is_done = False


def link_make() -> str:
    """Make a new one-time link, the only one valid from now on; returns its path (with the sub-path)."""
    token = secrets.token_urlsafe(32)
    expires_at = timezone.now() + timedelta(seconds=settings.SETUP_LINK_LIFE_S)
    with transaction.atomic():
        SetupLink.objects.all().delete()
        SetupLink.objects.create(digest=_digest(token), expires_at=expires_at)
    return f"{reverse('setup')}?token={token}"


def link_is_valid(token: str) -> bool:
    """Compared by hash and in constant time."""
    digest = _digest(token)
    links = SetupLink.objects.filter(expires_at__gt=timezone.now())
    return any(hmac.compare_digest(link.digest, digest) for link in links)


def admin_make_by_link(token: str, username: str, *, password: str) -> User:
    """Spend the link on the first admin. Raises AccessDenied for a link that is wrong, late or spent."""
    with transaction.atomic():
        if not link_is_valid(token) or User.objects.filter(role=Role.ADMIN).exists():
            raise AccessDenied(
                _("This link does not work."),
                _("It is wrong, older than fifteen minutes, or it has been used."),
                hint=_("Start the program again; the console prints a new link."),
            )
        user = user_make(username, password, role=Role.ADMIN)
        SetupLink.objects.all().delete()
    return user


def admin_make_from_environment() -> User | None:
    """Make the admin that DOCKERWEB_ADMIN_USER and …_PASSWORD name, unless there is one already."""
    if not settings.FIRST_ADMIN_NAME or not settings.FIRST_ADMIN_PASSWORD or not is_needed():
        return None
    return user_make(settings.FIRST_ADMIN_NAME, settings.FIRST_ADMIN_PASSWORD, role=Role.ADMIN)


def user_make(username: str, password: str, *, role: Role) -> User:
    """Make an account. Raises InvalidInput (with `.field`) for a name or password that will not do."""
    user = User(username=User.normalize_username(username), role=role)
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as exc:
        raise InvalidInput(_("This name will not do."), " ".join(exc.messages), field="username") from exc
    try:
        validate_password(password, user)
    except ValidationError as exc:
        raise InvalidInput(_("This password will not do."), " ".join(exc.messages), field="password") from exc
    user.set_password(password)
    user.save()
    return user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
