"""What an image made out of a container is called and says."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.containers.services.committing import CommitWish
from apps.core.changes import changes_read
from apps.core.engine_form import EngineForm

_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_HOST = r"[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\d{1,5})?"
_REGISTRY = re.compile(_HOST, re.ASCII)
_PATH = re.compile(rf"{_PART}(?:/{_PART})*", re.ASCII)
_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LONGEST_NAME = 255
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", re.ASCII)


class CommitForm(EngineForm):
    """What `…/commit/` takes."""

    engine_words = (
        (r"tag", "tag"),
        (r"reference|repository", "repository"),
        (r"dockerfile|instruction|argument|port|change|syntax|unknown|parse", "changes"),
    )

    repository = forms.CharField(
        label=gettext_lazy("Repository"),
        required=False,
        max_length=255,
        help_text=gettext_lazy("Such as shop/web or registry.example:5000/web. Empty: an image without a name."),
    )
    tag = forms.CharField(
        label=gettext_lazy("Tag"), required=False, max_length=128, help_text=gettext_lazy("Empty: latest.")
    )
    author = forms.CharField(label=gettext_lazy("Author"), required=False, max_length=200)
    message = forms.CharField(label=gettext_lazy("Message"), required=False, max_length=1000)
    changes = forms.CharField(
        label=gettext_lazy("Changes"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "mono"}),
        help_text=gettext_lazy('Instructions of a Dockerfile, one a line, such as CMD ["nginx"] or ENV DEBUG=0.'),
    )
    pause = forms.BooleanField(
        label=gettext_lazy("Pause the container meanwhile"),
        required=False,
        initial=True,
        help_text=gettext_lazy("So that no file changes while it is read."),
    )

    def clean_repository(self) -> str:
        """Without a tag: it has a field of its own."""
        name = str(self.cleaned_data["repository"]).strip()
        if name and not _is_repository(name):
            raise ValidationError(_("Write lower-case letters and digits, apart by “.”, “_”, “-” or “/”; no tag."))
        return name

    def clean_tag(self) -> str:
        tag = str(self.cleaned_data["tag"]).strip()
        if tag and not _TAG.fullmatch(tag):
            raise ValidationError(_("A tag has letters, digits, “_”, “.” and “-”, 128 at most."))
        if tag and not self.cleaned_data.get("repository") and "repository" not in self.errors:
            raise ValidationError(_("A tag needs a repository."))
        return tag

    def clean_changes(self) -> tuple[str, ...]:
        return changes_read(str(self.cleaned_data["changes"]))

    def wish(self) -> CommitWish:
        """What the service takes; only after validation."""
        read = self.cleaned_data
        return CommitWish(
            repository=read["repository"],
            tag=read["tag"],
            author=read["author"],
            message=read["message"],
            is_paused=read["pause"],
            changes=read["changes"],
        )


def _is_repository(name: str) -> bool:
    """Whether an engine takes the name. Asked first, because engines make the image before they look at its name."""
    first, _slash, rest = name.partition("/")
    if rest and (first == "localhost" or "." in first or ":" in first):
        registry, path = first, rest
    else:
        registry, path = "docker.io", name if rest else f"library/{name}"
    is_short = len(registry) + 1 + len(path) <= _LONGEST_NAME
    return bool(is_short and _REGISTRY.fullmatch(registry) and _PATH.fullmatch(path) and not _ID.fullmatch(name))
