"""Which stopped containers a prune takes."""

from __future__ import annotations

from apps.containers.services.pruning import PruneFilters
from apps.core.prune_form import NarrowingForm


class PruneForm(NarrowingForm):
    """The fields of every prune."""

    def filters(self) -> PruneFilters:
        """What the service takes; only after validation."""
        narrowing = self.narrowing()
        return PruneFilters(narrowing.until_s, narrowing.labels, narrowing.kept_labels)
