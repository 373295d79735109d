"""What was asked of each host's images last, so that pages need not ask again while nothing has changed.

A list is believed while a feed of the host's events stands and has told of nothing since (see apps.hosts.snapshots).
Measures of shared layers are slow to come by and hold for a set of images: while the ids are the same, so are they.
"""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apps.engine.types.images import ImageSummary
from apps.hosts import snapshots
from apps.hosts.models import Host
from apps.hosts.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class ImageList:
    """The images of a host as the engine listed them at `taken_at` (seconds since the epoch).

    `generation` is that of the `snapshot` when the list was asked for; `is_settled` as for a list of containers.
    """

    images: tuple[ImageSummary, ...]
    taken_at: float
    snapshot: Snapshot
    generation: int
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Sharing:
    """What layers are shared: bytes by full id, of the images `of`; `layers_bytes` of all layers, None unknown."""

    of: frozenset[str]
    shared: Mapping[str, int]
    layers_bytes: int | None = None


class Kept:
    """What we know of one host's images without asking. Thread-safe by replacing whole values."""

    def __init__(self) -> None:
        self.lists: dict[bool, ImageList] = {}
        self.sharing: Sharing | None = None
        self.measuring = threading.Lock()

    def current(self, host: Host, *, is_all: bool) -> ImageList | None:
        """The list taken last if it is still true, else None."""
        snapshot = snapshots.of(host)
        last = self.lists.get(is_all)
        if last is None or last.snapshot is not snapshot or last.generation != snapshot.generation:
            return None
        if not last.is_settled or not snapshot.is_followed:
            return None
        return last if time.time() - last.taken_at < snapshots.LONGEST_TRUST_S else None

    def sharing_of(self, ids: Iterable[str]) -> Sharing | None:
        """The measures, if they were taken of just these images."""
        sharing = self.sharing
        return sharing if sharing is not None and sharing.of == frozenset(ids) else None


_kept: dict[str, Kept] = {}
_kept_lock = threading.Lock()


def of(host: Host) -> Kept:
    """What is kept of this host in this process."""
    with _kept_lock:
        return _kept.setdefault(host.slug, Kept())


def forget() -> None:
    """Drop everything (between tests)."""
    with _kept_lock:
        _kept.clear()
