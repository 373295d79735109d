"""The containers app: the list, a container's pages, and its verbs."""

from django.apps import AppConfig


class ContainersConfig(AppConfig):
    """Makes the long work of containers known."""

    name = "apps.containers"
    verbose_name = "Containers"

    def ready(self) -> None:
        """Register the kinds of activities."""
        from apps.containers.kinds import register_all

        register_all()
