"""The images app: the list, an image's pages, its names, its removal, search and prune."""

from django.apps import AppConfig


class ImagesConfig(AppConfig):
    """Nothing to do at start."""

    name = "apps.images"
    verbose_name = "Images"
