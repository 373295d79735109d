"""The containers app: the list, a container's pages, and its verbs."""

from django.apps import AppConfig


class ContainersConfig(AppConfig):
    """Nothing to do at start."""

    name = "apps.containers"
    verbose_name = "Containers"
