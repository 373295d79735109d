"""Credentials of registries on their way through the engine, and how they stay out of what is told.

A registry may say a password back in its refusal, and the engine hands on what it says. Headers are X-Registry-Auth
(one AuthConfig) and X-Registry-Config (AuthConfigs by address): JSON in base64.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any

AUTH, CONFIG = "X-Registry-Auth", "X-Registry-Config"
_SECRET_MEMBERS = frozenset({"password", "identitytoken", "registrytoken", "auth"})
_SHORTEST_HIDDEN = 4


def hidden(words: str, headers: Mapping[str, str]) -> str:
    """Return the words of an answer without the secrets that went along in the request's headers."""
    for name in (AUTH, CONFIG):
        for secret in sorted(_secrets(headers.get(name, "")), key=len, reverse=True):
            words = words.replace(secret, "…")
    return words


def _secrets(header: str) -> Iterator[str]:
    try:
        config = json.loads(base64.urlsafe_b64decode(header)) if header else None
    except (binascii.Error, ValueError):
        return
    yield from _members(config)


def _members(config: Any) -> Iterator[str]:
    if not isinstance(config, dict):
        return
    for name, value in config.items():
        if isinstance(value, dict):
            yield from _members(value)
        elif name in _SECRET_MEMBERS and isinstance(value, str) and len(value) >= _SHORTEST_HIDDEN:
            yield value
