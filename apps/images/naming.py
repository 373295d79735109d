"""Names of images in addresses. Pure."""

import re
from collections.abc import Iterable

SHORT_ID_DIGITS = 12
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:@+-]*", re.ASCII)
_HEX = re.compile(r"(?:sha256:)?([0-9a-f]{1,64})", re.ASCII)
LONGEST = 500


def is_usable(ref: str) -> bool:
    """Whether it can be asked for: an id, or a reference whose parts no path folds away."""
    return len(ref) <= LONGEST and all(_PART.fullmatch(part) for part in ref.split("/"))


def is_piece_of_id(ref: str, image_id: str) -> bool:
    """Whether it is the beginning of an id that is too short to mean this one image for sure."""
    match = _HEX.fullmatch(ref)
    if match is None or len(match[1]) >= SHORT_ID_DIGITS:
        return False
    return image_id.removeprefix("sha256:").startswith(match[1])


def is_full_id(ref: str) -> bool:
    """Whether it is a whole id, with or without its algorithm."""
    match = _HEX.fullmatch(ref)
    return match is not None and len(match[1]) == 64


def short_id(image_id: str) -> str:
    """The first 12 digits of an id."""
    return image_id.removeprefix("sha256:")[:SHORT_ID_DIGITS]


def in_order(names: Iterable[str]) -> list[str]:
    """Names as people look for them: those of Docker Hub and of no registry first."""
    names = list(names)
    if len(names) < 2:  # nearly all images, and lists have thousands
        return names
    return sorted(names, key=lambda name: (_has_registry(name), name))


def _has_registry(name: str) -> bool:
    head, slash, _rest = name.partition("/")
    return bool(slash) and (head == "localhost" or "." in head or ":" in head)


def repository_of(name: str) -> str:
    """The name without its tag or digest: `host:5000/x:1` → `host:5000/x`."""
    name = name.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"
