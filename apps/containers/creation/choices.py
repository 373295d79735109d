"""What the engine has to offer for a new container, and what an existing one was made of."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.creation.writing import Written, write
from apps.core.errors import NotFoundHere
from apps.engine.api.images import image_inspect, image_list
from apps.engine.api.networks import network_list
from apps.engine.errors import EngineError, NotFound
from apps.engine.operations import NETWORK_LIST
from apps.engine.version import CEILING, ApiVersion
from apps.hosts.gate import open_container, open_engine


@dataclass(frozen=True, slots=True)
class Choices:
    """The version spoken, and names to choose from. With a `failure` the engine did not say them now."""

    version: ApiVersion
    images: list[str] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)
    failure: EngineError | None = None


@dataclass(frozen=True, slots=True)
class Original:
    """A container to be made again: its id and name, and what the form holds of it."""

    container_id: str
    name: str
    written: Written


def creation_choices(actor: Actor, host_slug: str) -> Choices:
    """Ask the engine for images and networks. Raises what the gate raises; a silent engine is a `failure`."""
    with open_engine(actor, host_slug, Action.CONTAINER_CREATE) as opened:
        try:
            version = opened.engine.version
            images = opened.engine.run(image_list())
            networks = [] if version < NETWORK_LIST.since else opened.engine.run(network_list())
        except EngineError as failure:
            return Choices(CEILING, failure=failure)
        return Choices(
            version,
            sorted({tag for image in images for tag in image.tags}),
            sorted(network.name for network in networks),
        )


def original(actor: Actor, host_slug: str, ref: str, *, version: ApiVersion) -> Original:
    """Read a container as texts of the form, without what its image gives anyway.

    Its environment is part of it, so who asks must be allowed to see that.
    """
    roles.require(actor, Action.CONTAINER_ENV)
    with open_container(actor, host_slug, ref, Action.CONTAINER_CREATE) as opened:
        try:
            image = opened.engine.run(image_inspect(opened.container.image_id))
        except NotFound:
            image = None
        config = json.loads(image.raw).get("Config") if image is not None else None
        written = write(json.loads(opened.container.raw), version=version, image=config)
        return Original(opened.container.id, opened.container.name, written)


def carried_of(actor: Actor, host_slug: str, ref: str, *, version: ApiVersion) -> dict[str, Any] | None:
    """Return what no field holds of a container, None when it is gone. Raises what `original` raises else."""
    try:
        return original(actor, host_slug, ref, version=version).written.carried
    except NotFoundHere:
        return None
