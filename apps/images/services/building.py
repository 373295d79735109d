"""Builds: a context packed for the engine, then an activity that follows the engine to the end."""

from __future__ import annotations

import io
import re
import shutil
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from channels.db import database_sync_to_async
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.activities.kinds import Params, Result
from apps.activities.models import Activity
from apps.activities.runner import Run
from apps.activities.selectors import activity_get
from apps.activities.services import activity_start
from apps.core.errors import InvalidInput, Unavailable
from apps.core.spool import KEEP_FREE_BYTES, spool_folder
from apps.core.vault import Vault
from apps.engine.api.build import image_build
from apps.engine.api.images import image_inspect
from apps.engine.connection import Body
from apps.engine.errors import ApiError
from apps.engine.registry_auth import hidden
from apps.engine.stream import EngineStream
from apps.engine.types.build import BuildOptions
from apps.engine.types.progress import progresses_of
from apps.engine.version import ApiVersion
from apps.engine.wire.jsonlines import LineSplitter
from apps.hosts import snapshots
from apps.hosts.gate import open_engine, open_engine_async
from apps.images.building.context import Given, Packed, pack_archive, pack_typed
from apps.images.building.output import BuildOutput, Mask, is_secret
from apps.images.services.plain_tar import MOST_TIMES_UPLOAD
from apps.images.services.sending import sent_archive
from apps.images.services.transfer import TransferFailed, Way, hint_for, left_open, without_page
from apps.images.services.uploads import on_disk
from apps.registries.credentials import config_header, registry_for
from apps.registries.references import parse

