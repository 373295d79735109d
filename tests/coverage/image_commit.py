"""An image made of a container."""

from __future__ import annotations

from collections.abc import Sequence

from scripts.coverage import is_covered, reference
from tests.coverage.row import Place, Row

_COMMIT = Place(
    "ImageCommit",
    "containers:commit",
    ("tests/live/containers/test_taking.py::test_an_image_holds_the_files_and_what_was_said_of_it",),
)
_ON_SCREEN = {
    "container": "in the address of the page",
    "repo": "“Repository”",
    "tag": "“Tag”",
    "author": "“Author”",
    "comment": "“Message”",
    "changes": "“Changes”",
    "pause": "“Pause the container meanwhile”",
}
_BY_CHANGES = "the image has the container's own settings; what shall differ is said as instructions, by “Changes”"


def rows() -> Sequence[Row]:
    """All of them; what is not on screen are the settings that the body may carry."""
    params = (entry for entry in reference()["ImageCommit"]["params"] if is_covered(entry))
    settings = [entry["name"] for entry in params if entry["name"] not in _ON_SCREEN]
    return [
        _COMMIT.has("", "“Make an image of it…”"),
        *(_COMMIT.has(name, words) for name, words in _ON_SCREEN.items()),
        *_COMMIT.lacks(_BY_CHANGES, *settings),
    ]
