"""What every prune has in common: what it is narrowed by, what would go, and the seal of what was looked at. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from apps.engine.version import ApiVersion

UNTIL_SINCE = ApiVersion(1, 28)
LABEL_SINCE = ApiVersion(1, 29)


@dataclass(frozen=True, slots=True)
class PruneFilters:
    """Which of the unused things are meant: created before `until_s` (unix seconds), with all of `labels`, and not with
    all of `kept_labels` (`key` or `key=value` each). `is_all`: where a prune spares some by itself, those too.
    """

    until_s: int | None = None
    labels: tuple[str, ...] = ()
    kept_labels: tuple[str, ...] = ()
    is_all: bool = False

    @classmethod
    def of_params(cls, params: Mapping[str, Any]) -> PruneFilters:
        """What `as_params` kept."""
        return cls(
            until_s=params.get("until_s"),
            labels=tuple(params.get("labels") or ()),
            kept_labels=tuple(params.get("kept_labels") or ()),
            is_all=bool(params.get("is_all")),
        )

    def as_params(self) -> dict[str, Any]:
        """The same as an activity keeps it."""
        return {
            "until_s": self.until_s,
            "labels": list(self.labels),
            "kept_labels": list(self.kept_labels),
            "is_all": self.is_all,
        }

    @property
    def is_empty(self) -> bool:
        """Whether nothing was chosen."""
        return self == PruneFilters()

    def as_query(self) -> dict[str, Sequence[str]]:
        """The same as every engine takes it; what `is_all` is called differs from one prune to the next."""
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


@dataclass(frozen=True, slots=True)
class Going:
    """One thing that would go, `names` are all it has. `stays`: it only loses names."""

    id: str
    name: str
    names: tuple[str, ...] = ()
    stays: bool = False

    @property
    def mark(self) -> str:
        """The same for the same thing under the same names; short, because activities keep many."""
        return hashlib.sha256(f"{self.id} {' '.join(self.names)}".encode()).hexdigest()[:12]


class PrunePreview(Protocol):
    """What a prune would take now, by an engine that is spoken to in `version`."""

    @property
    def version(self) -> ApiVersion: ...

    @property
    def going(self) -> Sequence[Going]: ...


def seal_of(going: Iterable[Going]) -> str:
    """The same for the same things: what was looked at is what is removed."""
    return hashlib.sha256(" ".join(sorted(one.mark for one in going)).encode()).hexdigest()


def _has_all(labels: Mapping[str, str], conditions: Iterable[str]) -> bool:
    for condition in conditions:
        key, has_value, value = condition.partition("=")
        if key not in labels or (has_value and labels[key] != value):
            return False
    return True
