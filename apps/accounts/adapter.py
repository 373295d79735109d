"""How django-allauth behaves here: nobody makes an account for herself, and second factors are kept encrypted."""

from __future__ import annotations

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import force_str
from django.utils.translation import gettext as _

from apps.core.errors import Unavailable


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an admin."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors lie encrypted in the database, by a key made from the signing key."""

    def encrypt(self, text: str) -> str:
        return _locks().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _locks().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as exc:
            raise Unavailable(
                _("Your second factor cannot be read."),
                _("It was kept under another secret key than the present one."),
                hint=_("An admin can bring the key back, or take the second factor off your account."),
            ) from exc


def _locks() -> MultiFernet:
    keys = [force_str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    digests = [hashlib.sha256(f"dockerweb second factors:{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
