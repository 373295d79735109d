"""Making a container, and starting it. What goes wrong on the way is a result: the form keeps what was typed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace

from channels.db import database_sync_to_async
from django.utils.translation import gettext as _

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.core.errors import InvalidInput, NotFoundHere
from apps.engine.api.container_create import container_create
from apps.engine.api.containers import container_remove, container_start
from apps.engine.api.image_transfer import image_create
from apps.engine.api.networks import network_connect, network_inspect
from apps.engine.call import Call
from apps.engine.errors import ApiError, Conflict, EngineError, EngineGone, NotFound, TimedOut, gist
from apps.engine.operations import IMAGE_CREATE
from apps.engine.registry_auth import hidden
from apps.engine.types.container_create import CreateSpec, EndpointSpec
from apps.engine.types.progress import Progress, progress_of
from apps.engine.wire.jsonlines import LineSplitter
from apps.hosts.gate import OpenedEngine, open_container, open_engine, open_engine_async
from apps.registries.credentials import auth_header
from apps.registries.references import parse

_HOLDER = re.compile(r'by container "([0-9a-f]{12,64})"', re.ASCII)
_NO_IMAGE = re.compile(r"no such image|image .* not found|was found but does not match", re.IGNORECASE)
_PULL_DEADLINE_S = 1800.0


@dataclass(frozen=True, slots=True)
class Created:
    """It is there. `start_failure` holds the engine's words when it could not be started."""

    container_id: str
    warnings: list[str] = field(default_factory=list)
    start_failure: str = ""


@dataclass(frozen=True, slots=True)
class ImageMissing:
    """The engine does not have the image (or not for the platform)."""

    image: str
    message: str


@dataclass(frozen=True, slots=True)
class NameTaken:
    """Another container has the name; `holder_id` is its id, "" when the engine does not say."""

    message: str
    holder_id: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The engine does not accept it. `field` is the field that it comes from, "" when only its words tell."""

    message: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """The engine was not reached, or did not answer in time: then it may still carry it out."""

    failure: EngineError


FurtherNetworks = Sequence[tuple[str, EndpointSpec]]

Outcome = Created | ImageMissing | NameTaken | NotTaken | NotAnswered


def create_and_start(
    actor: Actor,
    host_slug: str,
    spec: CreateSpec,
    *,
    name: str,
    platform: str,
    is_started: bool,
    further_networks: FurtherNetworks = (),
) -> Outcome:
    """Create a container, connect it to its further networks and start it. Raises what the gate raises.

    One that cannot be connected to all of them is removed again.
    """
    with open_engine(actor, host_slug, Action.CONTAINER_CREATE) as opened:
        try:
            for network, _endpoint in further_networks:  # engines find out no earlier than at the start
                opened.engine.run(network_inspect(network))
        except ApiError as error:
            return NotTaken(error.message, "further_networks")
        except EngineError as error:
            return NotAnswered(error)
        try:
            made = opened.engine.run(container_create(spec, name=name, platform=platform))
        except NotFound as error:
            if is_image_missing(error):
                return ImageMissing(spec.image, error.message)
            return NotTaken(error.message)
        except Conflict as error:
            holder = _HOLDER.search(error.message)
            if holder is None and "name" not in error.message.lower():
                return NotTaken(error.message)
            return NameTaken(error.message, holder[1] if holder else "")
        except ApiError as error:
            return NotTaken(error.message)
        except EngineError as error:
            return NotAnswered(error)
        try:
            _connect(opened, made.id, further_networks)
        except EngineError as error:
            left = _take_back(opened, made.id)
            if isinstance(error, ApiError):
                return NotTaken(f"{error.message} {left}".rstrip(), "further_networks")
            return NotAnswered(error)
        failure = ""
        if is_started:
            try:
                opened.engine.run(container_start(made.id))
            except EngineError as error:
                failure = str(error)
        return Created(made.id, made.warnings, failure)


def _connect(opened: OpenedEngine, container_id: str, further_networks: FurtherNetworks) -> None:
    for network, endpoint in further_networks:
        opened.engine.run(network_connect(network, container_id=container_id, endpoint=endpoint))


def _take_back(opened: OpenedEngine, container_id: str) -> str:
    """Remove a container that is half made; return a sentence about it when that fails, too."""
    try:
        opened.engine.run(container_remove(container_id, force=True, volumes=True))
    except EngineError as error:
        words = _("The container %(id)s was made and could not be removed again: %(error)s")
        return words % {"id": container_id[:12], "error": error}
    return ""


def remove_unstarted(actor: Actor, host_slug: str, ref: str) -> None:
    """Remove a container that never started, with its anonymous volumes; one that did, or is gone, is left alone.

    Raises what the gate raises to who may not.
    """
    try:
        with open_container(actor, host_slug, ref, Action.CONTAINER_REMOVE) as opened:
            if opened.container.state.status == "created":
                opened.engine.run(container_remove(opened.container.id, volumes=True))
    except NotFoundHere:
        return


def is_image_missing(failure: object) -> bool:
    """Whether the engine does not have the image, or not for the platform."""
    return isinstance(failure, NotFound) and bool(_NO_IMAGE.search(gist(failure.message)))


def image_and_tag(reference: str) -> tuple[str, str]:
    """Split nginx:1.27, registry:5000/a/b@sha256:… into what a pull takes; without a tag it is latest."""
    name, at, digest = reference.partition("@")
    if at:
        return name, digest
    head, colon, tag = reference.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (reference, "latest")


async def pull(actor: Actor, host_slug: str, *, image: str, platform: str) -> AsyncIterator[Progress]:
    """Pull an image and tell of it line by line. The last line is a failure when it has an `error`.

    Raises what the gate raises, before the first line.
    """
    name, tag = image_and_tag(image)
    auth = await database_sync_to_async(_auth, thread_sensitive=False)(actor, image)
    call = image_create(from_image=name, tag=tag, platform=platform, auth=auth)
    async with open_engine_async(actor, host_slug, Action.IMAGE_PULL) as opened:
        splitter = LineSplitter()
        try:
            async with opened.engine.stream(call) as stream:
                async for chunk in stream:
                    for line in splitter.feed(chunk):
                        yield _without_secrets(progress_of(line), call)
                for line in splitter.finish():
                    yield _without_secrets(progress_of(line), call)
        except EngineGone:
            yield Progress(raw_error=str(EngineGone(IMAGE_CREATE.id)))
        except EngineError as error:
            yield Progress(raw_error=str(error))


def _without_secrets(progress: Progress, call: Call[None]) -> Progress:
    """A registry may say our credentials back in its refusal."""
    return Progress(raw_error=hidden(progress.error, call.headers)) if progress.error else progress


def pull_at_once(actor: Actor, host_slug: str, *, image: str, platform: str) -> str:
    """Pull an image and wait for it, for browsers without scripts. Returns the engine's words when it failed."""
    name, tag = image_and_tag(image)
    call = image_create(from_image=name, tag=tag, platform=platform, auth=_auth(actor, image))
    call = replace(call, deadline_s=_PULL_DEADLINE_S)
    with open_engine(actor, host_slug, Action.IMAGE_PULL) as opened:
        try:
            opened.engine.run(call)
        except (ApiError, TimedOut) as error:
            return str(error)
    return ""


def _auth(actor: Actor, image: str) -> str:
    """The credentials that the actor has for an image's registry, "" for none."""
    try:
        return auth_header(actor, parse(image).registry_host)
    except InvalidInput:  # the engine says in its own words what is wrong with the name
        return ""
