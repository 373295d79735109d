"""An image as a row of the list."""

import time
from dataclasses import dataclass
from typing import Any

from apps.core.templatetags.ui import age_words, size
from apps.engine.types.container_brief import ContainerBrief
from apps.images.listed import Listed
from apps.images.naming import short_id
from apps.images.presenters.moments import moment_of

NAMES_SHOWN = 2
USERS_SHOWN = 2
LABELS_SHOWN = 2


@dataclass(frozen=True, slots=True)
class User:
    """A container that was made from the image."""

    id: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class ImageRow:
    """What a row shows. Sizes in words; "" for what is not measured."""

    id: str
    short_id: str
    name: str
    repository: str
    others: tuple[str, ...]
    others_more: int
    names_text: str
    size_bytes: int
    size: str
    shared: str
    unique: str
    created: str
    created_words: str
    users: tuple[User, ...]
    users_more: int
    user_count: int
    has_running: bool
    digests: tuple[str, ...]
    labels: tuple[str, ...]
    labels_text: str
    labels_more: int
    name_count: int
    run: str


def image_row(row: Listed) -> ImageRow:
    """Dress one row."""
    image = row.summary
    users = users_of(row.users)
    labels = [f"{name}={value}" for name, value in sorted(image.labels.items())]
    others = row.names[1:]
    created = moment_of(image.created)
    return ImageRow(
        id=row.id,
        short_id=short_id(row.id),
        name=row.name,
        repository=row.repository,
        others=tuple(others[:NAMES_SHOWN]),
        others_more=max(0, len(others) - NAMES_SHOWN),
        names_text=", ".join(row.names),
        size_bytes=image.size,
        size=size(image.size),
        shared="" if row.shared_bytes is None else size(row.shared_bytes),
        unique="" if row.unique_bytes is None else size(row.unique_bytes),
        created=created,
        created_words=age_words(time.time() - image.created) if created else "–",
        users=users[:USERS_SHOWN],
        users_more=max(0, len(users) - USERS_SHOWN),
        user_count=len(users),
        has_running=any(user.state in ("running", "paused", "restarting") for user in users),
        digests=tuple(short_digest(digest) for digest in image.digests),
        labels=tuple(labels[:LABELS_SHOWN]),
        labels_text="\n".join(labels),
        labels_more=max(0, len(labels) - LABELS_SHOWN),
        name_count=len(row.names),
        run=row.name or row.id,
    )


def users_of(containers: Any) -> tuple[User, ...]:
    """The containers, those with processes first."""
    found: list[ContainerBrief] = sorted(containers, key=lambda one: (one.state != "running", one.name))
    return tuple(User(one.id, one.name, one.state) for one in found)


def short_digest(digest: str) -> str:
    """A digest as people read it: `nginx@1a2b3c4d5e6f`."""
    name, separator, hexadecimal = digest.partition("@sha256:")
    return f"{name}@{hexadecimal[:12]}" if separator else digest


def row_json(row: Listed) -> dict[str, Any]:
    """The same facts for programs. Sizes in bytes, null for what is not measured."""
    image = row.summary
    return {
        "id": image.id,
        "tags": row.names,
        "digests": image.digests,
        "parent": image.parent_id,
        "created": image.created,
        "size": image.size,
        "shared": row.shared_bytes,
        "unique": row.unique_bytes,
        "is_dangling": row.is_dangling,
        "labels": dict(image.labels),
        "used_by": [{"id": one.id, "name": one.name, "state": one.state} for one in row.users],
    }
