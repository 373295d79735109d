"""Which images a prune takes."""

from __future__ import annotations

from dataclasses import replace

from django import forms
from django.utils.translation import gettext_lazy

from apps.core.prune_form import PruneForm
from apps.core.pruning import PruneFilters

WITHOUT_NAME = "dangling"
UNUSED = "unused"


class ImagePruneForm(PruneForm):
    """The fields of every prune, and whether images that have a name go too."""

    field_order = ("which", "until", "label")

    which = forms.ChoiceField(
        label=gettext_lazy("Which images"),
        required=False,
        choices=[
            (WITHOUT_NAME, gettext_lazy("without a name")),
            (UNUSED, gettext_lazy("all that no container uses")),
        ],
    )

    def filters(self) -> PruneFilters:
        """What is meant; only after validation."""
        return replace(super().filters(), is_all=self.cleaned_data.get("which") == UNUSED)
