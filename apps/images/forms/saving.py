"""How images are saved on the server."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from apps.core.engine_form import EngineForm
from apps.core.errors import TooLarge, Unavailable


class SaveForm(EngineForm):
    """What `images/save-to-disk/` takes beside the images."""

    told_here = (*EngineForm.told_here, TooLarge, Unavailable)

    gzip = forms.BooleanField(
        label=gettext_lazy("Packed with gzip"),
        required=False,
        help_text=gettext_lazy("Often less than half as large; it takes the server longer. It is loaded all the same."),
    )
