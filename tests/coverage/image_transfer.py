"""Images on their way: pull, push, load, import and save. (A part of the reference's group “image”.)"""

from __future__ import annotations

from collections.abc import Sequence

from tests.coverage.row import ITSELF, Place, Row

_LIVE = "tests/live/images/transfer/"
_PULLED = (f"{_LIVE}test_pulling.py::test_a_pull_brings_the_image_and_a_second_one_says_up_to_date",)
_EVERY_TAG = (f"{_LIVE}test_pulling.py::test_every_tag_is_pulled_only_on_purpose",)
_EXACT = (f"{_LIVE}test_pulling.py::test_conformance_38_the_registry_gets_exactly_the_user_and_the_password",)
_PLATFORM = (f"{_LIVE}test_pulling.py::test_a_platform_goes_to_the_engine_as_it_was_written",)
_FETCHED = (f"{_LIVE}test_archives.py::test_the_engine_fetches_what_is_imported_by_its_address",)
_SAVED = (f"{_LIVE}test_archives.py::test_what_is_saved_is_loaded_with_its_names",)

_PULL = Place("ImageCreate", "images:pull", _PULLED)
_IMPORT = Place(
    "ImageCreate", "images:import", (f"{_LIVE}test_archives.py::test_an_import_is_named_and_changed_as_asked",)
)
_PUSH = Place(
    "ImagePush", "images:push", (f"{_LIVE}test_pushing.py::test_a_push_ends_with_the_digest_that_the_registry_has",)
)
_TO_DISK = (
    f"{_LIVE}test_saving_to_disk.py::test_the_archive_is_that_of_the_engine_and_layers_count_once",
    f"{_LIVE}test_saving_to_disk.py::test_saved_on_the_server_then_downloaded_by_whom_it_belongs_to_and_deleted",
)

_GET = Place("ImageGet", "images:save", (*_SAVED, *_TO_DISK))
_GET_ALL = Place("ImageGetAll", "images:save_several", (*_SAVED, *_TO_DISK))
_LOAD = Place("ImageLoad", "images:load", _SAVED)
_KEPT = "the kept credentials of the registry that the name begins with"


def rows() -> Sequence[Row]:
    """All of them."""
    return [
        _PULL.has(ITSELF, "“Pull”, and “Import”"),
        _PULL.has("fromImage", "“Image”, without its tag or digest"),
        _PULL.has("tag", "the tag or digest of “Image”; left out for “Every tag of the repository”", tests=_EVERY_TAG),
        _PULL.has("platform", "“Platform”, here and on “Import”", tests=_PLATFORM),
        _PULL.has("X-Registry-Auth", _KEPT, tests=_EXACT),
        _IMPORT.has("fromSrc", "“Archive” or “Or its address”", tests=_FETCHED),
        _IMPORT.has("repo", "“Name and tag”"),
        _IMPORT.has("message", "“Message”"),
        _IMPORT.has("changes", "“Changes”"),
        _IMPORT.has("(tar)", "“Archive”"),
        *_PULL.lacks("headers of one's own for the registry; none is known to read them", "X-Meta-*"),
        *_PUSH.itself("“Push” of an image", names=("name",)),
        _PUSH.has("tag", "the chosen name's"),
        _PUSH.has("X-Registry-Auth", f"{_KEPT}; those of nobody when there are none"),
        *_PUSH.lacks("the way of engines before 1.7; X-Registry-Auth has it", "(AuthConfig)"),
        *_GET.itself("“Save” and “Save on the server…” of an image", names=("name",)),
        *_GET_ALL.itself("“Save” and “Save on the server…” for the images that are ticked in the list", names=()),
        _GET_ALL.has("names", "the ticked images, each with all of its names"),
        *_LOAD.itself("“Load”", names=()),
        *_LOAD.lacks("always asked for with progress", "quiet"),
        _LOAD.has("Content-Type", "always application/x-tar: what is packed is unpacked on its way"),
        _LOAD.has("(tar)", "“Archive”"),
    ]
