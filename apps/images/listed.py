"""An image as the list sorts, counts and filters it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from apps.core.listing.sorting import sorter
from apps.engine.types.container_brief import ContainerBrief
from apps.engine.types.images import ImageSummary
from apps.images.naming import in_order, repository_of

CHIPS = ("used", "unused", "dangling")


class Listed:
    """One row before it is dressed. `users` are the containers made from it; `shared_bytes` None: not measured."""

    __slots__ = ("name", "name_folded", "names", "shared_bytes", "summary", "users")

    def __init__(
        self, summary: ImageSummary, *, users: Sequence[ContainerBrief] = (), shared_bytes: int | None = None
    ) -> None:
        self.summary = summary
        self.users = users
        self.shared_bytes = shared_bytes
        self.names = in_order(summary.tags)
        self.name = self.names[0] if self.names else ""
        self.name_folded = self.name.lower()

    @property
    def id(self) -> str:
        """The full id, sha256:…"""
        return self.summary.id

    @property
    def is_dangling(self) -> bool:
        """Whether it bears no tag."""
        return not self.names

    @property
    def is_used(self) -> bool:
        """Whether a container was made from it."""
        return bool(self.users)

    @property
    def repository(self) -> str:
        """Where it came from although it bears no tag any more, "" when that is not known either."""
        digests = self.summary.digests
        return repository_of(digests[0]) if digests else ""

    @property
    def unique_bytes(self) -> int | None:
        """What would be gained without it; None while that is not measured."""
        return None if self.shared_bytes is None else max(0, self.summary.size - self.shared_bytes)


def listed(
    images: Iterable[ImageSummary],
    *,
    containers: Iterable[ContainerBrief] = (),
    shared: Mapping[str, int] | None = None,
) -> list[Listed]:
    """Make the list's rows. `shared`: shared bytes by full id, as far as they are known."""
    images = list(images)
    by_id: dict[str, list[ContainerBrief]] = {}
    by_name = {name: image.id for image in images for name in image.tags}
    for container in containers:
        image = container.image  # engines before API 1.21 tell the name alone
        image_id = container.image_id or by_name.get(image, "") or by_name.get(f"{image}:latest", "")
        by_id.setdefault(image_id, []).append(container)
    known = shared or {}
    return [Listed(image, users=by_id.get(image.id, ()), shared_bytes=known.get(image.id)) for image in images]


def chip_counts(rows: Iterable[Listed]) -> dict[str, int]:
    """Count the rows by what the chips say."""
    counts = dict.fromkeys(CHIPS, 0)
    for row in rows:
        counts["used" if row.users else "unused"] += 1
        if not row.names:
            counts["dangling"] += 1
    return counts


_LAST = "\U0010ffff"

SORT_KEYS: dict[str, Callable[[Listed], Any]] = {
    "name": lambda row: (row.name_folded or _LAST, -row.summary.created),
    "size": lambda row: (-row.summary.size, row.name_folded),
    "unique": lambda row: (-(row.unique_bytes if row.unique_bytes is not None else -1), row.name_folded),
    "created": lambda row: (-row.summary.created, row.name_folded),
    "used": lambda row: (-len(row.users), row.name_folded or _LAST),
}
"""What the list can be sorted by: largest, newest and most used first; a minus turns the order round."""

sorted_rows = sorter(SORT_KEYS)
