"""The registries we know, and what they know us by."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.registries.addresses import Address


class SecretKind(models.TextChoices):
    """What the locked secret is."""

    NONE = "", _("none")
    PASSWORD = "password", _("password")
    TOKEN = "token", _("identity token")


class Registry(models.Model):
    """A registry: its address, and one set of credentials. `locked_secret` is made by apps.registries.credentials."""

    name = models.CharField(_("name"), max_length=80)
    scheme = models.CharField(_("scheme"), max_length=5, default="https")
    host = models.CharField(_("host"), max_length=260, unique=True)
    username = models.CharField(_("user"), max_length=255, blank=True, default="")
    secret_kind = models.CharField(max_length=8, choices=SecretKind.choices, blank=True, default=SecretKind.NONE)
    locked_secret = models.TextField(blank=True, default="")
    authorities = models.TextField(
        blank=True, default="", help_text=_("Certificates (PEM) of the authorities that vouch for it beside the usual.")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "host"]
        verbose_name_plural = "registries"

    def __str__(self) -> str:
        """Say the name a person gave it."""
        return self.name

    @property
    def address(self) -> Address:
        """Where it is."""
        return Address(self.scheme, self.host)

    @property
    def has_secret(self) -> bool:
        """Whether a password or token is kept."""
        return bool(self.locked_secret)
