"""The form of a new container: made from the table of fields, so that nothing is on it that the table does not know."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.containers.creation.building import Built, Values, build, unavailable
from apps.containers.creation.field import Field, Kind
from apps.containers.creation.fields import FIELDS
from apps.containers.creation.texts import WrongLines
from apps.engine.version import ApiVersion

_TICKS = frozenset({Kind.TICK, Kind.HEALTH_OFF, Kind.UNMASK})
LONGEST = 200_000
"""Characters of one field: an env file may be long."""


class CreateForm(forms.Form):
    """Texts as they were typed; `built` is the container they describe, once the form was found valid.

    `carried` is what no field holds of the container that this one is like.
    """

    use_required_attribute = False

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        values: Values | None = None,
        version: ApiVersion,
        carried: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=None if values is None else {**values}, label_suffix="")
        self.version = version
        self.carried = carried
        self.built = Built(None)
        for each in FIELDS.values():
            self.fields[each.name] = _field(each)
            is_empty = not (data or values or {}).get(each.name)
            if not each.is_in(version) and is_empty:
                self.fields[each.name].widget.attrs["disabled"] = True
        self.fields["start"] = forms.BooleanField(required=False, initial=True, label=_("Start it now"))

    @property
    def texts(self) -> dict[str, str]:
        """The texts of the fields, whether they are right or wrong."""
        raw = self.data if self.is_bound else self.initial
        return {name: str(raw.get(name) or "").replace("\r\n", "\n") for name in FIELDS}

    @property
    def filled(self) -> list[str]:
        """The names of the fields that have a text."""
        return [name for name, text in self.texts.items() if text.strip()]

    @property
    def is_started(self) -> bool:
        """Whether the container is to run at once."""
        return bool(self.data.get("start")) if self.is_bound else bool(self.initial.get("start", True))

    def clean(self) -> dict[str, Any]:
        """Build the container, and put each fault at its field."""
        self.built = build(self.texts, version=self.version, carried=self.carried)
        for name, words in self.built.faults.items():
            wrong = self.built.wrong_lines.get(name)
            self.add_error(name, words if wrong is None else _line_errors(wrong))
        return self.cleaned_data

    def why_unavailable(self, name: str) -> str:
        """Say which version brings a field, "" when the engine has it."""
        each = FIELDS[name]
        return "" if each.is_in(self.version) else unavailable(each, self.version)


def _line_errors(wrong: WrongLines) -> list[ValidationError]:
    """An error for each line; its code is the number of the line."""
    numbers = map(str, wrong.numbers)
    return [ValidationError(words, code=number) for words, number in zip_longest(wrong.words, numbers)]


def _field(each: Field) -> forms.Field:
    options: dict[str, Any] = {"required": False, "label": each.label, "help_text": each.help}
    if each.kind in _TICKS:
        return forms.BooleanField(**options)
    attrs = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
    if each.example:
        attrs["placeholder"] = each.example
    if each.kind is Kind.CHOICE:
        return forms.CharField(
            **options, widget=forms.Select(choices=[("", _("as the engine has it")), *((c, c) for c in each.choices)])
        )
    if each.kind is Kind.TRISTATE:
        choices = [("", _("as the engine has it")), ("true", _("yes")), ("false", _("no"))]
        return forms.CharField(**options, widget=forms.Select(choices=choices))
    if each.kind.is_list or each.kind is Kind.ARGV:
        rows = 1 if each.kind is Kind.ARGV else 2
        return forms.CharField(
            **options,
            strip=False,
            max_length=LONGEST,
            widget=forms.Textarea(attrs={**attrs, "rows": rows, "data-kind": each.kind.value}),
        )
    if each.name == "image":
        attrs |= {"list": "images-here", "autofocus": "autofocus"}
    if each.name == "network":
        attrs["list"] = "networks-here"
    return forms.CharField(**options, max_length=4000, widget=forms.TextInput(attrs=attrs))