BUILD = "image.build"
_vault = Vault("build arguments")
_LINE = re.compile(r"line (\d+)")
_BASE = re.compile(r"FROM(?:\s+--\S+)*\s+(?P<image>[^\s-]\S*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildWish:
    """What is built: a Dockerfile that was typed and files beside it, an archive, or what is at `options.remote`."""

    options: BuildOptions
    dockerfile_text: str = ""
    files: Sequence[UploadedFile[bytes]] = ()
    archive: UploadedFile[bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """A build that was begun before, to be changed and begun again. `line` of its Dockerfile is wrong, 0: none is.

    What was uploaded is gone. Values that look secret are told only to who gave them.
    """

    options: BuildOptions
    dockerfile_text: str
    failure: str
    line: int
    has_lost_files: bool
    has_hidden_secrets: bool


def build_version(actor: Actor, host_slug: str) -> ApiVersion:
    """The API version that builds on this host are asked for in. Raises what the gate raises."""
    with open_engine(actor, host_slug, Action.IMAGE_BUILD) as opened:
        return opened.engine.version


def build_start(actor: Actor, host_slug: str, *, wish: BuildWish) -> Activity:
    """Pack the context and begin. Raises AccessDenied, NotFoundHere, InvalidInput, TooLarge, Unavailable."""
    roles.require(actor, Action.IMAGE_BUILD)
    params, files = prepared(wish)
    return activity_start(actor, host_slug, kind=BUILD, params=params, files=files)


def prepared(wish: BuildWish) -> tuple[dict[str, Any], list[Path]]:
    """What the activity gets: params, and the packed context when something was uploaded.

    Raises InvalidInput, TooLarge, Unavailable, and leaves nothing behind.
    """
    params: dict[str, Any] = {"options": _kept(wish.options), "dockerfile_text": wish.dockerfile_text}
    if wish.options.remote or (wish.archive is None and not wish.files):
        return params, []
    path = spool_folder() / f"build-{uuid.uuid4()}.tar"
    try:
        with path.open("xb") as into:
            packed = _packed(wish, into)
    except OSError as exc:
        path.unlink(missing_ok=True)
        raise Unavailable(_("The server's disk is full."), str(exc), hint=_("Ask an admin to make room.")) from exc
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    params["context"] = asdict(packed)
    return params, [path]


def build_former(actor: Actor, activity_id: uuid.UUID) -> Former | None:
    """A build of the actor's to begin with, None when that activity was none. Raises NotFoundHere."""
    activity = activity_get(actor, activity_id)
    if activity.kind != BUILD:
        return None
    failure = str((activity.problem or {}).get("detail", ""))
    found = _LINE.search(failure) if "parse" in failure.lower() else None
    options = _options(activity.params)
    is_hidden = activity.started_by_id != actor.user_id and any(map(is_secret, options.build_args))
    if is_hidden:
        shown = {name: "" if is_secret(name) else value for name, value in options.build_args.items()}
        options = replace(options, build_args=shown)
    return Former(
        options=options,
        dockerfile_text=str(activity.params.get("dockerfile_text", "")),
        failure=failure,
        line=int(found[1]) if found else 0,
        has_lost_files=not is_repeatable(activity.params),
        has_hidden_secrets=is_hidden,
    )


def is_repeatable(params: Params) -> bool:
    """Whether a build needs nothing that was uploaded."""
    return "context" not in params


def _packed(wish: BuildWish, into: BinaryIO) -> Packed:
    if wish.archive is None:
        given = (Given(str(file.name), file.size or 0, partial(file.open, "rb")) for file in wish.files)
        return pack_typed(wish.dockerfile_text, given, into=into)
    room = shutil.disk_usage(spool_folder()).free - KEEP_FREE_BYTES
    most_bytes = max(0, min(settings.UPLOAD_MAX_BYTES * MOST_TIMES_UPLOAD, room))
    with on_disk(wish.archive) as archive:
        return pack_archive(archive, into=into, dockerfile=wish.options.dockerfile, most_bytes=most_bytes)


def _kept(options: BuildOptions) -> dict[str, Any]:
    """The options as JSON, without those that are not set; values of secret arguments are locked."""
    usual = asdict(BuildOptions())
    kept = {name: value for name, value in asdict(options).items() if value != usual[name]}
    if options.build_args:
        kept["build_args"] = {
            name: {"locked": _vault.lock(value)} if value and is_secret(name) else value
            for name, value in options.build_args.items()
        }
    return kept


def _options(params: Params) -> BuildOptions:
    kept = dict(params["options"])
    lost = Unavailable(
        _("The arguments of this build cannot be opened."),
        _("They were locked with another key of this server."),
        hint=_("Begin the build anew."),
    )
    kept["build_args"] = {
        name: _vault.unlock(value["locked"], otherwise=lost) if isinstance(value, dict) else value
        for name, value in kept.get("build_args", {}).items()
    }
    several = {name: tuple(value) for name, value in kept.items() if isinstance(value, list)}
    return replace(BuildOptions(), **{**kept, **several})


async def build(run: Run) -> Result:
    """Do it: steps with what they write, bars for base images that are pulled."""
    options = _options(run.params)
    output = BuildOutput(Mask(options.build_args))
    call = image_build(options, registry_config=await database_sync_to_async(config_header)(run.actor))
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(open_engine_async(run.actor, run.host_slug, Action.IMAGE_BUILD))
        body = await stack.enter_async_context(_context(run, options))
        try:
            async with opened.engine.stream(call, body=body) as stream:
                await _follow(run, output, stream)
        except ApiError as error:
            raise _failed(output, output.mask(error.message)) from error
        if output.error:
            words = hidden(output.error, call.headers)  # a registry may say credentials back
            raise _failed(output, words, hint=await database_sync_to_async(_base_hint)(run.actor, output.step, words))
        if not output.image_id:
            raise left_open(_("The build has no result."), hint=_("Look at the list of images."))
        image = await opened.engine.run(image_inspect(output.image_id))
        snapshots.of(opened.host).changed()
    return {"image": image.id, "names": list(options.tags)}


@asynccontextmanager
async def _context(run: Run, options: BuildOptions) -> AsyncIterator[Body | None]:
    """What goes up: nothing for an address, the packed archive, or a Dockerfile alone."""
    if options.remote:
        yield None
    elif run.files:
        async with sent_archive(run, run.files[0]) as body:
            yield body
    else:
        packed = io.BytesIO()
        pack_typed(run.params["dockerfile_text"], (), into=packed)
        yield Body(_at_once(packed.getvalue()))


async def _at_once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _follow(run: Run, output: BuildOutput, stream: EngineStream) -> None:
    splitter = LineSplitter()
    async for chunk in stream:
        for message in output.feed(progresses_of(splitter.feed_whole(chunk)), is_over=False):
            await run.tell(message)
    for message in output.feed(progresses_of(splitter.finish_whole()), is_over=True):
        await run.tell(message)


def _base_hint(actor: Actor, step: str, words: str) -> str:
    """What to try when the image that a stage begins with did not come, "" for every other step."""
    if not (found := _BASE.match(step)):
        return ""
    try:
        host = parse(found["image"]).registry_host
    except InvalidInput:  # a build argument stands for it
        return hint_for(words, Way())
    registry = registry_for(actor, host)
    return hint_for(words, Way(host, has_credentials=registry is not None and registry.has_secret))


def _failed(output: BuildOutput, words: str, *, hint: str = "") -> TransferFailed:
    title = _("The build failed.")
    if output.step:
        title = _("The build failed at: %(step)s") % {"step": output.step[:200]}
    if output.exit_code:
        hint = _("The command ended with %(code)d; what it wrote is in the output.") % {"code": output.exit_code}
    elif not hint and _LINE.search(words):
        hint = _("Change that line, and build again.")
    hint = hint or _("Change the Dockerfile or the options, and build again.")
    return TransferFailed(title, without_page(words), hint=hint)
