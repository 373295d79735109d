"""A whole log as plain text, carried from the engine to the reader piece by piece: nothing is gathered on the way."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.services.file_name import file_name_of
from apps.engine.api.containers import container_logs
from apps.engine.call import Call
from apps.engine.wire.frames import FrameSplitter
from apps.hosts.gate import open_container, open_container_async

_PARTIAL_BYTES = 16_384
"""The engine stores longer lines as records of this size."""
_STAMP_BYTES = 31
_PROBE_DEADLINE_S = 10.0


@dataclass(frozen=True, slots=True)
class LogPart:
    """Which part of a log is meant.

    `since` and `until` are unix seconds with up to nine decimals, as text; `tail` counts stored records, or is "all".
    `details` (API 1.23) puts the labels and variables that the log driver keeps before each line.
    """

    stdout: bool
    stderr: bool
    timestamps: bool
    since: str | None
    until: str | None
    tail: str | None
    details: bool = False


@dataclass(frozen=True, slots=True)
class LogDownload:
    """`name` is the container's, made safe for a file; `pieces` are bytes of the log as the container wrote them."""

    name: str
    pieces: AsyncIterator[bytes]


def log_download(actor: Actor, host_slug: str, ref: str, *, part: LogPart) -> LogDownload:
    """Open a log for reading to its end.

    Raises what the gate raises, and what the engine says to a look at the log's end (NotImplementedByEngine: its driver
    cannot be read), so that a refusal is a page and not half a file. The pieces raise EngineGone when the engine goes.
    """
    with open_container(actor, host_slug, ref, Action.CONTAINER_LOGS) as opened:
        probe = replace(part, tail="0")
        opened.engine.run(replace(_call(opened.container.id, probe), deadline_s=_PROBE_DEADLINE_S))
        name = file_name_of(opened.container.name, opened.container.id)
        return LogDownload(name, _pieces(actor, host_slug, opened.container.id, part=part))


def _call(container_id: str, part: LogPart) -> Call[bytes]:
    return container_logs(
        container_id,
        stdout=part.stdout,
        stderr=part.stderr,
        since=part.since,
        until=part.until,
        timestamps=part.timestamps,
        tail=part.tail,
        details=part.details,
    )


async def _pieces(actor: Actor, host_slug: str, container_id: str, *, part: LogPart) -> AsyncIterator[bytes]:
    async with (
        open_container_async(actor, host_slug, container_id, Action.CONTAINER_LOGS) as opened,
        opened.engine.stream(_call(container_id, part)) as stream,
    ):
        if not stream.is_multiplexed(tty=opened.container.config.tty):
            async for chunk in stream:
                yield chunk
            return
        joiner = LineJoiner(details=part.details) if part.timestamps else None
        splitter = FrameSplitter()
        async for chunk in stream:
            frames = splitter.feed(chunk)
            text = b"".join(
                frame.payload if joiner is None else joiner.joined(frame.stream, frame.payload) for frame in frames
            )
            if text:
                yield text


class LineJoiner:
    """Takes the time off the second and later records of one long line, which the engine stores in pieces."""

    def __init__(self, *, details: bool = False) -> None:
        self._open: dict[int, bytes] = {}
        self._details = details

    def joined(self, stream: int, payload: bytes) -> bytes:
        """The record as it stands in the file: without its time when it goes on with the line before it."""
        size = payload.find(b" ", _STAMP_BYTES) + 1 if self._details else _STAMP_BYTES
        stamp = payload[:size]
        is_continued = self._open.get(stream) == stamp
        is_partial = len(payload) == size + _PARTIAL_BYTES and not payload.endswith(b"\n")
        if is_partial:
            self._open[stream] = stamp
        else:
            self._open.pop(stream, None)
        return payload[size:] if is_continued else payload
