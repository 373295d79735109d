"""The long work of images, as activities."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.access.actions import Action
from apps.activities.kinds import Kind, Params, Result, register
from apps.activities.pruning import prune_run
from apps.images.naming import short_id
from apps.images.removing_many import REMOVE_MANY, remove_many
from apps.images.removing_many import title as remove_many_title
from apps.images.services.build_cache import BUILD_PRUNE, build_cache_empty
from apps.images.services.building import BUILD, build, is_repeatable
from apps.images.services.importing import IMPORT, IMPORT_URL, import_file, import_url
from apps.images.services.loading import LOAD, load
from apps.images.services.pruning import IMAGES
from apps.images.services.pulling import PULL, pull
from apps.images.services.pushing import PUSH, push
from apps.images.services.saving_to_disk import SAVE, save
from apps.registries.references import parse


def register_all() -> None:
    """Make them known to this process."""
    register(
        Kind(name=PULL, action=Action.IMAGE_PULL, title=_pull_title, run=pull, icon="download", result_url=_pulled_url)
    )
    register(
        Kind(name=PUSH, action=Action.IMAGE_PUSH, title=_push_title, run=push, icon="upload", result_url=_image_url)
    )
    register(
        Kind(
            name=LOAD,
            action=Action.IMAGE_LOAD,
            title=_load_title,
            run=load,
            icon="package-import",
            is_restartable=False,
            result_url=_loaded_url,
        )
    )
    register(
        Kind(
            name=IMPORT,
            action=Action.IMAGE_IMPORT,
            title=_import_title,
            run=import_file,
            icon="file-import",
            is_restartable=False,
            result_url=_image_url,
        )
    )
    register(
        Kind(
            name=IMPORT_URL,
            action=Action.IMAGE_IMPORT,
            title=_import_title,
            run=import_url,
            icon="file-import",
            result_url=_image_url,
        )
    )
    register(
        Kind(
            name=BUILD,
            action=Action.IMAGE_BUILD,
            title=_build_title,
            run=build,
            icon="hammer",
            is_restartable=is_repeatable,
            result_url=_image_url,
            again_url=_build_again_url,
        )
    )
    register(
        Kind(name=SAVE, action=Action.IMAGE_SAVE, title=_save_title, run=save, icon="device-floppy", keeps_file=True)
    )
    register(Kind(name=REMOVE_MANY, action=Action.IMAGE_REMOVE, title=remove_many_title, run=remove_many, icon="trash"))
    register(
        Kind(
            name=IMAGES.kind,
            action=IMAGES.action,
            title=lambda params: _("Remove unused images"),
            run=lambda run: prune_run(IMAGES, run),
            icon="trash",
            result_url=lambda host_slug, params, result: _list_url(host_slug, ""),
            result_words=lambda: _("Back to the images"),
        )
    )
    register(
        Kind(
            name=BUILD_PRUNE,
            action=Action.IMAGE_PRUNE,
            title=lambda params: _("Empty the build cache"),
            run=build_cache_empty,
            icon="trash",
            result_url=lambda host_slug, params, result: _list_url(host_slug, ""),
            result_words=lambda: _("Back to the images"),
        )
    )


def _build_title(params: Params) -> str:
    names = params.get("options", {}).get("tags") or ()
    return _("Build %(image)s") % {"image": names[0]} if names else _("Build an image")


def _build_again_url(host_slug: str, activity_id: uuid.UUID) -> str:
    return f"{reverse('images:build', args=[host_slug])}?{urlencode({'again': str(activity_id)})}"


def _pull_title(params: Params) -> str:
    words = {"image": params.get("reference", ""), "platform": params.get("platform", "")}
    if params.get("every_tag"):
        return _("Pull every tag of %(image)s") % words
    if words["platform"]:
        return _("Pull %(image)s for %(platform)s") % words
    return _("Pull %(image)s") % words


def _push_title(params: Params) -> str:
    return _("Push %(image)s") % {"image": params.get("reference", "")}


def _load_title(params: Params) -> str:
    return _("Load images from %(file)s") % {"file": params.get("file") or _("an archive")}


def _save_title(params: Params) -> str:
    count = int(params.get("count") or 1)
    if count == 1:
        name = str(params["names"][0])
        return _("Save %(image)s on the server") % {"image": short_id(name) if name.startswith("sha256:") else name}
    return ngettext("Save %(n)d image on the server", "Save %(n)d images on the server", count) % {"n": count}


def _import_title(params: Params) -> str:
    words = {
        "source": params.get("url") or params.get("file") or _("an archive"),
        "image": params.get("reference", ""),
    }
    return _("Import %(source)s as %(image)s") % words if words["image"] else _("Import %(source)s") % words


def _pulled_url(host_slug: str, params: Params, result: Result) -> str:
    if params.get("every_tag"):
        return _list_url(host_slug, str(params.get("reference", "")))
    reference = parse(params["reference"])
    # An engine forgets the tag of what was pulled by its digest.
    known_as = f"{reference.familiar_name}@{reference.digest}" if reference.digest else reference.familiar
    return reverse("images:detail", args=[host_slug, known_as])


def _image_url(host_slug: str, params: Params, result: Result) -> str:
    image = (result or {}).get("image")
    return reverse("images:detail", args=[host_slug, image]) if image else _list_url(host_slug, "")


def _loaded_url(host_slug: str, params: Params, result: Result) -> str:
    images = (result or {}).get("images") or []
    return reverse("images:detail", args=[host_slug, images[0]]) if len(images) == 1 else _list_url(host_slug, "")


def _list_url(host_slug: str, query: str) -> str:
    address = reverse("images:list", args=[host_slug])
    return f"{address}?{urlencode({'q': query})}" if query else address
