"""Images on their way: pulled, pushed, imported, loaded and saved. (The reference files all of them under images.)

The answers are streams. Those of pull, push, import and load are lines (`types.progress`): the status says only what
was known before the first of them, a failure after it is a line with an `error`, and an end without the line that tells
of success leaves open how it went. Closing the connection cancels pull and push.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from apps.engine.answers import body
from apps.engine.call import Call, Reply
from apps.engine.errors import NotFound, ServerFault
from apps.engine.operations import IMAGE_CREATE, IMAGE_GET, IMAGE_GET_ALL, IMAGE_LOAD, IMAGE_PUSH, Operation
from apps.engine.registry_auth import AUTH, hidden
from apps.engine.types.progress import progress_of
from apps.engine.version import ApiVersion
from apps.engine.wire.jsonlines import LineSplitter

NO_CREDENTIALS = "e30="
"""X-Registry-Auth of nobody: {} in base64. A push without the header is refused, so this is sent."""

_PLATFORM = {"platform": ApiVersion(1, 32)}
_TAR = {"Content-Type": "application/x-tar"}
_Parser = Callable[[Reply], None]


def image_create(
    *,
    from_image: str,
    tag: str | None = None,
    is_every_tag: bool = False,
    platform: str | None = None,
    auth: str = "",
) -> Call[None]:
    """Pull an image. `tag` is a tag or a digest; without one "latest" is sent, because the engine would pull all.

    `is_every_tag` has it pull all tags of the repository. `auth` is URL-safe base64 with padding: whatever else the
    engine takes for no credentials, silently. `platform` (os[/arch[/variant]]) needs API 1.32.
    Failures before the first line have a status: NotFound (denied or missing), ServerFault. Read at once, the answer
    raises what its last line says.
    """
    return Call(
        IMAGE_CREATE,
        query={
            "fromImage": from_image,
            "tag": None if is_every_tag else (tag or "latest"),
            "platform": platform or None,
        },
        headers=_auth_header(auth),
        needs=_PLATFORM,
        parse=_read_to_end(IMAGE_CREATE, _auth_header(auth)),
    )


def image_import(
    *,
    source: str = "-",
    repo: str | None = None,
    tag: str | None = None,
    message: str | None = None,
    changes: Sequence[str] = (),
    platform: str | None = None,
) -> Call[None]:
    """Make an image of a file system in a tar: one sent along (`source` "-"), or one that the engine fetches by URL.

    The tar may be compressed. `changes` are instructions of a Dockerfile, one each. The last line's status is the new
    image's id (`sha256:…`). Failures come before output: BadRequest (a bad instruction), ServerFault. `message` needs
    API 1.21, `platform` 1.32. Nothing is heard until all is unpacked.
    """
    return Call(
        IMAGE_CREATE,
        query={
            "fromSrc": source,
            "repo": repo or None,
            "tag": (tag or None) if repo else None,
            "message": message or None,
            "changes": tuple(changes) or None,
            "platform": platform or None,
        },
        headers=_TAR if source == "-" else {},
        needs={**_PLATFORM, "message": ApiVersion(1, 21)},
        parse=_read_to_end(IMAGE_CREATE, {}),
    )


def image_push(name: str, *, tag: str | None = None, auth: str = "") -> Call[None]:
    """Push a repository's `tag` (None: all its tags) to the registry that `name` begins with.

    Almost every failure is a line with an `error`, also those of a missing image and of wrong credentials. A layer that
    cannot be sent is tried five times, some 50 s in all. The result is a line with `aux`: Tag, Digest, Size.
    """
    return Call(
        IMAGE_PUSH,
        path={"name": name},
        query={"tag": tag or None},
        headers=_auth_header(auth or NO_CREDENTIALS),
        parse=_read_to_end(IMAGE_PUSH, _auth_header(auth)),
    )


def image_get(name: str) -> Call[bytes]:
    """Return one image as tar, as a stream. By its id it has no name in there. NotFound: no such image."""
    return Call(IMAGE_GET, path={"name": name}, parse=body)


def image_get_all(names: Sequence[str]) -> Call[bytes]:
    """Return several images in one tar, as a stream; layers they share are in it once. NotFound: one is missing.

    Without names the engine sends a tar with no image in it: give some.
    """
    return Call(IMAGE_GET_ALL, query={"names": tuple(names)}, parse=body)


def image_load(*, is_quiet: bool = False) -> Call[None]:
    """Take in images of a tar (plain, gz, bz2, xz) that is sent along.

    Every failure is 200 and a line with an `error`. `Loaded image: name:tag` or `Loaded image ID: sha256:…` is what
    success says, in `stream`. `is_quiet` (API 1.23, not sent before, where the answer may be empty): no progress.
    """
    return Call(
        IMAGE_LOAD,
        query={"quiet": is_quiet},
        drops={"quiet": ApiVersion(1, 23)},
        headers=_TAR,
        parse=_read_to_end(IMAGE_LOAD, {}),
    )


def _auth_header(auth: str) -> dict[str, str]:
    return {AUTH: auth} if auth else {}


def _read_to_end(operation: Operation, sent: Mapping[str, str]) -> _Parser:
    def read(reply: Reply) -> None:
        splitter = LineSplitter()
        for line in [*splitter.feed(reply.body), *splitter.finish()]:
            error = progress_of(line).error
            if error:
                kind = NotFound if "not found" in error.lower() else ServerFault
                raise kind(404 if kind is NotFound else 500, hidden(error, sent), operation=operation.id)

    return read
