"""Answers of top, changes, wait, update, prune and commit."""

from __future__ import annotations

from msgspec import Struct, field


class ContainerTop(Struct, rename="pascal"):
    """Processes of a container: `titles` and rows depend on the host's ps, columns are never certain."""

    raw_titles: list[str] | None = field(name="Titles", default=None)
    raw_processes: list[list[str]] | None = field(name="Processes", default=None)

    @property
    def titles(self) -> list[str]:
        """Column heads."""
        titles = self.raw_titles or []
        return titles[0].split() if self._is_in_lines else titles

    @property
    def processes(self) -> list[list[str]]:
        """Rows, one string per column."""
        rows = self.raw_processes or []
        if not self._is_in_lines:
            return rows
        columns = len(self.titles)
        return [row[0].split(maxsplit=columns - 1) if len(row) == 1 else row for row in rows]

    @property
    def _is_in_lines(self) -> bool:
        """Whether each row is one string: so Podman passes on what a ps writes that puts no tabs between columns."""
        titles = self.raw_titles or []
        return len(titles) == 1 and len(titles[0].split()) > 1


class FilesystemChange(Struct, rename="pascal"):
    """A path that differs from the image. `kind`: 0 modified, 1 added, 2 deleted."""

    path: str = ""
    kind: int = 0


class WaitError(Struct, rename="pascal"):
    """Why a wait ended without an exit code (API 1.34)."""

    message: str | None = None


class ContainerWait(Struct, rename="pascal"):
    """How a container ended."""

    status_code: int = 0
    error: WaitError | None = None


class ContainerUpdated(Struct, rename="pascal"):
    """The answer of update."""

    raw_warnings: list[str] | None = field(name="Warnings", default=None)

    @property
    def warnings(self) -> list[str]:
        """Complaints of the engine, [] when there are none."""
        return self.raw_warnings or []


class ContainersPruned(Struct, rename="pascal"):
    """The answer of prune: full ids of what is gone, and the bytes that this gained."""

    raw_deleted: list[str] | None = field(name="ContainersDeleted", default=None)
    space_reclaimed: int = 0

    @property
    def deleted(self) -> list[str]:
        """Full ids, [] when there was nothing to remove."""
        return self.raw_deleted or []


class ImageCommitted(Struct, rename="pascal"):
    """The answer of commit: the new image's id (`sha256:…`)."""

    id: str = ""
