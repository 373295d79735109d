"""What takes room on an engine's disk: the answer of `GET /system/df`, as far as it concerns images."""

from __future__ import annotations

from msgspec import Struct, field

from apps.engine.types.images import ImageSummary


class DiskUsage(Struct, rename="pascal"):
    """`layers_size` is what all images take together, in bytes; `images` have their `shared_size` and `containers`."""

    layers_size: int = 0
    raw_images: list[ImageSummary] | None = field(name="Images", default=None)

    @property
    def images(self) -> list[ImageSummary]:
        """The images, without intermediate layers."""
        return self.raw_images or []
