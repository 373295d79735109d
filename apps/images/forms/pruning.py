"""Which images a prune takes."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from apps.core.prune_form import NarrowingForm
from apps.images.services.pruning import PruneFilters

WITHOUT_NAME = "dangling"
UNUSED = "unused"


class PruneForm(NarrowingForm):
    """The fields of every prune, and whether images that have a name go too."""

    which = forms.ChoiceField(
        label=gettext_lazy("Which images"),
        required=False,
        choices=[
            (WITHOUT_NAME, gettext_lazy("without a name")),
            (UNUSED, gettext_lazy("all that no container uses")),
        ],
    )

    def filters(self) -> PruneFilters:
        """What the service takes; only after validation."""
        return PruneFilters(is_all=self.cleaned_data.get("which") == UNUSED, narrowing=self.narrowing())
