"""What `.dockerignore` keeps out of a build context, as the docker command reads it.

Every pattern counts from the root of the context (unlike .gitignore), the last one that fits decides, `!` takes back.
The Dockerfile and `.dockerignore` itself are always sent: the engine reads them, and takes them out where they are
ignored. Source: Dockerfile reference, ".dockerignore file".
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from pathspec import GitIgnoreSpec

IGNORE_FILE = ".dockerignore"


class Ignored:
    """The patterns of a context. `dockerfile` is the path of the Dockerfile in it."""

    def __init__(self, text: str, *, dockerfile: str) -> None:
        lines = [*_patterns(text.lstrip("\ufeff").splitlines()), f"!/{IGNORE_FILE}", f"!/{_escaped(dockerfile)}"]
        self._spec = GitIgnoreSpec.from_lines(lines)

    def __contains__(self, name: str) -> bool:
        """Whether a file or folder of the context, "a/b", is left out. What is below an ignored folder is, too."""
        return self._spec.match_file(name)


def _patterns(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith("#"):
            continue
        pattern = line.strip()
        mark = "!" if pattern.startswith("!") else ""
        pattern = pattern.removeprefix("!").strip()
        if not pattern:
            continue
        pattern = posixpath.normpath(pattern).lstrip("/")
        if pattern not in ("", "."):
            yield f"{mark}/{pattern}"


def _escaped(path: str) -> str:
    return "".join(f"\\{character}" if character in "*?[]\\!# " else character for character in path)
