"""Images and networks as lists show them, one image in full, and what images are made of."""

from __future__ import annotations

from msgspec import Struct, field

from apps.engine.types import tolerance
from apps.engine.types.container_inspect import ContainerConfig

_UNTAGGED = "<none>:<none>"
_NO_DIGEST = "<none>@<none>"
MISSING = "<missing>"
"""The id of a layer whose image is not here: it was built elsewhere."""


class ImageSummary(Struct, rename="pascal", gc=False):
    """A row of ImageList. Sizes in bytes, `created` in unix seconds; -1: the engine did not count."""

    id: str = ""
    parent_id: str = field(name="ParentId", default="")
    raw_repo_tags: list[str] | None = field(name="RepoTags", default=None)
    raw_repo_digests: list[str] | None = field(name="RepoDigests", default=None)
    raw_labels: dict[str, str] | None = field(name="Labels", default=None)
    created: int = 0
    size: int = 0
    shared_size: int = -1
    containers: int = -1

    @property
    def tags(self) -> list[str]:
        """Names such as nginx:latest, [] for an image without one."""
        return [tag for tag in self.raw_repo_tags or [] if tag != _UNTAGGED]

    @property
    def digests(self) -> list[str]:
        """Names with the digest of a registry, such as nginx@sha256:…"""
        return [digest for digest in self.raw_repo_digests or [] if digest != _NO_DIGEST]

    @property
    def labels(self) -> dict[str, str]:
        """Labels, {} when there are none."""
        return self.raw_labels or {}


class HistoryLayer(Struct, rename="pascal"):
    """A step that made an image. `id` is MISSING for what was built elsewhere; `size` in bytes, 0: nothing written."""

    id: str = ""
    created: int = 0
    created_by: str = ""
    raw_tags: list[str] | None = field(name="Tags", default=None)
    size: int = 0
    comment: str = ""

    @property
    def tags(self) -> list[str]:
        """Names that the image of this step bears."""
        return self.raw_tags or []


class ImageDeleted(Struct, rename="pascal"):
    """One thing that a removal did: a name taken away (`untagged`), or an image or layer (`deleted`); else ""."""

    untagged: str = ""
    deleted: str = ""


class ImagesPruned(Struct, rename="pascal"):
    """The answer of ImagePrune. `space_reclaimed` in bytes."""

    raw_deleted: list[ImageDeleted] | None = field(name="ImagesDeleted", default=None)
    space_reclaimed: int = 0

    @property
    def deleted(self) -> list[ImageDeleted]:
        """What was done, in order."""
        return self.raw_deleted or []


class SearchResult(Struct, rename="lower"):
    """A repository that a registry found."""

    name: str = ""
    description: str = ""
    stars: int = field(name="star_count", default=0)
    is_official: bool = field(name="is_official", default=False)
    is_automated: bool = field(name="is_automated", default=False)


class RootFS(Struct, rename="pascal"):
    """What an image's file system is stacked of."""

    type: str = ""
    raw_layers: list[str] | None = field(name="Layers", default=None)

    @property
    def layers(self) -> list[str]:
        """Digests of the layers, the lowest first."""
        return self.raw_layers or []


class ImageMetadata(Struct, rename="pascal"):
    """What this engine noted of an image. RFC 3339; API 1.31."""

    last_tag_time: str = field(name="LastTagTime", default="")


class DistributionDescriptor(Struct, rename="camel"):
    """A manifest as a registry has it."""

    media_type: str = ""
    digest: str = ""
    size: int = 0


class DistributionPlatform(Struct):
    """What a manifest is for."""

    architecture: str = ""
    os: str = ""
    variant: str = ""

    def __str__(self) -> str:
        """Write it as the CLI does: linux/arm64/v8."""
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


class DistributionInspect(Struct, rename="pascal"):
    """What a registry says of a name."""

    descriptor: DistributionDescriptor = field(default_factory=DistributionDescriptor)
    raw_platforms: list[DistributionPlatform] | None = field(name="Platforms", default=None)

    @property
    def platforms(self) -> list[DistributionPlatform]:
        """What it exists for."""
        return self.raw_platforms or []


class ImageInspect(Struct, rename="pascal"):
    """One image. `size` in bytes, `created` RFC 3339; `config` is what containers take over; `raw` the answer."""

    id: str = ""
    parent: str = ""
    created: str = ""
    size: int = 0
    architecture: str = ""
    variant: str = ""
    os: str = ""
    os_version: str = ""
    author: str = ""
    comment: str = ""
    docker_version: str = ""
    container: str = ""
    raw_config: ContainerConfig | None = field(name="Config", default=None)
    raw_root_fs: RootFS | None = field(name="RootFS", default=None)
    raw_metadata: ImageMetadata | None = field(name="Metadata", default=None)
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
        return [digest for digest in self.raw_repo_digests or [] if digest != _NO_DIGEST]

    @property
    def config(self) -> ContainerConfig:
        """What containers take over."""
        return self.raw_config or ContainerConfig()

    @property
    def layers(self) -> list[str]:
        """Digests of the layers, the lowest first; [] before API 1.22."""
        return self.raw_root_fs.layers if self.raw_root_fs else []

    @property
    def last_tagged(self) -> str:
        """When it was given a name here last, "" where the engine does not know."""
        at = self.raw_metadata.last_tag_time if self.raw_metadata else ""
        return "" if at.startswith("0001-") else at


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
