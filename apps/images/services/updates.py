"""Whether a registry has something newer under an image's names."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.errors import Refusal
from apps.engine.api.distribution import distribution_inspect
from apps.engine.errors import EngineError, VersionTooOld
from apps.engine.operations import DISTRIBUTION_INSPECT
from apps.engine.types.images import ImageInspect
from apps.images.naming import repository_of
from apps.images.selectors import OpenedImage, open_image
from apps.registries.credentials import auth_header
from apps.registries.references import parse

MOST_NAMES = 10


@dataclass(frozen=True, slots=True)
class UpdateCheck:
    """One name. `theirs`: the registry's digest, `ours`: those that we have it under.

    Without `ours` it was built or loaded here. With a `failure` the registry did not tell.
    """

    name: str
    ours: tuple[str, ...] = ()
    theirs: str = ""
    platforms: tuple[str, ...] = ()
    failure: EngineError | Refusal | None = None

    @property
    def is_current(self) -> bool:
        """Whether the registry has just what is here."""
        return bool(self.theirs) and self.theirs in self.ours

    @property
    def is_newer(self) -> bool:
        """Whether the registry has something else under this name."""
        return bool(self.theirs) and bool(self.ours) and self.theirs not in self.ours


def image_updates(actor: Actor, host_slug: str, ref: str) -> tuple[ImageInspect, Sequence[UpdateCheck]]:
    """Compare each name's digest with the registry's. Raises VersionTooOld before API 1.30."""
    with open_image(actor, host_slug, ref, Action.IMAGE_PULL) as opened:
        version = opened.around.engine.version
        if version < DISTRIBUTION_INSPECT.since:
            raise VersionTooOld(DISTRIBUTION_INSPECT.id, DISTRIBUTION_INSPECT.since, version)
        return opened.image, [_check(opened, actor, name) for name in opened.image.tags[:MOST_NAMES]]


def _check(opened: OpenedImage, actor: Actor, name: str) -> UpdateCheck:
    repository = repository_of(name)
    ours = tuple(digest.partition("@")[2] for digest in opened.image.digests if digest.partition("@")[0] == repository)
    if not ours:
        return UpdateCheck(name)
    try:
        told = opened.run(distribution_inspect(name, registry_auth=auth_header(actor, parse(name).registry_host)))
    except (EngineError, Refusal) as failure:
        return UpdateCheck(name, ours, failure=failure)
    return UpdateCheck(name, ours, told.descriptor.digest, tuple(str(each) for each in told.platforms))
