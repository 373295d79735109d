"""Images: what is here, what they are made of, their names, their end.

What carries them about is in `image_transfer`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apps.engine.answers import nothing
from apps.engine.call import Call
from apps.engine.operations import (
    IMAGE_DELETE,
    IMAGE_HISTORY,
    IMAGE_INSPECT,
    IMAGE_LIST,
    IMAGE_PRUNE,
    IMAGE_SEARCH,
    IMAGE_TAG,
    PRUNE_DEADLINE_S,
)
from apps.engine.registry_auth import AUTH
from apps.engine.types import tolerance
from apps.engine.types.images import (
    HistoryLayer,
    ImageDeleted,
    ImageInspect,
    ImagesPruned,
    ImageSummary,
    SearchResult,
    image_inspect_of,
)
from apps.engine.version import ApiVersion

_MEASURING_S = 120.0
"""Seconds for an engine to add up what layers take."""


def image_list(
    *,
    is_all: bool = False,
    filters: Mapping[str, Sequence[str]] | None = None,
    pattern: str | None = None,
    digests: bool = False,
    shared_size: bool = False,
) -> Call[list[ImageSummary]]:
    """List the images at hand, with `is_all` the intermediate layers of builds too.

    `filters`: `dangling`, `label` (all must fit), `before` and `since` (API 1.24, an image that is here: NotFound),
    `reference` (1.25, a pattern on repository:tag; several are alternatives), `until` (1.44). `pattern` is what came
    before `reference`; from API 1.41 on it is left out. `digests` is documented, engines tell them anyway;
    Podman 4 answers it by nothing.
    `shared_size` (1.42) has the engine measure what layers are shared, which is slow.
    """
    return Call(
        IMAGE_LIST,
        query={
            "all": is_all or None,
            "filters": filters,
            "filter": pattern,
            "digests": digests or None,
            "shared-size": shared_size or None,
        },
        needs={
            "filters.before": ApiVersion(1, 24),
            "filters.since": ApiVersion(1, 24),
            "filters.reference": ApiVersion(1, 25),
            "filters.until": ApiVersion(1, 44),
            "shared-size": ApiVersion(1, 42),
        },
        ends={"filter": ApiVersion(1, 41)},
        deadline_s=_MEASURING_S if shared_size else None,
        parse=lambda reply: tolerance.read_list(ImageSummary, reply.body),
    )


def image_history(name: str) -> Call[list[HistoryLayer]]:
    """List the steps that made an image, the newest first."""
    return Call(IMAGE_HISTORY, path={"name": name}, parse=lambda reply: tolerance.read_list(HistoryLayer, reply.body))


def image_tag(name: str, *, repo: str, tag: str | None = None, force: bool | None = None) -> Call[None]:
    """Give an image one more name. A name that another image bears moves without a word, on every version.

    `force` was asked for by engines up to API 1.23 and is left out from then on. BadRequest (20.10: ServerFault): this
    is no name.
    """
    return Call(
        IMAGE_TAG,
        path={"name": name},
        query={"repo": repo, "tag": tag, "force": force},
        ends={"force": ApiVersion(1, 24)},
        parse=nothing,
    )


def image_remove(name: str, *, force: bool = False, noprune: bool = False) -> Call[list[ImageDeleted]]:
    """Remove a name, and the image with its last one; by id the image with all of its names.

    `force`: although it has several names or a stopped container uses it. `noprune`: unnamed parents stay. Conflict: a
    container, another name or a child image holds it; its words say "(must force)", "(must be forced)" or "(cannot be
    forced)". What it did comes in order. Ten minutes are given: layers of many files take their time.
    """
    return Call(
        IMAGE_DELETE,
        path={"name": name},
        query={"force": force or None, "noprune": noprune or None},
        deadline_s=600.0,
        parse=lambda reply: tolerance.read_list(ImageDeleted, reply.body),
    )


def image_search(
    term: str,
    *,
    limit: int | None = None,
    filters: Mapping[str, Sequence[str]] | None = None,
    registry_auth: str = "",
) -> Call[list[SearchResult]]:
    """Ask a registry (Docker Hub unless `term` names another host) through the engine, which needs a way there.

    `limit` (1 to 100) and `filters` (`is-official`, `is-automated`, `stars`) came with API 1.24. `registry_auth` is an
    X-Registry-Auth, "" none. ServerFault: the registry was not reached, or refused.
    """
    return Call(
        IMAGE_SEARCH,
        query={"term": term, "limit": limit, "filters": filters},
        headers={AUTH: registry_auth} if registry_auth else {},
        needs={
            "limit": ApiVersion(1, 24),
            "filters.is-official": ApiVersion(1, 24),
            "filters.is-automated": ApiVersion(1, 24),
            "filters.stars": ApiVersion(1, 24),
        },
        deadline_s=60.0,
        parse=lambda reply: tolerance.read_list(SearchResult, reply.body),
    )


def image_prune(*, filters: Mapping[str, Sequence[str]] | None = None) -> Call[ImagesPruned]:
    """Remove what no container uses (API 1.25): images without a name, with `dangling` false the named ones too.

    `filters`: `dangling`, `until` (1.28: created before this unix time), `label` and `label!` (1.29). Conflict: another
    prune runs. A day is given: full hosts take their time.
    """
    return Call(
        IMAGE_PRUNE,
        query={"filters": filters},
        needs={
            "filters.until": ApiVersion(1, 28),
            "filters.label": ApiVersion(1, 29),
            "filters.label!": ApiVersion(1, 29),
        },
        deadline_s=PRUNE_DEADLINE_S,
        parse=lambda reply: tolerance.read(ImagesPruned, reply.body),
    )


def image_inspect(name: str) -> Call[ImageInspect]:
    """Return one image by reference, id or prefix of an id. NotFound: no such image, or the prefix fits several."""
    return Call(IMAGE_INSPECT, path={"name": name}, parse=lambda reply: image_inspect_of(reply.body))
