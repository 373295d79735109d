"""The images app: the list, an image's pages, its names, its removal, search and prune."""

from django.apps import AppConfig


class ImagesConfig(AppConfig):
    """Makes the app's long work known."""

    name = "apps.images"
    verbose_name = "Images"

    def ready(self) -> None:
        """Register what runs as activities."""
        from apps.images import kinds

        kinds.register_all()
