"""What differs from the image, in words."""

from apps.containers.presenters.changes import changes_json
from apps.engine.types.processes import FilesystemChange


def test_changes_are_told_in_words_and_in_the_order_of_their_folders() -> None:
    told = (("/etc.d", 1), ("/etc/x", 2), ("/etc", 0), ("/odd", 9))
    found = [FilesystemChange(path, kind) for path, kind in told]
    assert changes_json(found) == {
        "changes": [
            {"path": "/etc", "kind": "changed"},
            {"path": "/etc/x", "kind": "deleted"},
            {"path": "/etc.d", "kind": "added"},
            {"path": "/odd", "kind": "changed"},
        ],
        "counts": {"added": 1, "changed": 2, "deleted": 1},
    }


def test_no_changes_are_none() -> None:
    assert changes_json([]) == {"changes": [], "counts": {"added": 0, "changed": 0, "deleted": 0}}
