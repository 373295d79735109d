"""How much of the build cache goes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from apps.core.engine_form import EngineForm, needs_words
from apps.engine.version import ApiVersion
from apps.images.services.build_cache import NARROWED_SINCE, CacheWish

MB = 1_000_000


class BuildCacheForm(EngineForm):
    """What `images/build-cache/` takes."""

    engine_words = ((r"duration|until|time", "unused_for"),)

    unused_for = forms.RegexField(
        regex=r"(?:\d{1,6}[hms])+",
        label=gettext_lazy("Not used for"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Such as 24h or 90m. Empty: however long."),
    )
    keep_mb = forms.IntegerField(
        label=gettext_lazy("Keep at most, MB"),
        required=False,
        min_value=0,
        max_value=10**9,
        help_text=gettext_lazy("So much stays. Empty: nothing."),
    )
    is_all = forms.BooleanField(
        label=gettext_lazy("Also what builds share"),
        required=False,
        help_text=gettext_lazy("Base images and the builder's own: they are fetched again by the next build."),
    )

    def __init__(self, data: Any = None, *, version: ApiVersion) -> None:
        super().__init__(data, label_suffix="")
        if version < NARROWED_SINCE:
            for field in self.fields.values():
                field.disabled = True
                field.help_text = needs_words(NARROWED_SINCE, version)

    def wish(self) -> CacheWish:
        """What the service takes; only after validation."""
        keep_mb = self.cleaned_data.get("keep_mb")
        return CacheWish(
            is_all=bool(self.cleaned_data.get("is_all")),
            unused_for=str(self.cleaned_data.get("unused_for") or ""),
            keep_bytes=None if keep_mb is None else keep_mb * MB,
        )
