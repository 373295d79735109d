"""Forms of accounts that are not django-allauth's."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts import setup
from apps.accounts.models import User
from apps.core.errors import InvalidInput


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

    def spend(self, token: str) -> User | None:
        """Make the first admin by the link with this token; None when a field will not do (the form says why)."""
        if not self.is_valid():
            return None
        name, password = self.cleaned_data["username"], self.cleaned_data["password"]
        try:
            return setup.admin_make_by_link(token, name, password=password)
        except InvalidInput as refusal:
            self.add_error(refusal.field, refusal.detail)
            return None
