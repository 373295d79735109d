"""What is looked for in a registry."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from apps.core.engine_form import EngineForm, needs_words
from apps.engine.version import ApiVersion
from apps.images.services.searching import SearchFor

FILTERS_SINCE = ApiVersion(1, 24)
MOST = 100
_EITHER = [("", gettext_lazy("either")), ("true", gettext_lazy("yes")), ("false", gettext_lazy("no"))]
_TRUTH = {"true": True, "false": False}


class SearchForm(EngineForm):
    """`term`, `limit`, `stars`, `is_official`, `is_automated`."""

    engine_words = ((r"\blimit\b", "limit"),)
    term = forms.CharField(
        label=gettext_lazy("Look for"),
        max_length=200,
        help_text=gettext_lazy("Words; Docker Hub is asked. registry.example.com/words asks that registry."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )
    stars = forms.IntegerField(label=gettext_lazy("Stars at least"), required=False, min_value=0, max_value=10**9)
    limit = forms.IntegerField(label=gettext_lazy("Results at most"), required=False, min_value=1, max_value=MOST)
    is_official = forms.ChoiceField(label=gettext_lazy("Official"), required=False, choices=_EITHER)
    is_automated = forms.ChoiceField(label=gettext_lazy("Built automatically"), required=False, choices=_EITHER)

    def wanted(self) -> SearchFor:
        """What the service takes; only after validation."""
        given = self.cleaned_data
        return SearchFor(
            term=given["term"].strip(),
            limit=given.get("limit"),
            stars=given.get("stars"),
            is_official=_TRUTH.get(given.get("is_official") or ""),
            is_automated=_TRUTH.get(given.get("is_automated") or ""),
        )

    def limit_to(self, version: ApiVersion | None) -> None:
        """Say which fields the engine is too old for; None: it is not known yet."""
        if version is None or version >= FILTERS_SINCE:
            return
        for name in ("stars", "limit", "is_official", "is_automated"):
            self.fields[name].disabled = True
            self.fields[name].help_text = needs_words(FILTERS_SINCE, version)
