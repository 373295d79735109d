"""The hosts app: which engines we know, and the only door to them."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class HostsConfig(AppConfig):
    """Registers the local engine once the tables stand."""

    name = "apps.hosts"
    verbose_name = "Hosts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen for the end of the migrations (and of a test's flush)."""
        post_migrate.connect(_register_local_host, sender=self, dispatch_uid="hosts.register_local")


def _register_local_host(*, using: str, **_context: Any) -> None:
    from apps.hosts.services import host_register_local

    host_register_local(using=using)
