"""The name of a view, and what it shows."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.containers.forms.listing import CONTAINERS
from apps.core.engine_form import EngineForm
from apps.core.listing.request import LONGEST_LINE


class SavedViewForm(EngineForm):
    """`query` is the list's query string; what makes no sense in it is left out, and its page too."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("A view that has this name already is replaced."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    query = forms.CharField(required=False, max_length=LONGEST_LINE * 4, widget=forms.HiddenInput)

    def clean_query(self) -> str:
        return CONTAINERS.request(QueryDict(self.cleaned_data["query"].removeprefix("?"))).on_page(1).address
