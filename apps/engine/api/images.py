"""Images, as far as making containers needs them."""

from __future__ import annotations

import msgspec

from apps.engine.call import Call, Reply
from apps.engine.errors import NotFound, ServerFault
from apps.engine.operations import IMAGE_CREATE, IMAGE_INSPECT, IMAGE_LIST
from apps.engine.types import tolerance
from apps.engine.types.images import ImageInspect, ImageSummary, PullProgress, image_inspect_of
from apps.engine.version import ApiVersion
from apps.engine.wire.jsonlines import LineSplitter


def image_list() -> Call[list[ImageSummary]]:
    """List the images at hand, without intermediate layers."""
    return Call(IMAGE_LIST, parse=lambda reply: tolerance.read_list(ImageSummary, reply.body))


def image_inspect(name: str) -> Call[ImageInspect]:
    """Return one image by reference, id or prefix of an id. NotFound: no such image, or the prefix fits several."""
    return Call(IMAGE_INSPECT, path={"name": name}, parse=lambda reply: image_inspect_of(reply.body))


def image_create(*, from_image: str, tag: str | None = None, platform: str | None = None) -> Call[None]:
    """Pull an image. `tag` is a tag or a digest; without one the engine would pull every tag, so "latest" is sent.

    The answer is a stream of progress (see `PullProgress`); read at once it raises what its last line says: NotFound
    or ServerFault. Failures before the first line have a status: NotFound (denied or missing), ServerFault. `platform`
    needs API 1.32.
    """
    return Call(
        IMAGE_CREATE,
        query={"fromImage": from_image, "tag": tag or "latest", "platform": platform or None},
        needs={"platform": ApiVersion(1, 32)},
        parse=_pulled,
    )


def pull_progress(line: bytes) -> PullProgress:
    """Read one line of a pull's stream; one that cannot be read says nothing."""
    try:
        return msgspec.json.decode(line, type=PullProgress)
    except msgspec.MsgspecError:
        return PullProgress()


def _pulled(reply: Reply) -> None:
    splitter = LineSplitter()
    for line in [*splitter.feed(reply.body), *splitter.finish()]:
        error = pull_progress(line).error
        if error:
            kind = NotFound if "not found" in error.lower() else ServerFault
            raise kind(404 if kind is NotFound else 500, error, operation=IMAGE_CREATE.id)
