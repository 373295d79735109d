"""The registries app: where images come from and go to, and the credentials for it."""

from django.apps import AppConfig


class RegistriesConfig(AppConfig):
    """Nothing to do at start."""

    name = "apps.registries"
    verbose_name = "Registries"
