"""Looking images up."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from typing import TypeVar

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.query.engine_filters import EngineChoice, EngineFilters
from apps.engine.api import images as api
from apps.engine.api import system
from apps.engine.api.containers import container_list_brief
from apps.engine.call import Call
from apps.engine.errors import NotFound, ServerFault
from apps.engine.types.container_brief import ContainerBrief
from apps.engine.types.disk_usage import DiskUsage
from apps.engine.types.images import HistoryLayer, ImageInspect, ImageSummary
from apps.engine.version import ApiVersion
from apps.hosts import connections, snapshots
from apps.hosts.gate import OpenedEngine, open_engine
from apps.hosts.lists import PASSING_FAILURES, HostList, engine_choice
from apps.hosts.models import Host
from apps.images import kept
from apps.images.errors import image_not_found
from apps.images.kept import ImageList, Sharing
from apps.images.naming import is_piece_of_id, is_usable

T = TypeVar("T")

REFERENCE_SINCE = ApiVersion(1, 25)
SHARED_SIZE_SINCE = ApiVersion(1, 42)
LONGEST_WAIT_S = 30.0
BETWEEN_TRIES_S = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class HostImages(HostList):
    """The images of a host and the containers made from them. `sharing` None: shared layers are not measured."""

    images: tuple[ImageSummary, ...]
    containers: Sequence[ContainerBrief]
    sharing: Sharing | None = None

    @property
    def shared(self) -> Mapping[str, int]:
        """Shared bytes by full id, as far as they are measured."""
        return self.sharing.shared if self.sharing else {}


@dataclass(frozen=True, slots=True)
class OpenedImage:
    """An image on which the actor may do what she named. Act on `image.id` and nothing else."""

    around: OpenedEngine
    image: ImageInspect

    def run(self, call: Call[T]) -> T:
        """Perform a call on its engine."""
        return self.around.engine.run(call)


def image_list(actor: Actor, host_slug: str, *, is_all: bool = False) -> HostImages:
    """List a host's images, with `is_all` the intermediate layers of builds too.

    When the engine does not answer, the list kept last is returned with the failure. Other refusals are raised.
    """
    with open_engine(actor, host_slug, Action.IMAGE_VIEW) as opened:
        known = kept.of(opened.host)
        try:
            current = known.current(opened.host, is_all=is_all)
            if current is not None:
                taken, containers = current, containers_of(opened, actor)
            else:
                taken, containers = _asked_with_containers(opened, actor, is_all=is_all)
        except PASSING_FAILURES as failure:
            last = known.lists.get(is_all)
            past = snapshots.of(opened.host).last
            containers = past.containers if past and roles.may(actor, Action.CONTAINER_LIST) else ()
            return HostImages(
                host=opened.host,
                images=last.images if last else (),
                containers=containers,
                taken_at=last.taken_at if last else None,
                failure=failure,
            )
        sharing = known.sharing_of(image.id for image in taken.images) if not is_all else known.sharing
        return HostImages(
            host=opened.host, images=taken.images, containers=containers, taken_at=taken.taken_at, sharing=sharing
        )


def _asked_with_containers(
    opened: OpenedEngine, actor: Actor, *, is_all: bool
) -> tuple[ImageList, Sequence[ContainerBrief]]:
    """Ask for both lists at once: the reader waits for the longer answer, not for one after the other."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        beside = pool.submit(copy_context().run, containers_of, opened, actor)
        taken = _asked(opened, is_all=is_all)
        return taken, beside.result()


def _asked(opened: OpenedEngine, *, is_all: bool) -> ImageList:
    snapshot = snapshots.of(opened.host)
    generation, is_settled = snapshot.generation, snapshot.is_settled
    images = opened.engine.run(api.image_list(is_all=is_all))
    connections.of(opened.host).learn_facts()
    taken = ImageList(tuple(images), time.time(), snapshot, generation, is_settled)
    kept.of(opened.host).lists[is_all] = taken
    return taken


def containers_of(opened: OpenedEngine, actor: Actor) -> Sequence[ContainerBrief]:
    """The host's containers, none for whoever may not list them."""
    if not roles.may(actor, Action.CONTAINER_LIST):
        return ()
    snapshot = snapshots.of(opened.host)
    current = snapshot.current
    if current is not None:
        return current.containers
    generation, is_settled = snapshot.generation, snapshot.is_settled
    found = opened.engine.run(container_list_brief())
    return snapshot.keep(tuple(found), generation=generation, is_settled=is_settled).containers


def images_chosen(actor: Actor, host_slug: str, *, filters: EngineFilters, is_all: bool = False) -> EngineChoice:
    """Ask the engine which images fit."""

    def fitting(wanted: Mapping[str, Sequence[str]]) -> frozenset[str]:
        with open_engine(actor, host_slug, Action.IMAGE_VIEW) as opened:
            pattern = None
            references = wanted.get("reference", ())
            if len(references) == 1 and opened.engine.version < REFERENCE_SINCE:
                pattern = references[0]
                wanted = {key: values for key, values in wanted.items() if key != "reference"}
            found = opened.engine.run(api.image_list(is_all=is_all, filters=wanted, pattern=pattern))
            return frozenset(image.id for image in found)

    return engine_choice(filters, fitting)


