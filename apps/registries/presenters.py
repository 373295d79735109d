"""Registries in words, for pages and programs. Nothing here can say a secret: it is not opened for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.core.problems import Problem, problem_of
from apps.hosts.models import Host
from apps.registries.addresses import Address
from apps.registries.models import Registry, SecretKind
from apps.registries.references import HUB, Reference
from apps.registries.selectors import DeletionPreview, RepositoryPage, TagFound, TagPage
from apps.registries.services import Checked, Verdict

_CERTIFICATE = re.compile(r"x509|certificate", re.IGNORECASE)


def registry_json(registry: Registry) -> dict[str, Any]:
    """A registry for programs."""
    return {
        "id": registry.pk,
        "name": registry.name,
        "address": str(registry.address),
        "host": registry.host,
        "username": registry.username,
        "has_secret": registry.has_secret,
        "secret_kind": registry.secret_kind,
        "authorities": registry.authorities,
        "created_by": registry.created_by.username if registry.created_by else "",
        "created_at": registry.created_at.isoformat(),
        "changed_at": registry.changed_at.isoformat(),
    }


def credentials_words(registry: Registry) -> str:
    """What is kept, in a word or two."""
    if registry.secret_kind == SecretKind.TOKEN and registry.has_secret:
        return _("Identity token kept")
    if registry.has_secret:
        return _("Password kept")
    return _("No password kept") if registry.username else _("None: asked as nobody")


@dataclass(frozen=True, slots=True)
class RegistryRow:
    """A registry in the list."""

    id: int
    name: str
    address: str
    username: str
    credentials: str
    has_secret: bool
    has_authorities: bool
    created_by: str
    created_at: Any


def registry_row(registry: Registry) -> RegistryRow:
    """Dress a registry for the list and its own page."""
    return RegistryRow(
        id=registry.pk,
        name=registry.name,
        address=str(registry.address),
        username=registry.username,
        credentials=credentials_words(registry),
        has_secret=registry.has_secret,
        has_authorities=bool(registry.authorities),
        created_by=registry.created_by.username if registry.created_by else "",
        created_at=registry.created_at,
    )


@dataclass(frozen=True, slots=True)
class CheckWords:
    """What a check found, as a sentence. `kind` is ok, warn or error."""

    kind: str
    title: str
    detail: str
    hint: str


def check_words(checked: Checked) -> CheckWords:
    """Say what came of a check."""
    named = {"registry": checked.registry.name, "host": checked.host_name}
    has_credentials = checked.registry.has_secret
    match checked.verdict:
        case Verdict.RIGHT if not has_credentials:
            title = _("%(registry)s answers the engine of %(host)s, and wants no credentials.")
            return CheckWords("ok", title % named, checked.detail, "")
        case Verdict.RIGHT:
            title = _("%(registry)s accepts these credentials.") % named
            kept = _("It gave an identity token, which is kept in the password's place.")
            return CheckWords("ok", title, kept if checked.is_token_kept else checked.detail, "")
        case Verdict.WRONG if not has_credentials:
            title = _("%(registry)s wants credentials, and there are none.") % named
            return CheckWords("warn", title, checked.detail, _("Enter a user and a password, or an identity token."))
        case Verdict.WRONG:
            title = _("%(registry)s does not accept these credentials.") % named
            hint = _("Check the user, and enter the password or token once more.")
            return CheckWords("error", title, checked.detail, hint)
        case Verdict.UNREACHABLE if _CERTIFICATE.search(checked.detail):
            title = _("The engine of %(host)s does not accept the certificate of %(registry)s.") % named
            hint = _(
                "If an authority of your own has signed it, put that authority's certificate on the engine's host, as"
                " /etc/docker/certs.d/%(address)s/ca.crt; the engine reads it without a restart."
            )
            return CheckWords("error", title, checked.detail, hint % {"address": checked.registry.host})
        case Verdict.UNREACHABLE:
            title = _("The engine of %(host)s cannot reach %(registry)s.") % named
            hint = _(
                "Check address and port. A registry without https has to be among the engine's insecure registries."
            )
            return CheckWords("error", title, checked.detail, hint)
        case _:
            title = _("%(registry)s does not answer as a registry.") % named
            return CheckWords("error", title, checked.detail, _("Check its address."))


def check_json(checked: Checked) -> dict[str, Any]:
    """A check's outcome for programs."""
    return {"verdict": checked.verdict.value, "is_token_kept": checked.is_token_kept, **asdict(check_words(checked))}


def problem_words(failure: Exception | None) -> Problem | None:
    """A failure as the page shows it beside what it has."""
    return problem_of(failure) if failure else None


def repositories_json(page: RepositoryPage) -> dict[str, Any]:
    """A page of repositories for programs."""
    return {"repositories": list(page.names.names), "more_after": page.names.more_after}


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag in a repository's list. `reference` and `digest_reference` ("": not told) are what a pull takes; `sizes`
    has one entry a platform.
    """

    name: str
    reference: str
    digest: str
    size_bytes: int | None
    sizes: tuple[tuple[str, int | None], ...]
    problem: str
    digest_reference: str = ""


def tag_row(page: TagPage, tag: TagFound) -> TagRow:
    """Dress a tag."""
    manifest = tag.manifest
    return TagRow(
        name=tag.name,
        reference=reference_of(page.registry.address, page.repository, tag=tag.name),
        digest=manifest.digest if manifest else "",
        size_bytes=manifest.size_bytes if manifest else None,
        sizes=tuple((platform.name, platform.size_bytes) for platform in manifest.platforms) if manifest else (),
        problem=tag.failure.title if tag.failure else "" if manifest else _("Not told in time"),
        digest_reference=_by_digest(page, manifest.digest) if manifest else "",
    )


def _by_digest(page: TagPage, digest: str) -> str:
    return reference_of(page.registry.address, page.repository, digest=digest) if digest else ""


def reference_of(address: Address, repository: str, *, tag: str = "", digest: str = "") -> str:
    """What a pull takes: team/app:1 for Docker Hub, host:5000/team/app:1 for others, or @ and a digest."""
    return Reference(HUB if address.is_hub else address.host, repository, tag, digest).familiar


@dataclass(frozen=True, slots=True)
class PullPlace:
    """A host that can pull. `name` is "" when there is no other."""

    slug: str
    name: str


def pull_places(hosts: Sequence[Host]) -> list[PullPlace]:
    """Dress the hosts on which a tag can be pulled."""
    return [PullPlace(host.slug, host.name if len(hosts) > 1 else "") for host in hosts]


def tags_json(page: TagPage) -> dict[str, Any]:
    """A page of tags for programs."""
    return {
        "repository": page.repository,
        "tags": [asdict(tag_row(page, tag)) for tag in page.tags],
        "more_after": page.more_after,
    }


def deletion_json(preview: DeletionPreview) -> dict[str, Any]:
    """What would go, for programs."""
    return {
        "repository": preview.repository,
        "tag": preview.tag,
        "digest": preview.digest,
        "also": list(preview.also),
        "is_complete": preview.is_complete,
    }
