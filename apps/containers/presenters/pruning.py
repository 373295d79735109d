"""What a prune would take, or took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from apps.containers.presenters.head import state_tone, state_words
from apps.containers.services.pruning import Pruned, PrunePreview
from apps.engine.types.containers import ContainerSummary


@dataclass(frozen=True, slots=True)
class PruneRow:
    """One container that would go. `size_bytes` is what it wrote."""

    id: str
    name: str
    image: str
    tone: str
    state: str
    created_at: datetime
    size_bytes: int


def prune_rows(preview: PrunePreview) -> Sequence[PruneRow]:
    """Dress a preview."""
    return [_row(container) for container in preview.containers]


def preview_json(preview: PrunePreview) -> dict[str, Any]:
    """The same for programs."""
    rows = [asdict(row) | {"created_at": row.created_at.isoformat()} for row in prune_rows(preview)]
    return {"containers": rows, "size_bytes": preview.size_bytes, "seal": preview.seal}


def pruned_json(pruned: Pruned) -> dict[str, Any]:
    """What is gone, for programs."""
    removed = [{"id": container_id, "name": name} for container_id, name in pruned.names.items()]
    return {"removed": removed, "space_bytes": pruned.space_bytes}


def _row(container: ContainerSummary) -> PruneRow:
    code = container.exit_code or 0
    return PruneRow(
        id=container.id,
        name=container.name,
        image=container.image.removeprefix("sha256:")[:80],
        tone=state_tone(container.state, health="", exit_code=code),
        state=state_words(container.state, health="", exit_code=code),
        created_at=datetime.fromtimestamp(container.created, UTC),
        size_bytes=container.size_rw or 0,
    )
