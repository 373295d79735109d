"""Looking registries up, and looking into them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from django.utils import translation
from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.errors import InvalidInput, NotFoundHere
from apps.registries.credentials import credentials_of
from apps.registries.errors import RegistryFailure, Why
from apps.registries.models import Registry
from apps.registries.references import is_repository, is_tag
from apps.registries.v2.client import Names, RegistryClient
from apps.registries.v2.manifests import Manifest
from apps.registries.v2.transport import AT_ONCE

Found = TypeVar("Found")

REPOSITORIES_A_PAGE = 50
TAGS_A_PAGE = 20
TAGS_COMPARED = 200
"""Tags of a repository that are asked for their digest before one of them is deleted."""
PLATFORMS_SIZED = 8
SIZES_WITHIN_S = 20.0


def registry_list(actor: Actor) -> list[Registry]:
    """Every registry, by name."""
    roles.require(actor, Action.REGISTRY_MANAGE)
    return list(Registry.objects.select_related("created_by"))


def registry_get(actor: Actor, registry_id: int) -> Registry:
    """One registry. Raises NotFoundHere when there is none of this id."""
    roles.require(actor, Action.REGISTRY_MANAGE)
    registry = Registry.objects.select_related("created_by").filter(pk=registry_id).first()
    if registry is None:
        raise NotFoundHere(_("There is no such registry"), _("It may have been removed here."))
    return registry


@dataclass(frozen=True, slots=True)
class RepositoryPage:
    """Repositories of a registry, or why there are none to see."""

    registry: Registry
    names: Names
    failure: RegistryFailure | None = None


@dataclass(frozen=True, slots=True)
class TagFound:
    """A tag, and what it names; None when that was not told (`failure`) or not in time."""

    name: str
    manifest: Manifest | None = None
    failure: RegistryFailure | None = None


@dataclass(frozen=True, slots=True)
class TagPage:
    """Tags of a repository, or why there are none to see."""

    registry: Registry
    repository: str
    tags: tuple[TagFound, ...] = ()
    more_after: str = ""
    failure: RegistryFailure | None = None


@dataclass(frozen=True, slots=True)
class DeletionPreview:
    """What goes when a tag is deleted: the manifest, and `also` every other tag of it.

    `is_complete` False: the repository has more tags than were compared, or some gave no answer.
    """

    registry: Registry
    repository: str
    tag: str
    digest: str
    also: tuple[str, ...]
    is_complete: bool


def repositories_of(actor: Actor, registry_id: int, *, after: str = "") -> RepositoryPage:
    """A page of the repositories of a registry, asked of it."""
    registry = registry_get(actor, registry_id)
    with opened(registry) as client:
        try:
            return RepositoryPage(registry, client.repositories(count=REPOSITORIES_A_PAGE, after=after))
        except RegistryFailure as failure:
            return RepositoryPage(registry, Names(()), failure)


def tags_of(actor: Actor, registry_id: int, *, repository: str, after: str = "") -> TagPage:
    """A page of a repository's tags with their sizes: one question, and one for each tag that is shown."""
    registry = registry_get(actor, registry_id)
    repository = checked_repository(registry, repository)
    with opened(registry) as client:
        try:
            names = client.tags(repository, count=TAGS_A_PAGE, after=after)
        except RegistryFailure as failure:
            return TagPage(registry, repository, failure=failure)
        tags = _Sizes(client, repository).of(names.names)
    return TagPage(registry, repository, tags, names.more_after)


def deletion_preview(actor: Actor, registry_id: int, *, repository: str, tag: str) -> DeletionPreview:
    """See what else goes with a tag: a registry deletes manifests, and with one every tag that names it."""
    registry = registry_get(actor, registry_id)
    repository = checked_repository(registry, repository)
    if not is_tag(tag):
        raise InvalidInput(_("This is no tag."), tag[:200], field="tag")
    with opened(registry) as client:
        digest = client.digest(repository, tag)
        listed = client.tags(repository, count=TAGS_COMPARED)
        others = [name for name in listed.names if name != tag and is_tag(name)]
        digests = _side_by_side(lambda name: client.digest(repository, name), others)
    also = tuple(name for name in others if digests.get(name) == digest)
    is_complete = not listed.more_after and len(digests) == len(others)
    return DeletionPreview(registry, repository, tag, digest, also, is_complete)


@contextmanager
def opened(registry: Registry) -> Iterator[RegistryClient]:
    """A client with the registry's credentials. Raises Unavailable when they cannot be opened."""
    with RegistryClient(credentials_of(registry)) as client:
        yield client


def checked_repository(registry: Registry, repository: str) -> str:
    """The name of a repository as its registry has it: on Docker Hub `nginx` is library/nginx."""
    repository = repository.strip().strip("/")
    if not is_repository(repository):
        raise InvalidInput(
            _("This is no name of a repository."),
            _("It has lower-case letters and digits, with “.”, “_” or “-” between them and “/” between its parts."),
            field="repository",
        )
    return f"library/{repository}" if registry.address.is_hub and "/" not in repository else repository


class _Sizes:
    """Manifests of some tags, and the sizes of the images behind those with several platforms."""

    def __init__(self, client: RegistryClient, repository: str) -> None:
        self._client = client
        self._repository = repository
        self._kept: dict[str, int | None] = {}  # by digest: tags often name the same image
        self._is_refused = threading.Event()

    def of(self, names: Sequence[str]) -> tuple[TagFound, ...]:
        found = _side_by_side(self._tag, names)
        return tuple(found.get(name) or TagFound(name) for name in names)

    def _tag(self, name: str) -> TagFound:
        if self._is_refused.is_set():
            return TagFound(name)
        try:
            manifest = self._client.manifest(self._repository, name)
            platforms = [
                replace(platform, size_bytes=self._size(platform.digest)) if number < PLATFORMS_SIZED else platform
                for number, platform in enumerate(manifest.platforms)
            ]
        except RegistryFailure as failure:
            if failure.why in (Why.TOO_MANY, Why.BUSY, Why.UNREACHABLE):
                self._is_refused.set()
            return TagFound(name, failure=failure)
        return TagFound(name, replace(manifest, platforms=tuple(platforms)))

    def _size(self, digest: str) -> int | None:
        if digest not in self._kept:
            self._kept[digest] = self._client.manifest(self._repository, digest).size_bytes
        return self._kept[digest]


def _side_by_side(ask: Callable[[str], Found], names: Sequence[str]) -> dict[str, Found]:
    """Ask for several at once, never more than AT_ONCE; what failed or took too long is missing."""
    language = translation.get_language() or "en"

    def asked(name: str) -> Found:
        with translation.override(language):
            return ask(name)

    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="registry")
    try:
        asking = {name: pool.submit(asked, name) for name in names}
        done, _late = wait(asking.values(), timeout=SIZES_WITHIN_S)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # those under way end by their own deadlines
    answered = {name: future for name, future in asking.items() if future in done}
    return {
        name: future.result()
        for name, future in answered.items()
        if not isinstance(future.exception(), RegistryFailure)
    }
