"""Changes to accounts."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.actor import Role
from apps.accounts.models import User
from apps.core.errors import InvalidInput, NotFoundHere


def user_set_role(username: str, role: Role | None) -> User:
    """Give the account this role; None shuts it, a role opens it again. The last admin stays one (InvalidInput)."""
    with transaction.atomic():
        user = User.objects.filter(username=username).first()
        if user is None:
            raise NotFoundHere(_("There is no account “%(name)s”.") % {"name": username})
        others = User.objects.filter(role=Role.ADMIN, is_active=True).exclude(pk=user.pk)
        if user.role == Role.ADMIN and user.is_active and role is not Role.ADMIN and not others.exists():
            raise InvalidInput(_("This is the last admin."), _("Make another one first."))
        user.is_active = role is not None
        if role is not None:
            user.role = role.value
        user.save(update_fields=["is_active", "role"])
    return user
