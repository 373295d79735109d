"""What every prune can be narrowed by, as a form: an age and labels."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.engine_form import EngineForm, needs_words
from apps.core.moments import moment_read
from apps.core.pruning import LABEL_SINCE, UNTIL_SINCE, PruneFilters
from apps.engine.version import ApiVersion

MOST_LABELS = 50


class PruneForm(EngineForm):
    """`until`: an age or a moment. `label`: `key`, `key=value`, `!key…` for what is kept; apart by spaces."""

    until = forms.CharField(
        label=gettext_lazy("Older than"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Created so long ago, or before a day: 24h, 7d, 2026-01-31. Empty: of any age."),
    )
    label = forms.CharField(
        label=gettext_lazy("With labels"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("key or key=value, apart by spaces; !key=value keeps those that have it."),
    )

    def clean_until(self) -> int | None:
        """Unix seconds."""
        text = self.cleaned_data["until"].strip()
        if not text:
            return None
        moment = moment_read(text)
        if moment is None:
            raise ValidationError(_("Write an age such as 24h or 7d, or a day such as 2026-01-31."))
        return max(0, int(moment))

    def clean_label(self) -> tuple[str, ...]:
        labels = tuple(dict.fromkeys(self.cleaned_data["label"].split()))
        if len(labels) > MOST_LABELS or any(not label.lstrip("!").partition("=")[0] for label in labels):
            raise ValidationError(_("Write labels as key or key=value, !key=value to keep what has it."))
        return labels

    def filters(self) -> PruneFilters:
        """What is meant; only after validation."""
        labels = self.cleaned_data.get("label") or ()
        return PruneFilters(
            until_s=self.cleaned_data.get("until"),
            labels=tuple(label for label in labels if not label.startswith("!")),
            kept_labels=tuple(label.removeprefix("!") for label in labels if label.startswith("!")),
        )

    def narrow_to(self, version: ApiVersion) -> None:
        """Shut the fields that the engine's version has no words for, and say why."""
        for name, since in (("until", UNTIL_SINCE), ("label", LABEL_SINCE)):
            if version < since:
                self.fields[name].disabled = True
                self[name].help_text = needs_words(since, version)  # the form was read: it keeps this, not the field's

    def again(self, filters: PruneFilters) -> list[tuple[str, str]]:
        """The same wish as fields to be sent again: an age that was typed stays the moment that it was."""
        asked = [(name, str(self[name].value() or "")) for name in self.fields if name != "until"]
        return asked if filters.until_s is None else [*asked, ("until", str(filters.until_s))]
