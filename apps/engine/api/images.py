"""Images: lists and single ones. What carries them about is in `image_transfer`."""

from __future__ import annotations

from apps.engine.call import Call
from apps.engine.operations import IMAGE_INSPECT, IMAGE_LIST
from apps.engine.types import tolerance
from apps.engine.types.images import ImageInspect, ImageSummary, image_inspect_of


def image_list() -> Call[list[ImageSummary]]:
    """List the images at hand, without intermediate layers."""
    return Call(IMAGE_LIST, parse=lambda reply: tolerance.read_list(ImageSummary, reply.body))


def image_inspect(name: str) -> Call[ImageInspect]:
    """Return one image by reference, id or prefix of an id. NotFound: no such image, or the prefix fits several."""
    return Call(IMAGE_INSPECT, path={"name": name}, parse=lambda reply: image_inspect_of(reply.body))
