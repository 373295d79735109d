"""Changes to the registries we know, the check of their credentials, and deletion in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.errors import InvalidInput, Refusal
from apps.engine.api.system import system_auth
from apps.engine.errors import ApiError, TimedOut
from apps.hosts.gate import open_engine
from apps.registries.addresses import Address
from apps.registries.credentials import Credentials, credentials_of, forget_secret, keep_secret
from apps.registries.errors import RegistryFailure, Why
from apps.registries.models import Registry, SecretKind
from apps.registries.references import is_digest, is_tag
from apps.registries.selectors import checked_repository, opened, registry_get

_LONGEST_WORDS = 500


@dataclass(frozen=True, slots=True)
class RegistryWish:
    """A registry as somebody wants it. An empty `secret` leaves the one that is kept; `is_forgotten` takes it away."""

    name: str
    address: Address
    username: str
    secret: str = ""
    kind: SecretKind = SecretKind.PASSWORD
    is_forgotten: bool = False
    authorities: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """A changed registry. `is_cleared`: its secret was for the former address and is gone."""

    registry: Registry
    is_cleared: bool


class Verdict(StrEnum):
    """What came of a check."""

    RIGHT = "right"
    WRONG = "wrong"
    UNREACHABLE = "unreachable"
    STRANGE = "strange"


@dataclass(frozen=True, slots=True)
class Checked:
    """What an engine found out: the verdict, `detail` in the engine's own words, whether a token is kept since."""

    registry: Registry
    host_name: str
    verdict: Verdict
    detail: str = ""
    is_token_kept: bool = False


def registry_add(actor: Actor, wish: RegistryWish) -> Registry:
    """Keep a new registry. Raises InvalidInput when its address is known already."""
    roles.require(actor, Action.REGISTRY_MANAGE)
    registry = Registry(created_by_id=actor.user_id)
    _fill(registry, wish)
    _save(registry)
    return registry


def registry_edit(actor: Actor, registry_id: int, *, wish: RegistryWish) -> Edited:
    """Change a registry. At another address it starts without a secret, unless one comes along."""
    with transaction.atomic():
        registry = registry_get(actor, registry_id)
        is_cleared = registry.has_secret and wish.address != registry.address and not wish.secret
        _fill(registry, wish)
        _save(registry)
    return Edited(registry, is_cleared)


def registry_remove(actor: Actor, registry_id: int) -> Registry:
    """Forget a registry with its credentials. What lies in it stays."""
    registry = registry_get(actor, registry_id)
    Registry.objects.filter(pk=registry.pk).delete()
    return registry


def registry_check(actor: Actor, registry_id: int, *, host_slug: str) -> Checked:
    """Have a host's engine show the credentials to the registry; a token that it gets is kept in their place.

    Raises what the gate raises, and what the engine raises when it cannot be asked at all.
    """
    registry = registry_get(actor, registry_id)
    credentials = credentials_of(registry)
    with open_engine(actor, host_slug, Action.REGISTRY_MANAGE) as opened_engine:
        host_name = opened_engine.host.name
        try:
            answer = opened_engine.engine.run(
                system_auth(
                    registry.address.key,
                    username=credentials.username,
                    password=credentials.password,
                    identity_token=credentials.identity_token,
                )
            )
        except ApiError as error:
            words = _without(error.message, credentials)
            return Checked(registry, host_name, verdict_of(error), words)
        except TimedOut as error:
            words = _("No answer within %(seconds)d seconds.") % {"seconds": int(error.after_s)}
            return Checked(registry, host_name, Verdict.UNREACHABLE, words)
    is_kept = bool(answer.identity_token) and _keep_token(registry, answer.identity_token or "")
    return Checked(registry, host_name, Verdict.RIGHT, _without(answer.status, credentials), is_kept)


def tag_delete(actor: Actor, registry_id: int, *, repository: str, tag: str, digest: str) -> Registry:
    """Delete what `tag` names, with every other tag of it. `digest` is what was looked at before.

    Raises Refusal (409) when the tag names something else by now, RegistryFailure when the registry does not do it.
    """
    registry = registry_get(actor, registry_id)
    repository = checked_repository(registry, repository)
    if not is_tag(tag):
        raise InvalidInput(_("This is no tag."), tag[:200], field="tag")
    if not is_digest(digest):
        raise InvalidInput(_("This is no digest."), digest[:200], field="digest")
    with opened(registry) as client:
        try:
            present = client.digest(repository, tag)
        except RegistryFailure as failure:
            if failure.why is not Why.UNKNOWN:
                raise
            raise Refusal(
                _("The tag is gone already."), _("Somebody else may have deleted it."), status=404
            ) from failure
        if present != digest:
            raise Refusal(
                _("The tag names another image by now."),
                _("Nothing was deleted."),
                hint=_("Look again at what would go."),
                status=409,
            )
        client.delete(repository, digest)
    return registry


_WRONG = re.compile(
    r"\b401\b|unauthorized|\b403\b|forbidden|denied|incorrect username or password|no basic auth credentials"
    r"|wrong username or password|invalid (?:user|credential|token)|authentication (?:required|failed)",
    re.IGNORECASE,
)
_UNREACHABLE = re.compile(
    r"dial (?:tcp|udp|unix)|connection re(?:fused|set)|no such host|network is unreachable|no route to host|timeout"
    r"|timed out|deadline exceeded|x509|certificate|tls:|gave HTTP response to HTTPS client|HTTP request to an HTTPS"
    r"|\bEOF\b|broken pipe|malformed HTTP|Client\.Timeout",
    re.IGNORECASE,
)


def verdict_of(error: ApiError) -> Verdict:
    """What an engine's refusal says of the registry. Engines up to 20.10 answer 500 to nearly everything."""
    if error.status in (401, 403):
        return Verdict.WRONG
    if _UNREACHABLE.search(error.message):  # first: an address may hold "401", and lookups may be "denied"
        return Verdict.UNREACHABLE
    return Verdict.WRONG if _WRONG.search(error.message) else Verdict.STRANGE


def _fill(registry: Registry, wish: RegistryWish) -> None:
    is_elsewhere = registry.address != wish.address
    registry.name = wish.name or wish.address.host
    registry.scheme, registry.host = wish.address.scheme, wish.address.host
    registry.username = wish.username
    registry.authorities = wish.authorities
    if wish.is_forgotten or is_elsewhere:
        forget_secret(registry)
    if wish.secret:
        keep_secret(registry, wish.secret, kind=wish.kind)
    elif registry.has_secret:
        registry.secret_kind = wish.kind


def _save(registry: Registry) -> None:
    try:
        with transaction.atomic():
            registry.save()
    except IntegrityError as exc:
        other = Registry.objects.filter(host=registry.host).first()
        raise InvalidInput(
            _("There is a registry with this address already."),
            _("It is called %(name)s.") % {"name": other.name if other else registry.host},
            field="address",
        ) from exc


def _keep_token(registry: Registry, token: str) -> bool:
    """Put a token in the secret's place, if that still is the one that was shown."""
    shown = registry.locked_secret
    keep_secret(registry, token, kind=SecretKind.TOKEN)
    return bool(
        Registry.objects.filter(pk=registry.pk, locked_secret=shown).update(
            locked_secret=registry.locked_secret, secret_kind=registry.secret_kind
        )
    )


def _without(words: str, credentials: Credentials) -> str:
    """Words of an engine for people, in which no secret may stand."""
    words = credentials.absent_from(words)
    return words if len(words) <= _LONGEST_WORDS else words[: _LONGEST_WORDS - 1] + "…"
