"""A container's name as part of a file's."""

import re

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+", re.ASCII)


def file_name_of(name: str, container_id: str) -> str:
    """The name without what file systems and headers dislike; the short id when nothing is left."""
    return _UNSAFE.sub("_", name.lstrip("/"))[:100] or container_id[:12]
