"""Accounts, and the one-time link that makes the first of them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Role


class UserManager(BaseUserManager["User"]):
    """Makes accounts with a hashed password."""

    def create_user(self, username: str, password: str | None, *, role: Role = Role.VIEWER, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username), role=role, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who can sign in."""

    username = models.CharField(
        _("name"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This name is taken.")},
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    role = models.CharField(
        _("role"),
        max_length=16,
        choices=[(Role.ADMIN.value, _("admin")), (Role.VIEWER.value, _("viewer"))],
        default=Role.VIEWER.value,
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("since"), default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.username


class SetupLink(models.Model):
    """The one-time link that makes the first admin: only its SHA-256 is kept."""

    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"setup link until {self.expires_at:%Y-%m-%d %H:%M}"
