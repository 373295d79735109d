"""What is asked before an image is pulled, pushed, loaded or imported."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.changes import changes_read
from apps.core.engine_form import EngineForm
from apps.images.services.importing import ImportWish

_PLATFORM = re.compile(r"[a-z0-9_]+(?:/[a-z0-9_.]+){0,2}", re.ASCII)
_MONO = {"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off", "class": "mono"}
_PLATFORM_HELP = gettext_lazy("Such as linux/arm64 or linux/arm/v7. Empty: the engine's own. From API 1.32 on.")


class _Platform(forms.CharField):
    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Platform"),
            required=False,
            max_length=100,
            help_text=_PLATFORM_HELP,
            widget=forms.TextInput(attrs=_MONO),
        )

    def clean(self, value: Any) -> str:
        platform = str(super().clean(value)).strip().lower()
        if platform and not _PLATFORM.fullmatch(platform):
            raise ValidationError(_("A platform is an operating system and an architecture, apart by “/”."))
        return platform


class PullForm(EngineForm):
    """What `images/pull/` takes."""

    image = forms.CharField(
        label=gettext_lazy("Image"),
        max_length=1000,
        help_text=gettext_lazy("Such as nginx, team/app:1.2 or registry.example.com:5000/app@sha256:…"),
        widget=forms.TextInput(attrs={**_MONO, "autofocus": True}),
    )
    platform = _Platform()
    every_tag = forms.BooleanField(
        label=gettext_lazy("Every tag of the repository"),
        required=False,
        help_text=gettext_lazy("All that the registry has under this name, which can be very much."),
    )


class PushForm(EngineForm):
    """What `images/<ref>/push/` takes: one of the image's names."""

    reference = forms.CharField(label=gettext_lazy("Name"), max_length=1000)

    def __init__(self, data: Any = None, *, names: Sequence[str]) -> None:
        super().__init__(data)
        self.names = names


class LoadForm(EngineForm):
    """What `images/load/` takes."""

    archive = forms.FileField(
        label=gettext_lazy("Archive"),
        help_text=gettext_lazy("As docker save makes it: a tar file, plain or packed with gzip, bzip2 or xz."),
        allow_empty_file=True,
    )


class ImportForm(EngineForm):
    """What `images/import/` takes: an archive or the address of one."""

    archive = forms.FileField(
        label=gettext_lazy("Archive"),
        required=False,
        help_text=gettext_lazy("A file system as a tar file: plain, or packed with gzip, bzip2 or xz."),
        allow_empty_file=True,
    )
    url = forms.CharField(
        label=gettext_lazy("Or its address"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("http:// or https://. The engine fetches it, from its own host."),
        widget=forms.TextInput(attrs={**_MONO, "inputmode": "url"}),
    )
    image = forms.CharField(
        label=gettext_lazy("Name and tag"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("Such as shop/web:1. Empty: an image without a name."),
        widget=forms.TextInput(attrs=_MONO),
    )
    message = forms.CharField(
        label=gettext_lazy("Message"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("Kept in the image's history."),
    )
    changes = forms.CharField(
        label=gettext_lazy("Changes"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={**_MONO, "rows": 4}),
        help_text=gettext_lazy('Instructions of a Dockerfile, one a line, such as CMD ["nginx"] or ENV DEBUG=0.'),
    )
    platform = _Platform()

    def clean_changes(self) -> tuple[str, ...]:
        return changes_read(str(self.cleaned_data["changes"]))

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        if url:
            try:
                parts = urlsplit(url)
            except ValueError as exc:
                raise ValidationError(_("This is no address.")) from exc
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValidationError(_("An address begins with http:// or https://, and names a host."))
        return url

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(read.get("archive")) == bool(read.get("url")):
            self.add_error("archive", _("Choose a file, or write an address: one of the two."))
        return read

    @property
    def upload(self) -> UploadedFile[bytes] | None:
        """The file, None when there is an address."""
        upload: UploadedFile[bytes] | None = self.cleaned_data["archive"]
        return upload

    def wish(self) -> ImportWish:
        """What the service takes; only after validation."""
        read = self.cleaned_data
        return ImportWish(
            reference=read["image"].strip(),
            message=read["message"],
            changes=read["changes"],
            platform=read["platform"],
        )
