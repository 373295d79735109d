"""The form that an edited text comes back in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _

from apps.containers.file_text import with_plain_lines
from apps.containers.services.file_edit import ChangedMeanwhile
from apps.core.engine_form import EngineForm
from apps.core.errors import Refusal
from apps.engine.errors import EngineError


class EditForm(EngineForm):
    """`text`, the hash of what was `read`, and whether it goes over what changed meanwhile (`overwrite`)."""

    told_here = (Refusal, EngineError)  # whatever it is: the text must not be lost over it

    text = forms.CharField(required=False, strip=False)
    read = forms.CharField(required=False, max_length=64)
    overwrite = forms.BooleanField(required=False)

    def clean_text(self) -> str:
        """Refuse what carries no text at all: it would empty the file."""
        if "text" not in self.data:
            raise forms.ValidationError(_("The text is missing."))
        text: str = self.cleaned_data["text"]
        return text

    @property
    def has_changed_meanwhile(self) -> bool:
        """Whether the refusal can be overruled by `overwrite`."""
        return isinstance(self.refusal, ChangedMeanwhile)

    @property
    def typed(self) -> str:
        """The text as it was sent, its lines ending as an editor has them."""
        return with_plain_lines(self.data.get("text", ""))
