"""Images saved on the server: an activity writes the archive, and its page offers it to be downloaded."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.activities.kept_file import KeptWriter, require_room, room_bytes
from apps.activities.kinds import Result
from apps.activities.models import Activity
from apps.activities.runner import Run
from apps.activities.services import activity_start
from apps.engine.api import images as api
from apps.engine.errors import ApiError, EngineGone
from apps.engine.stream import EngineStream
from apps.engine.types.images import HistoryLayer
from apps.engine.wire.tar import END
from apps.hosts.gate import open_engine, open_engine_async
from apps.images.services.saving import Chosen, file_name, images_to_save, save_call
from apps.images.services.transfer import TransferFailed, Way, failed

SAVE = "image.save"
PIECE_BYTES = 1024 * 1024
"""So much is handed to the disk at once: the rest of the archive is never in memory."""


@dataclass(frozen=True, slots=True)
class SavePlan:
    """What would be saved. `total_bytes`: all layers, those that images share once; `room_bytes`: what may be kept."""

    chosen: tuple[Chosen, ...]
    total_bytes: int
    room_bytes: int

    @property
    def names(self) -> list[str]:
        """Everything that the archive names."""
        return list(dict.fromkeys(name for one in self.chosen for name in one.names))


def save_plan(actor: Actor, host_slug: str, refs: Sequence[str]) -> SavePlan:
    """Look what saving these would take. Raises what the gate raises, NotFoundHere, InvalidInput for none."""
    with open_engine(actor, host_slug, Action.IMAGE_SAVE) as opened:
        chosen = images_to_save(opened, refs)
        histories = [opened.engine.run(api.image_history(one.image.id)) for one in chosen]
    return SavePlan(tuple(chosen), layers_bytes(histories), room_bytes())


def layers_bytes(histories: Sequence[Sequence[HistoryLayer]]) -> int:
    """The bytes of all layers of some images; steps that two have in common, from the first one on, count once."""
    sizes: dict[int, int] = {}
    for history in histories:
        below = 0
        for step in reversed(history):
            below = hash((below, step.created, step.created_by, step.size))
            sizes[below] = step.size
    return sum(sizes.values())


def save_start(actor: Actor, host_slug: str, plan: SavePlan, *, is_packed: bool) -> Activity:
    """Begin. Raises TooLarge or Unavailable when there is no room for it, and as activity_start does."""
    if not is_packed:  # packed it may well fit: that shows while it is written
        require_room(plan.total_bytes)
    refs = [one.ref for one in plan.chosen]
    params = {
        "names": plan.names,
        "count": len(refs),
        "file": f"{file_name(refs, plan.names)}.tar{'.gz' if is_packed else ''}",
        "total_bytes": plan.total_bytes,
        "is_packed": is_packed,
    }
    return activity_start(actor, host_slug, kind=SAVE, params=params)


async def save(run: Run) -> Result:
    """Do it: a bar for what is written. However it ends early, nothing is left of it."""
    names, total, is_packed = list(run.params["names"]), int(run.params["total_bytes"]), bool(run.params["is_packed"])
    if not is_packed:
        await asyncio.to_thread(require_room, total)
    title = _("The images could not be saved.")
    async with open_engine_async(run.actor, run.host_slug, Action.IMAGE_SAVE) as opened:
        # Opened here and not in another thread: cancelled meanwhile, there would be a file that nobody drops.
        writer = KeptWriter(run.activity_id, is_packed=is_packed)
        is_done = False
        try:
            await _tell(run, 0, total)  # engines prepare the whole archive before they send any of it
            async with opened.engine.stream(save_call(names)) as stream:
                await _written(run, stream, writer, total=total)
            size_bytes = await asyncio.to_thread(writer.finish)
            is_done = True
        except ApiError as error:
            raise failed(title, error, Way()) from error
        except EngineGone as error:
            hint = _("Nothing of it is kept. Start it again once the engine is well.")
            raise TransferFailed(title, _("The engine broke off in the middle of the archive."), hint=hint) from error
        finally:
            if not is_done:
                await asyncio.to_thread(writer.drop)
    return {"file_name": str(run.params["file"]), "size_bytes": size_bytes, "images": names}


async def _written(run: Run, stream: EngineStream, writer: KeptWriter, *, total: int) -> None:
    """Hand the archive on to the disk. Raises EngineGone when it is not whole."""
    gathered: list[bytes] = []
    held = read = 0
    end = b""
    async for chunk in stream:
        gathered.append(chunk)
        held += len(chunk)
        if held < PIECE_BYTES:
            continue
        piece, gathered, held = b"".join(gathered), [], 0
        await asyncio.to_thread(writer.write, piece)
        read += len(piece)
        end = piece[-len(END) :]
        await _tell(run, read, max(total, read))
    piece = b"".join(gathered)
    await asyncio.to_thread(writer.write, piece)
    read += len(piece)
    if (end + piece)[-len(END) :] != END:  # what went wrong after the first byte stands behind a tar that looks well
        raise EngineGone(save_call(run.params["names"]).operation.id)
    await _tell(run, read, read)


async def _tell(run: Run, read: int, total: int) -> None:
    await run.tell({"type": "progress", "what": _("From the engine"), "current": read, "total": total})
