"""How django-allauth behaves here: nobody makes an account for herself, and second factors are kept encrypted."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils.translation import gettext as _

from apps.core.errors import Unavailable
from apps.core.vault import Vault

_VAULT = Vault("second factors")


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an admin."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors lie encrypted in the database, by a key made from the signing key."""

    def encrypt(self, text: str) -> str:
        return _VAULT.lock(text)

    def decrypt(self, encrypted_text: str) -> str:
        unreadable = Unavailable(
            _("Your second factor cannot be read."),
            _("It was kept under another secret key than the present one."),
            hint=_("An admin can bring the key back, or take the second factor off your account."),
        )
        return _VAULT.unlock(encrypted_text, otherwise=unreadable)
