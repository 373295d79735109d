"""Credentials of registries: locked for the database, opened for the engine and for the registry, never for a reader.

What is locked says for which address it was given, and is opened for that address alone: a secret does not follow a
registry to another address, whoever changes the row.
"""

from __future__ import annotations

import base64
import json
import logging
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.errors import Unavailable
from apps.core.vault import Vault
from apps.registries.addresses import Address, known_as
from apps.registries.models import Registry, SecretKind

log = logging.getLogger(__name__)

_vault = Vault("registry credentials")
_SHORTEST_HIDDEN = 3


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are to a registry, and who vouches for it. `repr` shows no secret."""

    address: Address
    username: str
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)
    authorities: str = field(default="", repr=False)
    """Certificates in PEM that are trusted beside the machine's own."""

    def absent_from(self, words: str) -> str:
        """Return others' words about us without our secrets, should they have put them in."""
        for secret in (self.password, self.identity_token):
            words = words.replace(secret, "…") if len(secret) > _SHORTEST_HIDDEN else words
        return words

    def as_auth_config(self) -> dict[str, str]:
        """The engine's AuthConfig, without members that say nothing."""
        config = {
            "username": self.username,
            "password": self.password,
            "identitytoken": self.identity_token,
            "serveraddress": self.address.key,
        }
        return {name: value for name, value in config.items() if value}


def auth_header(actor: Actor, registry_host: str) -> str:
    """Return X-Registry-Auth for a registry (`Reference.registry_host`), "" when the actor has no credentials for it.

    A secret: for the request to the engine and nothing else. Raises Unavailable when what is kept cannot be opened.
    """
    registry = registry_for(actor, registry_host)
    if registry is None or not registry.has_secret:
        return ""
    return encoded(credentials_of(registry).as_auth_config())


def config_header(actor: Actor) -> str:
    """Return X-Registry-Config with every credential that the actor may use, "" when there is none. A secret.

    A registry whose credentials cannot be opened is left out: the build may not need it.
    """
    configs = {}
    for registry in _usable(actor):
        try:
            configs[registry.address.key] = credentials_of(registry).as_auth_config()
        except Unavailable:
            log.warning("The credentials of the registry %s cannot be opened; a build goes without them", registry.host)
    return encoded(configs) if configs else ""


def registry_for(actor: Actor, registry_host: str) -> Registry | None:
    """Return the registry that is known by the host of an image's name, None when the actor may use none such."""
    if not roles.may(actor, Action.REGISTRY_USE):
        return None
    names = known_as(registry_host)
    kept = Registry.objects.filter(host__in=names)
    found = {registry.host: registry for registry in kept if registry.address.answers_to(registry_host)}
    return next((found[name] for name in names if name in found), None)


def credentials_of(registry: Registry) -> Credentials:
    """Open what is kept for a registry. Raises Unavailable when today's keys cannot, or it was for another address."""
    lost = Unavailable(
        _("The credentials of %(registry)s cannot be opened.") % {"registry": registry.name},
        _("They were locked with another key of this server, or for another address."),
        hint=_("Enter them once more on the registry's page."),
    )
    known = Credentials(registry.address, registry.username, authorities=registry.authorities)
    if not registry.has_secret:
        return known
    bound, _line, secret = _vault.unlock(registry.locked_secret, otherwise=lost).partition("\n")
    if bound != _binding(registry.address):
        raise lost
    if registry.secret_kind == SecretKind.TOKEN:
        return replace(known, identity_token=secret)
    return replace(known, password=secret)


def keep_secret(registry: Registry, secret: str, *, kind: SecretKind) -> None:
    """Lock a secret into a registry's row, without saving the row."""
    registry.locked_secret = _vault.lock(f"{_binding(registry.address)}\n{secret}")
    registry.secret_kind = kind


def forget_secret(registry: Registry) -> None:
    """Take the secret out of a registry's row, without saving the row."""
    registry.locked_secret = ""
    registry.secret_kind = SecretKind.NONE


def encoded(config: object) -> str:
    """Return JSON as base64 with the URL's alphabet and padding: in any other form the engine asks as nobody."""
    return base64.urlsafe_b64encode(json.dumps(config, separators=(",", ":")).encode()).decode()


def _usable(actor: Actor) -> list[Registry]:
    if not roles.may(actor, Action.REGISTRY_USE):
        return []
    return list(Registry.objects.exclude(locked_secret=""))


def _binding(address: Address) -> str:
    return f"{address.scheme}://{address.host}"
