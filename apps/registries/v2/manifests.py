"""Manifests: sizes and platforms, out of the forms that registries keep (schema 2 and OCI, single and several)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from apps.registries.v2.json_text import json_in

SINGLE = ("application/vnd.docker.distribution.manifest.v2+json", "application/vnd.oci.image.manifest.v1+json")
SEVERAL = ("application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.index.v1+json")
ACCEPT = ", ".join((*SINGLE, *SEVERAL))
MOST_PLATFORMS = 16


@dataclass(frozen=True, slots=True)
class Platform:
    """One of the images behind a name: `linux/arm64/v8`, its manifest's digest and its size when it was asked for."""

    name: str
    digest: str
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a tag names. `size_bytes` is what travels over the wire: the layers as they are kept, and the config.

    None: it cannot be told (several platforms: see theirs; schema 1).
    """

    digest: str
    media_type: str
    size_bytes: int | None
    platforms: tuple[Platform, ...] = ()


def manifest_of(body: bytes, *, media_type: str, digest: str) -> Manifest | None:
    """Read a manifest; None when it is none. Members that do not fit are taken as missing."""
    read = json_in(body)
    if not isinstance(read, dict):
        return None
    named = read.get("mediaType")
    media_type = named if isinstance(named, str) and named else media_type.partition(";")[0].strip()
    digest = digest or f"sha256:{hashlib.sha256(body).hexdigest()}"
    if isinstance(read.get("manifests"), list):
        return Manifest(digest, media_type, None, tuple(_platforms(read["manifests"])))
    if not isinstance(read.get("layers"), list):
        return Manifest(digest, media_type, None)
    sizes = [_size(part) for part in (*read["layers"], read.get("config"))]
    return Manifest(digest, media_type, sum(size or 0 for size in sizes))


def _platforms(entries: list[Any]) -> list[Platform]:
    found = []
    for entry in entries[: MOST_PLATFORMS * 2]:  # builders put an attestation beside each image
        platform = entry.get("platform") if isinstance(entry, dict) else None
        if not isinstance(platform, dict) or not isinstance(entry.get("digest"), str):
            continue
        words = [str(platform.get(part) or "") for part in ("os", "architecture", "variant")]
        if words[0] in ("", "unknown"):
            continue
        found.append(Platform("/".join(word for word in words if word), entry["digest"]))
    return found[:MOST_PLATFORMS]


def _size(part: Any) -> int | None:
    size = part.get("size") if isinstance(part, dict) else None
    return size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None
