"""Addresses of what carries images about, below /hosts/<host>/images/."""

from django.urls import path

from apps.images.views import build_cache, building, importing, load, pull, push, save, save_to_disk

urlpatterns = [
    path("pull/", pull.image_pull, name="pull"),
    path("pull/reading/", pull.image_pull_reading, name="pull_reading"),
    path("build/", building.image_build, name="build"),
    path("build-cache/", build_cache.build_cache, name="build_cache"),
    path("load/", load.image_load, name="load"),
    path("import/", importing.image_import, name="import"),
    path("save/", save.image_save_several, name="save_several"),
    path("save-to-disk/", save_to_disk.image_save_several_to_disk, name="save_several_to_disk"),
    path("<path:ref>/push/", push.image_push, name="push"),
    path("<path:ref>/save/", save.image_save, name="save"),
    path("<path:ref>/save-to-disk/", save_to_disk.image_save_to_disk, name="save_to_disk"),
]
