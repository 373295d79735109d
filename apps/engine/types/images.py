"""Images and networks as lists show them, and one image in full."""

from __future__ import annotations

from msgspec import Struct, field

from apps.engine.types import tolerance
from apps.engine.types.container_inspect import ContainerConfig

_UNTAGGED = "<none>:<none>"


class ImageSummary(Struct, rename="pascal"):
    """A row of ImageList. `size` in bytes."""

    id: str = ""
    raw_repo_tags: list[str] | None = field(name="RepoTags", default=None)
    size: int = 0

    @property
    def tags(self) -> list[str]:
        """Names such as nginx:latest, [] for an image without one."""
        return [tag for tag in self.raw_repo_tags or [] if tag != _UNTAGGED]


class ImageInspect(Struct, rename="pascal"):
    """One image. `size` in bytes, `created` RFC 3339; `config` is what containers take over; `raw` the answer."""

    id: str = ""
    created: str = ""
    size: int = 0
    architecture: str = ""
    os: str = ""
    author: str = ""
    config: ContainerConfig = field(default_factory=ContainerConfig)
    raw_repo_tags: list[str] | None = field(name="RepoTags", default=None)
    raw_repo_digests: list[str] | None = field(name="RepoDigests", default=None)
    raw: bytes = field(name="-raw", default=b"")

    @property
    def tags(self) -> list[str]:
        """Names such as nginx:latest, [] for an image without one."""
        return [tag for tag in self.raw_repo_tags or [] if tag != _UNTAGGED]

    @property
    def digests(self) -> list[str]:
        """Names with the digest of a registry, such as nginx@sha256:…"""
        return self.raw_repo_digests or []


def image_inspect_of(body: bytes) -> ImageInspect:
    """Read the answer of ImageInspect. Raise ProtocolBroken when it is no JSON object."""
    found = tolerance.read(ImageInspect, body)
    found.raw = body
    return found


class NetworkSummary(Struct, rename="pascal"):
    """A row of NetworkList."""

    id: str = ""
    name: str = ""
    driver: str = ""
