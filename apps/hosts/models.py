"""The engines we are set up to reach."""

import os

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.engine.endpoint import Endpoint
from apps.engine.version import ApiVersion

LOCAL_SLUG = "local"


class Host(models.Model):
    """An engine we know: its address, its name, and the API version it is held to, if any.

    An empty `endpoint` means: wherever `DOCKER_HOST`, `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH` point when the
    program starts. That is how the local engine follows its environment without a row to correct.
    """

    slug = models.SlugField(_("address name"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    endpoint = models.CharField(_("endpoint"), max_length=255, blank=True, default="")
    api_version = models.CharField(
        _("pinned API version"),
        max_length=8,
        blank=True,
        default="",
        validators=[RegexValidator(r"^\d{1,2}\.\d{1,2}$")],
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "slug"]

    def __str__(self) -> str:
        """Say the name a person gave the host."""
        return self.name

    @property
    def address(self) -> Endpoint:
        """Where the engine listens. Raises InvalidEndpoint when the address cannot be read."""
        return Endpoint.parse(self.endpoint) if self.endpoint else Endpoint.from_environment(os.environ)

    @property
    def pinned_version(self) -> ApiVersion | None:
        """The API version the host is held to, None: whatever both sides speak."""
        return ApiVersion.parse(self.api_version) if self.api_version else None
