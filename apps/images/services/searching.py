"""Look for images in a registry, through the engine."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.engine.api import images as api
from apps.engine.types.images import SearchResult
from apps.hosts.gate import open_engine
from apps.registries.credentials import auth_header

DOCKER_HUB = "docker.io"
_OF_DOCKER_HUB = (DOCKER_HUB, "index.docker.io")


@dataclass(frozen=True, slots=True)
class SearchFor:
    """`term`: words, or `host/words` for another registry. None of a filter: either way."""

    term: str
    limit: int | None = None
    stars: int | None = None
    is_official: bool | None = None
    is_automated: bool | None = None

    def filters(self) -> dict[str, Sequence[str]]:
        """The filters as the engine takes them."""
        found: dict[str, Sequence[str]] = {}
        for key, value in (("is-official", self.is_official), ("is-automated", self.is_automated)):
            if value is not None:
                found[key] = ["true" if value else "false"]
        if self.stars is not None:
            found["stars"] = [str(self.stars)]
        return found

    @property
    def registry_host(self) -> str:
        """The registry that is asked: the first part of the term if it names a host, else Docker Hub."""
        head, slash, _rest = self.term.partition("/")
        return head if slash and (head == "localhost" or "." in head or ":" in head) else DOCKER_HUB

    def pullable(self, found: SearchResult) -> SearchResult:
        """What was found under the name that pulls it. A registry tells names without its own host, and without that
        another image of the same name would come from Docker Hub.
        """
        host = self.registry_host
        if host in _OF_DOCKER_HUB or found.name.startswith(f"{host}/"):
            return found
        return replace(found, name=f"{host}/{found.name}")


def image_search(actor: Actor, host_slug: str, wanted: SearchFor) -> list[SearchResult]:
    """Ask the registry. Raises ServerFault when the engine has no way there, VersionTooOld for filters before 1.24."""
    with open_engine(actor, host_slug, Action.IMAGE_SEARCH) as opened:
        call = api.image_search(
            wanted.term,
            limit=wanted.limit,
            filters=wanted.filters() or None,
            registry_auth=auth_header(actor, wanted.registry_host),
        )
        return [wanted.pullable(found) for found in opened.engine.run(call)]
