"""References and credentials, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.accounts.actor import Actor
from apps.core.errors import InvalidInput
from apps.images.services.pulling import Reading, reference_read
from apps.images.services.pushing import push_credentials
from apps.registries.references import HUB, parse


@dataclass(frozen=True, slots=True)
class PushChoice:
    """A name of an image, and where a push of it goes with what."""

    reference: str
    registry: str
    words: str


def reading_or_none(actor: Actor, text: str) -> dict[str, str] | None:
    """What a reference means, None for nothing and for what cannot be read."""
    if not text.strip():
        return None
    try:
        return reading_json(reference_read(actor, text))
    except InvalidInput:
        return None


def reading_json(reading: Reading) -> dict[str, str]:
    """What a reference means."""
    reference = reading.reference
    return {
        "full": reading.full,
        "familiar": reference.familiar,
        "registry": registry_words(reference.domain),
        "credentials": credential_words(reading.credentials),
    }


def push_choices(actor: Actor, names: Sequence[str]) -> list[PushChoice]:
    """The names of an image, each with where it would go."""
    choices = []
    for name in names:
        words = credential_words(push_credentials(actor, name))
        choices.append(PushChoice(name, registry_words(parse(name).domain), words))
    return choices


def registry_words(domain: str) -> str:
    """A registry by the name that people know."""
    return _("Docker Hub") if domain == HUB else domain


def credential_words(name: str) -> str:
    """Whose credentials are sent along."""
    return _("with the credentials of “%(name)s”") % {"name": name} if name else _("without credentials")