def image_sharing(actor: Actor, host_slug: str) -> Sharing:
    """Measure what layers of the images are shared, unless that is known: slow, and one at a time for a host.

    Raises VersionTooOld before API 1.25.
    """
    with open_engine(actor, host_slug, Action.IMAGE_VIEW) as opened:
        return sharing_of(opened)


def sharing_of(opened: OpenedEngine) -> Sharing:
    """The same for a host that is open already."""
    known = kept.of(opened.host)
    taken = known.current(opened.host, is_all=False) or _asked(opened, is_all=False)
    ids = frozenset(image.id for image in taken.images)
    found = known.sharing_of(ids)
    if found is not None:
        return found
    with known.measuring:  # whoever waited for another's measure takes it
        found = known.sharing_of(ids)
        if found is None:
            found = known.sharing = _measured(opened, ids)
    return found


def _measured(opened: OpenedEngine, ids: frozenset[str]) -> Sharing:
    if opened.engine.version >= SHARED_SIZE_SINCE:
        images, layers_bytes = opened.engine.run(api.image_list(shared_size=True)), None
    else:
        usage = _usage(opened)
        images, layers_bytes = usage.images, usage.layers_size
    return Sharing(ids, {image.id: image.shared_size for image in images if image.shared_size >= 0}, layers_bytes)


def _usage(opened: OpenedEngine) -> DiskUsage:
    """Engines up to 20.10 measure for one caller at a time: wait until another's measuring is over."""
    give_up_at = time.monotonic() + LONGEST_WAIT_S
    while True:
        try:
            return opened.engine.run(system.system_data_usage())
        except ServerFault as fault:
            if "already running" not in fault.message or time.monotonic() > give_up_at:
                raise
        time.sleep(BETWEEN_TRIES_S)


@contextmanager
def open_image(actor: Actor, host_slug: str, ref: str, action: Action) -> Iterator[OpenedImage]:
    """Open one image of a host. Raises AccessDenied, then NotFoundHere, then what the engine raises."""
    with open_engine(actor, host_slug, action) as opened:
        yield resolved(opened, ref=ref)


def resolved(opened: OpenedEngine, *, ref: str) -> OpenedImage:
    """Resolve an id, its first 12 digits or more, or a reference: what follows is done on the full id only."""
    if not is_usable(ref):
        raise image_not_found()
    try:
        image = opened.engine.run(api.image_inspect(ref))
    except NotFound as exc:
        raise image_not_found() from exc
    is_name = ref in image.tags or f"{ref}:latest" in image.tags
    if not image.id or (is_piece_of_id(ref, image.id) and not is_name):
        raise image_not_found()
    return OpenedImage(opened, image)


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """Everything a page of one image says. `children`: see `built_upon`."""

    image: ImageInspect
    history: Sequence[HistoryLayer]
    users: Sequence[ContainerBrief]
    children: Sequence[ImageSummary]
    sharing: Sharing | None
    host: Host


def image_facts(actor: Actor, host_slug: str, ref: str) -> ImageFacts:
    """Look at one image: its record, its history, who uses it, what is built upon it."""
    with open_image(actor, host_slug, ref, Action.IMAGE_VIEW) as opened:
        history = opened.run(api.image_history(opened.image.id))
        users = users_of(opened.image, containers_of(opened.around, actor))
        children = built_upon(opened.image.id, every_image(opened.around))
        host = opened.around.host
        return ImageFacts(opened.image, history, users, children, kept.of(host).sharing, host)


def every_image(opened: OpenedEngine) -> tuple[ImageSummary, ...]:
    """All images of the host, intermediate ones too."""
    taken = kept.of(opened.host).current(opened.host, is_all=True) or _asked(opened, is_all=True)
    return taken.images


def built_upon(image_id: str, images: Sequence[ImageSummary]) -> list[ImageSummary]:
    """The images that are built upon one: the nearest that bear a name, or end a line without one."""
    below: dict[str, list[ImageSummary]] = {}
    for image in images:
        below.setdefault(image.parent_id, []).append(image)
    found: list[ImageSummary] = []
    waiting = list(below.get(image_id, ()))
    while waiting:
        image = waiting.pop()
        if image.tags or image.id not in below:
            found.append(image)
        else:
            waiting += below[image.id]
    return found


def users_of(image: ImageInspect, containers: Sequence[ContainerBrief]) -> list[ContainerBrief]:
    """The containers made from an image."""
    names = {*image.tags, *(tag.removesuffix(":latest") for tag in image.tags)}
    return [one for one in containers if one.image_id == image.id or (not one.image_id and one.image in names)]


def image_by_ref(actor: Actor, host_slug: str, ref: str, *, action: Action = Action.IMAGE_VIEW) -> ImageInspect:
    """One image's record."""
    with open_image(actor, host_slug, ref, action) as opened:
        return opened.image


def api_version_known(actor: Actor, host_slug: str) -> ApiVersion | None:
    """The API version that the engine is spoken to in, None when it does not answer."""
    with open_engine(actor, host_slug, Action.IMAGE_VIEW) as opened:
        try:
            return opened.engine.version
        except PASSING_FAILURES:
            return None
