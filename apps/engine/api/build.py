"""Building images."""

from __future__ import annotations

from apps.engine.call import Call
from apps.engine.operations import BUILD_PRUNE, IMAGE_BUILD, PRUNE_DEADLINE_S
from apps.engine.registry_auth import CONFIG
from apps.engine.types import tolerance
from apps.engine.types.build import BuildOptions, BuildPruned
from apps.engine.version import ApiVersion

_SINCE = {
    name: ApiVersion.parse(version)
    for version, names in {
        "1.21": "buildargs",
        "1.22": "shmsize",
        "1.23": "labels",
        "1.25": "cachefrom networkmode squash",
        "1.28": "extrahosts",
        "1.29": "target",
        "1.32": "platform",
    }.items()
    for name in names.split()
}


def image_build(options: BuildOptions, *, registry_config: str = "") -> Call[None]:
    """Build an image. The context, a plain tar, is the body, to be streamed; with `options.remote` there is none.

    The answer is a stream of lines (see `types.progress`). Before the first of them a failure has a status: BadRequest
    for a wrong line of the Dockerfile, an unknown target; ServerFault for a context without Dockerfile, a bad tag.
    `registry_config` is an X-Registry-Config: credentials by registry, base64url. Leaving the stream cancels the build.
    """
    headers = {} if options.remote else {"Content-Type": "application/x-tar"}
    if registry_config:
        headers[CONFIG] = registry_config
    return Call(IMAGE_BUILD, query=options.query(), headers=headers, needs=_SINCE, parse=lambda reply: None)


def build_prune(*, is_all: bool = False, unused_for: str = "", keep_bytes: int | None = None) -> Call[BuildPruned]:
    """Remove what BuildKit keeps to build faster, `is_all` also what builds share. What was used within `unused_for`
    (such as "24h") stays, and `keep_bytes` do in any case. All three need API 1.39. A day is given.
    """
    return Call(
        BUILD_PRUNE,
        query={
            "all": is_all or None,
            "filters": {"until": [unused_for]} if unused_for else None,
            "keep-storage": keep_bytes,
        },
        needs={name: ApiVersion(1, 39) for name in ("all", "filters", "keep-storage")},
        deadline_s=PRUNE_DEADLINE_S,
        parse=lambda reply: tolerance.read(BuildPruned, reply.body),
    )
