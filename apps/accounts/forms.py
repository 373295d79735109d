"""Forms of accounts that are not django-allauth's."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class FirstAdminForm(forms.Form):
    """Name and password of the first admin."""

    username = forms.CharField(
        label=_("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters."),
    )
