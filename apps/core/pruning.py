"""What every prune can be narrowed by, and the seal of a preview. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from apps.engine.version import ApiVersion

UNTIL_SINCE = ApiVersion(1, 28)
LABEL_SINCE = ApiVersion(1, 29)


@dataclass(frozen=True, slots=True)
class PruneNarrowing:
    """Which of the unused things are meant: created before `until_s` (unix seconds), with all of `labels`, and not with
    all of `kept_labels` (`key` or `key=value` each).
    """

    until_s: int | None = None
    labels: tuple[str, ...] = ()
    kept_labels: tuple[str, ...] = ()

    def as_query(self) -> dict[str, Sequence[str]]:
        """The same as the engine takes it."""
        query: dict[str, Sequence[str]] = {}
        if self.until_s is not None:
            query["until"] = [str(self.until_s)]
        if self.labels:
            query["label"] = self.labels
        if self.kept_labels:
            query["label!"] = self.kept_labels
        return query

    def takes(self, *, created: int, labels: Mapping[str, str]) -> bool:
        """Whether it lets something of this age with these labels go, as engines decide."""
        if self.until_s is not None and created > self.until_s:
            return False
        if self.labels and not _has_all(labels, self.labels):
            return False
        return not (self.kept_labels and _has_all(labels, self.kept_labels))


def seal_of(ids: Iterable[str]) -> str:
    """The same for the same things: what was looked at is what is removed."""
    return hashlib.sha256(" ".join(sorted(ids)).encode()).hexdigest()


def _has_all(labels: Mapping[str, str], conditions: Iterable[str]) -> bool:
    for condition in conditions:
        key, has_value, value = condition.partition("=")
        if key not in labels or (has_value and labels[key] != value):
            return False
    return True
