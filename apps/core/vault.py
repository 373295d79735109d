"""What lies encrypted at rest, by keys made from the signing key: one for each purpose."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_str

from apps.core.errors import Unavailable


class Vault:
    """Locks and unlocks texts of one purpose. What an older signing key locked (SECRET_KEY_FALLBACKS) still opens."""

    def __init__(self, purpose: str) -> None:
        self._purpose = purpose

    def lock(self, text: str) -> str:
        """Encrypt a text."""
        return self._keys().encrypt(text.encode()).decode()

    def unlock(self, locked: str, *, otherwise: Unavailable) -> str:
        """Decrypt what `lock` made. Raise `otherwise` when the keys of today cannot read it."""
        try:
            return self._keys().decrypt(locked.encode()).decode()
        except InvalidToken as exc:
            raise otherwise from exc

    def _keys(self) -> MultiFernet:
        keys = [force_str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
        digests = [hashlib.sha256(f"dockerweb {self._purpose}:{key}".encode()).digest() for key in keys]
        return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
