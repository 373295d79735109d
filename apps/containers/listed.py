"""A container as the list sorts, counts and filters it: cheap to make by the thousand, dressed only when shown."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from apps.core.listing.sorting import sorter
from apps.engine.types.container_brief import ContainerBrief
from apps.hosts import labels as known_labels

STATES_WITH_CHIPS = ("running", "unhealthy", "restarting", "paused", "created", "exited", "dead")


class Listed:
    """One row before it is dressed. `health` is "none" where there is no health check."""

    __slots__ = ("_labels", "health", "name", "name_folded", "state", "summary")

    def __init__(self, summary: ContainerBrief) -> None:
        self.summary = summary
        names = summary.raw_names
        name = names[0] if names is not None and len(names) == 1 else summary.name
        self.name = name[1:] if name.startswith("/") else name
        self.name_folded = self.name.lower()
        self.state = summary.raw_state or summary.state
        self.health = summary.health or "none"
        self._labels: dict[str, str] | None = None

    @property
    def id(self) -> str:
        """The full id."""
        return self.summary.id

    @property
    def is_active(self) -> bool:
        """Whether the container has processes: running, paused or restarting."""
        return self.state in ("running", "paused", "restarting")

    @property
    def labels(self) -> Mapping[str, str]:
        """Its labels."""
        if self._labels is None:
            self._labels = self.summary.labels
        return self._labels

    @property
    def project(self) -> str:
        """The compose project it belongs to, or nothing."""
        return self.labels.get(known_labels.PROJECT, "")

    @property
    def image_folded(self) -> str:
        """The image reference in lower case."""
        return self.summary.image.lower()

    @property
    def project_folded(self) -> str:
        """The project in lower case."""
        return self.project.lower()

    @property
    def network_names(self) -> Sequence[str]:
        """The networks it is in."""
        return self.summary.network_names

    @property
    def volume_names(self) -> Sequence[str]:
        """The names of its volumes, the host paths of its binds, and where they are mounted."""
        mounts = self.summary.mounts
        return [*(mount.name or mount.source or "" for mount in mounts), *(mount.destination or "" for mount in mounts)]


def listed(containers: Iterable[ContainerBrief]) -> list[Listed]:
    """Make the list's rows."""
    return [Listed(container) for container in containers]


def chip_counts(rows: Iterable[Listed]) -> dict[str, int]:
    """Count the rows by what the chips say. An unhealthy container is running too and counts twice."""
    counts = dict.fromkeys(STATES_WITH_CHIPS, 0)
    for row in rows:
        if row.state in counts:
            counts[row.state] += 1
        if row.health == "unhealthy":
            counts["unhealthy"] += 1
    return counts


_STATE_ORDER = {state: at for at, state in enumerate(("running", "restarting", "paused", "created", "exited", "dead"))}
_HEALTH_ORDER = {"unhealthy": 0, "starting": 1, "none": 2, "healthy": 3}

SORT_KEYS: dict[str, Callable[[Listed], Any]] = {
    "name": lambda row: row.name_folded,
    "state": lambda row: (_STATE_ORDER.get(row.state, 9), _HEALTH_ORDER.get(row.health, 9), row.name_folded),
    "image": lambda row: (row.image_folded, row.name_folded),
    "project": lambda row: (not row.project, row.project_folded, row.name_folded),
    "created": lambda row: (-row.summary.created, row.name_folded),
    "owner": lambda row: (row.labels.get(known_labels.TEAM, "\uffff").lower(), row.name_folded),
}
"""What the list can be sorted by. `created` has the newest first; a minus before the key turns the order round."""

sorted_rows = sorter(SORT_KEYS)
