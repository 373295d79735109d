"""Empty what BuildKit keeps to build faster. Builds from here use the engine's own cache: its layers of images."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.engine.api.build import build_prune
from apps.engine.version import ApiVersion
from apps.hosts.gate import open_engine

log = logging.getLogger(__name__)

NARROWED_SINCE = ApiVersion(1, 39)


@dataclass(frozen=True, slots=True)
class CacheWish:
    """What goes: with `is_all` also what images share; not what was used less than `unused_for` ("24h") ago;
    `keep_bytes` stay in any case.
    """

    is_all: bool = False
    unused_for: str = ""
    keep_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class CacheEmptied:
    """How many records went, and the bytes that the engine says this gained."""

    count: int
    space_bytes: int


def build_cache_version(actor: Actor, host_slug: str) -> ApiVersion:
    """The API version of the host, for what can be asked for. Raises what the gate raises."""
    with open_engine(actor, host_slug, Action.IMAGE_PRUNE) as opened:
        return opened.engine.version


def build_cache_empty(actor: Actor, host_slug: str, *, wish: CacheWish) -> CacheEmptied:
    """Do it. Raises VersionTooOld before API 1.31; BadRequest for an age that cannot be read."""
    call = build_prune(is_all=wish.is_all, unused_for=wish.unused_for, keep_bytes=wish.keep_bytes)
    with open_engine(actor, host_slug, Action.IMAGE_PRUNE) as opened:
        told = opened.engine.run(call)
    count = len(told.caches_deleted)
    log.info("%s: build cache of %s: %d records, %d bytes", actor.username, host_slug, count, told.space_reclaimed)
    return CacheEmptied(count, told.space_reclaimed)
