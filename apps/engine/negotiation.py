"""Which API version to speak with an engine.

`HEAD /_ping` without a version prefix (a prefixed ping is refused like any other call) tells the newest version of the
engine; engines before 19.03 answer it by 404, then it is asked by GET. `GET /version` tells the oldest. Spoken is the
smaller of our newest and theirs, unless a version is pinned.

No I/O here: `negotiation()` yields requests, is sent replies, and returns EngineFacts. A shell drives it:

    steps = negotiation(pinned)
    request = next(steps)
    try:
        while True:
            request = steps.send(send(request))     # send(Request) -> Reply
    except StopIteration as done:
        facts = done.value
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import msgspec

from apps.engine import answers
from apps.engine.call import Call, Reply, Request
from apps.engine.errors import NoCommonVersion, NotFound, ProtocolBroken
from apps.engine.operations import SYSTEM_PING, SYSTEM_PING_HEAD, SYSTEM_VERSION
from apps.engine.version import CEILING, FLOOR, ApiVersion


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What an engine says of itself. `api_version` is the one we speak with it, the others bound it."""

    engine_version: str
    api_version: ApiVersion
    max_api: ApiVersion
    min_api: ApiVersion | None
    os: str
    arch: str
    kernel: str
    is_experimental: bool
    name: str = ""

    @property
    def experimental(self) -> bool:
        """Whether experimental features are on."""
        return self.is_experimental


def negotiation(pinned: ApiVersion | None = None) -> Generator[Request, Reply, EngineFacts]:
    """Ask an engine for its versions and decide on one; see the module for how to drive this.

    Raise NoCommonVersion, naming both ranges, when there is none; ProtocolBroken when the other side is no engine.
    """
    ping = Call(SYSTEM_PING_HEAD, parse=_whole)
    reply = yield ping.request(None)
    try:
        answers.result_of(ping, reply)
    except NotFound:
        ping = Call(SYSTEM_PING, parse=_whole)
        reply = yield ping.request(None)
        answers.result_of(ping, reply)
    version = Call(SYSTEM_VERSION, parse=_whole)
    told = _members(answers.result_of(version, (yield version.request(None))))
    newest = _version(reply.header("api-version")) or _version(told.get("ApiVersion", ""))
    if newest is None:
        raise ProtocolBroken("it names no API version, so it is no Docker engine", operation=SYSTEM_PING.id)
    oldest = _version(told.get("MinAPIVersion", ""))
    return EngineFacts(
        engine_version=told.get("Version", ""),
        api_version=version_spoken(newest, oldest, pinned=pinned),
        max_api=newest,
        min_api=oldest,
        os=told.get("Os", "") or reply.header("ostype"),
        arch=told.get("Arch", ""),
        kernel=told.get("KernelVersion", ""),
        is_experimental=reply.header("docker-experimental") == "true",
    )


def version_spoken(newest: ApiVersion, oldest: ApiVersion | None, *, pinned: ApiVersion | None = None) -> ApiVersion:
    """Return min(our newest, their newest), or the pinned version when the engine has it.

    `newest` and `oldest` are the engine's; None where it does not tell (before API 1.25). Raise NoCommonVersion.
    """
    theirs = f"{oldest}-{newest}" if oldest is not None else f"up to {newest}"
    if pinned is not None:
        if pinned > newest or pinned < FLOOR or (oldest is not None and pinned < oldest):
            raise NoCommonVersion(f"{pinned} (pinned)", theirs)
        return pinned
    spoken = min(CEILING, newest)
    if spoken < FLOOR or (oldest is not None and spoken < oldest):
        raise NoCommonVersion(f"{FLOOR}-{CEILING}", theirs)
    return spoken


def is_stale(facts: EngineFacts, reply: Reply) -> bool:
    """Whether a reply comes from an engine of another version than `facts` say: it was replaced meanwhile."""
    newest = _version(reply.header("api-version"))
    return newest is not None and newest != facts.max_api


def _whole(reply: Reply) -> Reply:
    return reply


def _version(text: str) -> ApiVersion | None:
    try:
        return ApiVersion.parse(text)
    except ValueError:
        return None


def _members(reply: Reply) -> dict[str, str]:
    try:
        members = msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise ProtocolBroken("/version is no JSON", operation=SYSTEM_VERSION.id) from exc
    if not isinstance(members, dict):
        raise ProtocolBroken("/version is no JSON object", operation=SYSTEM_VERSION.id)
    return {name: value for name, value in members.items() if isinstance(value, str)}
