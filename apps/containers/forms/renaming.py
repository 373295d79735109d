"""The name of a container, as it may be."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.core.engine_form import EngineForm

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+", re.ASCII)


def container_name(text: str) -> str:
    """Return the name without the slash that the engine puts before it. Raises ValidationError."""
    name = text.strip().removeprefix("/")
    if not _NAME.fullmatch(name):
        raise ValidationError(
            _("A name has at least two characters: letters, digits, “_”, “.” and “-”, a letter or digit first.")
        )
    return name


class RenameForm(EngineForm):
    """The new name."""

    engine_words = (("name", "name"),)

    name = forms.CharField(
        label=_("New name"),
        max_length=250,
        strip=True,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "class": "mono"}
        ),
    )

    def clean_name(self) -> str:
        return container_name(self.cleaned_data["name"])
