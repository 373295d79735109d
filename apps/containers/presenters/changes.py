"""What differs from the image, dressed."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from apps.engine.types.processes import FilesystemChange

KINDS: Final = {0: "changed", 1: "added", 2: "deleted"}


def changes_json(found: list[FilesystemChange]) -> dict[str, Any]:
    """`changes`: `{"path", "kind"}` by path, kind one of KINDS' words; `counts` of each word.

    A kind that we do not know is a change.
    """
    changes = [
        {"path": each.path, "kind": KINDS.get(each.kind, KINDS[0])}
        for each in sorted(found, key=lambda each: each.path.split("/"))
    ]
    counts = Counter(each["kind"] for each in changes)
    return {"changes": changes, "counts": {kind: counts[kind] for kind in ("added", "changed", "deleted")}}
