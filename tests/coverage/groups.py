"""The groups that have rows so far, by the reference's own names for them, or those of scripts.coverage.PARTS."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.coverage import containers, exec, image_build, image_commit, image_transfer, images, registries
from tests.coverage.row import Row

GROUPS: dict[str, Callable[[], Sequence[Row]]] = {
    "container": containers.rows,
    "exec": exec.rows,
    "image": lambda: [*images.rows(), *image_transfer.rows(), *image_build.rows(), *image_commit.rows()],
    "distribution": images.distribution_rows,
    "registry": registries.rows,
}
