"""What the pages of registries take."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.errors import InvalidInput
from apps.registries.addresses import Address, parse_address
from apps.registries.models import Registry, SecretKind
from apps.registries.services import RegistryWish

T = TypeVar("T")

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")
"""Base64 has no dash: a beginning without an end is left at once, not looked for to the end of the text."""


class RegistryForm(forms.Form):
    """A registry and its credentials. The secret is written here and never shown, not even when the form comes back."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("As your team calls it. Empty: its address."),
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=300,
        widget=forms.TextInput(
            attrs={
                "class": "mono",
                "spellcheck": "false",
                "autocapitalize": "none",
                "placeholder": "registry.example.com",
            }
        ),
        help_text=gettext_lazy(
            "As it stands in front of an image's name: docker.io, registry.example.com, 10.0.0.5:5000. With http:// in"
            " front it is asked without encryption."
        ),
    )
    username = forms.CharField(
        label=gettext_lazy("User"),
        required=False,
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
        help_text=gettext_lazy("Empty when the registry may be read by everybody."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Secret"),
        required=False,
        choices=[
            (SecretKind.PASSWORD.value, gettext_lazy("Password")),
            (SecretKind.TOKEN.value, gettext_lazy("Identity token")),
        ],
        help_text=gettext_lazy("An access token that is used like a password is a password."),
    )
    secret = forms.CharField(
        label=gettext_lazy("Password or token"),
        required=False,
        max_length=16_384,
        strip=False,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
    )
    authorities = forms.CharField(
        label=gettext_lazy("Certificate of its authority"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(
            attrs={
                "class": "mono",
                "rows": 4,
                "spellcheck": "false",
                "autocapitalize": "none",
                "placeholder": "-----BEGIN CERTIFICATE-----",
            }
        ),
        help_text=gettext_lazy(
            "For a registry whose certificate an authority of your own has signed: one or several in PEM. With it this"
            " server looks into the registry. The engine that pulls and pushes needs it too, on its own host, as"
            " /etc/docker/certs.d/<host of the registry>/ca.crt."
        ),
    )
    forget = forms.BooleanField(label=gettext_lazy("Forget the password or token"), required=False)

    status = 200

    def __init__(self, posted: dict[str, Any] | None = None, *, registry: Registry | None = None) -> None:
        super().__init__(posted, auto_id="registry-%s", initial=_initial(registry))
        self.registry = registry
        if registry is not None and registry.has_secret:
            self.fields["secret"].help_text = _("One is kept. Leave this empty to keep it.")
            self.fields["address"].help_text = _("At another address the password or token that is kept is cleared.")
        else:
            del self.fields["forget"]

    def clean_address(self) -> Address:
        """The address in its one form."""
        try:
            return parse_address(self.cleaned_data["address"])
        except InvalidInput as refusal:
            # A password within an address must not come back to the page either.
            self.data = {**self.data, "address": str(self.data.get("address", "")).rpartition("@")[2]}
            raise ValidationError(f"{refusal.detail} {refusal.hint}".strip()) from refusal

    def clean_username(self) -> str:
        """What can be sent as a user: no colon, which parts user and password."""
        name = str(self.cleaned_data["username"]).strip()
        if ":" in name or not name.isprintable():
            raise ValidationError(_("A user's name has no “:” and nothing that cannot be printed."))
        return name

    def clean_secret(self) -> str:
        """As typed, without the line's end that pasting brings along."""
        secret = str(self.cleaned_data["secret"]).strip("\r\n")
        if any(char < " " or char == "\x7f" for char in secret):
            raise ValidationError(_("It has characters that cannot be sent."))
        return secret

    def clean_authorities(self) -> str:
        """Certificates that can be read, and nothing beside them."""
        text = str(self.cleaned_data["authorities"]).replace("\r\n", "\n").strip()
        if "PRIVATE KEY" in text:
            self.data = {**self.data, "authorities": ""}  # it is no matter of ours, and does not come back to the page
            raise ValidationError(_("This is a private key. Paste the authority's certificate; its key stays with it."))
        found = _CERTIFICATE.findall(text)
        if text and not found:
            raise ValidationError(_("This is no certificate in PEM: it begins with -----BEGIN CERTIFICATE-----."))
        certificates = "\n".join(found)
        try:
            if certificates:
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=certificates)
        except (ssl.SSLError, ValueError, TypeError) as exc:  # TypeError: it is not ASCII
            raise ValidationError(_("A certificate cannot be read; it may be cut off.")) from exc
        return certificates

    def clean(self) -> dict[str, Any]:
        """A password needs its user, a user his password."""
        read = super().clean() or self.cleaned_data
        username, secret = read.get("username"), read.get("secret")
        is_token = read.get("kind") == SecretKind.TOKEN
        if secret and not username and not is_token and "username" not in self.errors:
            self.add_error("username", _("A password needs a user."))
        if username and not secret and self.registry is None and "secret" not in self.errors:
            self.add_error("secret", _("Enter the password or token of %(user)s.") % {"user": username})
        return read

    def wish(self) -> RegistryWish:
        """What the services take; only after validation."""
        read = self.cleaned_data
        return RegistryWish(
            name=read["name"].strip(),
            address=read["address"],
            username=read["username"],
            secret=read["secret"],
            kind=SecretKind(read["kind"] or SecretKind.PASSWORD),
            is_forgotten=read.get("forget", False),
            authorities=read["authorities"],
        )

    def submit(self, act: Callable[[RegistryWish], T], *, is_raised: bool) -> T | None:
        """Check the fields, then act. None: something was refused, and the form says what, where it was typed.

        `is_raised`: for callers who read no form; InvalidInput goes through.
        """
        if not self.is_valid():
            self.status = 400
            if is_raised:
                field, errors = next(iter(self.errors.items()))
                raise InvalidInput(str(self.fields[field].label), " ".join(map(str, errors)), field=field)
            return None
        try:
            return act(self.wish())
        except InvalidInput as refusal:
            if is_raised:
                raise
            self.status = refusal.status
            self.add_error(refusal.field, f"{refusal.title} {refusal.detail}")
            return None


def _initial(registry: Registry | None) -> dict[str, Any]:
    if registry is None:
        return {"kind": SecretKind.PASSWORD}
    return {
        "name": registry.name,
        "address": str(registry.address),
        "username": registry.username,
        "authorities": registry.authorities,
        "kind": registry.secret_kind or SecretKind.PASSWORD,
    }
