"""What a removal may carry: two ticks; and the one field of a new name."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from apps.core.engine_form import EngineForm
from apps.core.errors import InvalidInput
from apps.images.services.removing import RemoveOptions
from apps.registries.references import parse

MOST_AT_ONCE = 1000
_YES = {"1", "true", "on", "yes"}


def remove_options(posted: Mapping[str, str]) -> RemoveOptions:
    """Read the fields `force` and `noprune`."""
    return RemoveOptions(
        is_forced=posted.get("force", "").lower() in _YES,
        keeps_parents=posted.get("noprune", "").lower() in _YES,
    )


class TagForm(EngineForm):
    """`reference`: the name; `move`: also if another image bears it now."""

    engine_words = ((r"invalid reference|invalid tag", "reference"),)
    reference = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=400,
        help_text=gettext_lazy("Such as web:2, team/app:stable or registry.example.com:5000/team/app:1."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )
    move = forms.BooleanField(
        label=gettext_lazy("Also if another image bears it"),
        required=False,
        help_text=gettext_lazy("The name moves: the other image loses it."),
    )

    def clean_reference(self) -> str:
        """The name as it was typed, if it can be one."""
        text: str = self.cleaned_data["reference"].strip()
        try:
            parse(text)
        except InvalidInput as refusal:
            raise ValidationError(f"{refusal.detail} {refusal.hint}".strip()) from refusal
        return text
