"""The removal of many images as an activity, which outlives the page that asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import ngettext

from apps.activities.kinds import Params, Result
from apps.activities.many import IsOver, Tell, in_one_thread
from apps.activities.runner import Run
from apps.images.presenters.outcomes import item_json
from apps.images.services.removing import BulkItem, RemoveOptions, image_remove_all

REMOVE_MANY = "images.remove"


def params_of(refs: Sequence[str], options: RemoveOptions) -> dict[str, Any]:
    """What such an activity is to do."""
    return {"refs": list(refs), "options": asdict(options)}


def title(params: Params) -> str:
    """What it is called."""
    count = len(params["refs"])
    return ngettext("Remove %(n)d image", "Remove %(n)d images", count) % {"n": count}


async def remove_many(run: Run) -> Result:
    """Remove each, and tell of each."""

    def work(tell: Tell, is_over: IsOver) -> list[BulkItem]:
        return image_remove_all(
            run.actor,
            run.host_slug,
            run.params["refs"],
            options=RemoveOptions(**run.params["options"]),
            tell=lambda item: tell(item_json(item, host_slug=run.host_slug)),
            is_over=is_over,
        )

    items = await in_one_thread(run, work)
    failed = sum(1 for item in items if item.failure is not None)
    return {"done": len(items) - failed, "failed": failed}
