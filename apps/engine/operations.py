"""The Engine API as data: one row per operation that we use.

`id` is the operationId of the API reference, `path` its template, `since` the first API version that has it, `until`
the first that has it no more. Calls, version checks, deadlines, audit entries and metrics speak of operations by `id`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from apps.engine.version import ApiVersion


class Answer(StrEnum):
    """What the body of a successful answer is."""

    NOTHING = "none"
    JSON = "json"
    JSON_LINES = "json-lines"
    FRAMES = "multiplexed-stream"
    TAR = "tar"
    WEBSOCKET = "websocket"


class Kind(StrEnum):
    """How an operation behaves: it decides the deadline and whether a lost request may be repeated."""

    PING = "ping"
    LIST = "list"
    INSPECT = "inspect"
    CHANGE = "change"
    STREAM = "stream"
    HIJACK = "hijack"


DEADLINES_S: dict[Kind, float | None] = {
    Kind.PING: 2.0,
    Kind.LIST: 10.0,
    Kind.INSPECT: 5.0,
    Kind.CHANGE: 60.0,
    Kind.STREAM: None,
    Kind.HIJACK: None,
}
"""Seconds for the whole answer; None: as long as it takes (the head of a stream has 10 s)."""

PRUNE_DEADLINE_S = 86_400.0
"""A day: full hosts take their time, and who does not want to wait closes the connection, which ends it."""

CONNECT_DEADLINE_S = 2.0
"""Seconds for a connection to stand."""

HEAD_DEADLINE_S = 10.0
"""Seconds for the status and headers of a stream or hijack, unless its operation says more."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A row of the table."""

    id: str
    method: str
    path: str
    since: ApiVersion
    answer: Answer
    kind: Kind
    until: ApiVersion | None = None
    head_deadline_s: float = HEAD_DEADLINE_S

    @property
    def is_change(self) -> bool:
        """Whether performing it twice differs from performing it once."""
        return self.kind is Kind.CHANGE

    @property
    def is_repeatable(self) -> bool:
        """Whether a request that got no answer at all may be sent again."""
        return self.method in ("GET", "HEAD")


_LONG_WORK_S = 1800.0
"""Until the first line of what is silent for long: it unpacks gigabytes, or waits for a registry far away."""

OPERATIONS: dict[str, Operation] = {}


def _row(
    operation_id: str,
    method: str,
    path: str,
    *,
    since: str,
    kind: Kind,
    answer: Answer = Answer.NOTHING,
    until: str = "",
    head_deadline_s: float = HEAD_DEADLINE_S,
) -> Operation:
    ends = ApiVersion.parse(until) if until else None
    operation = Operation(
        operation_id, method, path, ApiVersion.parse(since), answer, kind, ends, head_deadline_s=head_deadline_s
    )
    OPERATIONS[operation_id] = operation
    return operation


CONTAINER_LIST = _row("ContainerList", "GET", "/containers/json", since="1.0", kind=Kind.LIST, answer=Answer.JSON)
CONTAINER_CREATE = _row(
    "ContainerCreate", "POST", "/containers/create", since="1.0", kind=Kind.CHANGE, answer=Answer.JSON
)
CONTAINER_INSPECT = _row(
    "ContainerInspect", "GET", "/containers/{id}/json", since="1.0", kind=Kind.INSPECT, answer=Answer.JSON
)
CONTAINER_TOP = _row("ContainerTop", "GET", "/containers/{id}/top", since="1.3", kind=Kind.INSPECT, answer=Answer.JSON)
CONTAINER_LOGS = _row(
    "ContainerLogs", "GET", "/containers/{id}/logs", since="1.11", kind=Kind.STREAM, answer=Answer.FRAMES
)
CONTAINER_CHANGES = _row(
    "ContainerChanges", "GET", "/containers/{id}/changes", since="1.0", kind=Kind.LIST, answer=Answer.JSON
)
CONTAINER_STATS = _row(
    "ContainerStats", "GET", "/containers/{id}/stats", since="1.17", kind=Kind.STREAM, answer=Answer.JSON_LINES
)
CONTAINER_RESIZE = _row("ContainerResize", "POST", "/containers/{id}/resize", since="1.16", kind=Kind.CHANGE)
CONTAINER_START = _row("ContainerStart", "POST", "/containers/{id}/start", since="1.0", kind=Kind.CHANGE)
CONTAINER_STOP = _row("ContainerStop", "POST", "/containers/{id}/stop", since="1.0", kind=Kind.CHANGE)
CONTAINER_RESTART = _row("ContainerRestart", "POST", "/containers/{id}/restart", since="1.0", kind=Kind.CHANGE)
CONTAINER_KILL = _row("ContainerKill", "POST", "/containers/{id}/kill", since="1.0", kind=Kind.CHANGE)
CONTAINER_RENAME = _row("ContainerRename", "POST", "/containers/{id}/rename", since="1.17", kind=Kind.CHANGE)
CONTAINER_PAUSE = _row("ContainerPause", "POST", "/containers/{id}/pause", since="1.12", kind=Kind.CHANGE)
CONTAINER_UNPAUSE = _row("ContainerUnpause", "POST", "/containers/{id}/unpause", since="1.12", kind=Kind.CHANGE)
CONTAINER_ATTACH = _row(
    "ContainerAttach", "POST", "/containers/{id}/attach", since="1.0", kind=Kind.HIJACK, answer=Answer.FRAMES
)
CONTAINER_ATTACH_WEBSOCKET = _row(
    "ContainerAttachWebsocket",
    "GET",
    "/containers/{id}/attach/ws",
    since="1.0",
    kind=Kind.HIJACK,
    answer=Answer.WEBSOCKET,
)
CONTAINER_WAIT = _row(
    "ContainerWait", "POST", "/containers/{id}/wait", since="1.0", kind=Kind.STREAM, answer=Answer.JSON
)
CONTAINER_DELETE = _row("ContainerDelete", "DELETE", "/containers/{id}", since="1.0", kind=Kind.CHANGE)
CONTAINER_UPDATE = _row(
    "ContainerUpdate", "POST", "/containers/{id}/update", since="1.22", kind=Kind.CHANGE, answer=Answer.JSON
)
CONTAINER_PRUNE = _row(
    "ContainerPrune", "POST", "/containers/prune", since="1.25", kind=Kind.CHANGE, answer=Answer.JSON
)
CONTAINER_EXPORT = _row(
    "ContainerExport", "GET", "/containers/{id}/export", since="1.0", kind=Kind.STREAM, answer=Answer.TAR
)
IMAGE_COMMIT = _row("ImageCommit", "POST", "/commit", since="1.0", kind=Kind.CHANGE, answer=Answer.JSON)
CONTAINER_ARCHIVE_INFO = _row(
    "ContainerArchiveInfo", "HEAD", "/containers/{id}/archive", since="1.20", kind=Kind.INSPECT
)
CONTAINER_ARCHIVE = _row(
    "ContainerArchive", "GET", "/containers/{id}/archive", since="1.20", kind=Kind.STREAM, answer=Answer.TAR
)
PUT_CONTAINER_ARCHIVE = _row("PutContainerArchive", "PUT", "/containers/{id}/archive", since="1.20", kind=Kind.CHANGE)
CONTAINER_EXEC = _row(
    "ContainerExec", "POST", "/containers/{id}/exec", since="1.15", kind=Kind.CHANGE, answer=Answer.JSON
)
EXEC_START = _row("ExecStart", "POST", "/exec/{id}/start", since="1.15", kind=Kind.HIJACK, answer=Answer.FRAMES)
EXEC_RESIZE = _row("ExecResize", "POST", "/exec/{id}/resize", since="1.15", kind=Kind.CHANGE)
EXEC_INSPECT = _row("ExecInspect", "GET", "/exec/{id}/json", since="1.16", kind=Kind.INSPECT, answer=Answer.JSON)
IMAGE_LIST = _row("ImageList", "GET", "/images/json", since="1.7", kind=Kind.LIST, answer=Answer.JSON)
IMAGE_INSPECT = _row("ImageInspect", "GET", "/images/{name}/json", since="1.0", kind=Kind.INSPECT, answer=Answer.JSON)
IMAGE_HISTORY = _row(
    "ImageHistory", "GET", "/images/{name}/history", since="1.0", kind=Kind.INSPECT, answer=Answer.JSON
)
IMAGE_TAG = _row("ImageTag", "POST", "/images/{name}/tag", since="1.0", kind=Kind.CHANGE)
IMAGE_DELETE = _row("ImageDelete", "DELETE", "/images/{name}", since="1.0", kind=Kind.CHANGE, answer=Answer.JSON)
IMAGE_SEARCH = _row("ImageSearch", "GET", "/images/search", since="1.0", kind=Kind.LIST, answer=Answer.JSON)
IMAGE_PRUNE = _row("ImagePrune", "POST", "/images/prune", since="1.25", kind=Kind.CHANGE, answer=Answer.JSON)
DISTRIBUTION_INSPECT = _row(
    "DistributionInspect", "GET", "/distribution/{name}/json", since="1.30", kind=Kind.LIST, answer=Answer.JSON
)
IMAGE_CREATE = _row(
    "ImageCreate",
    "POST",
    "/images/create",
    since="1.0",
    kind=Kind.STREAM,
    answer=Answer.JSON_LINES,
    head_deadline_s=_LONG_WORK_S,
)
IMAGE_PUSH = _row(
    "ImagePush",
    "POST",
    "/images/{name}/push",
    since="1.0",
    kind=Kind.STREAM,
    answer=Answer.JSON_LINES,
    head_deadline_s=_LONG_WORK_S,
)
IMAGE_GET = _row(
    "ImageGet",
    "GET",
    "/images/{name}/get",
    since="1.7",
    kind=Kind.STREAM,
    answer=Answer.TAR,
    head_deadline_s=_LONG_WORK_S,
)
IMAGE_GET_ALL = _row(
    "ImageGetAll",
    "GET",
    "/images/get",
    since="1.15",
    kind=Kind.STREAM,
    answer=Answer.TAR,
    head_deadline_s=_LONG_WORK_S,
)
IMAGE_LOAD = _row(
    "ImageLoad",
    "POST",
    "/images/load",
    since="1.7",
    kind=Kind.STREAM,
    answer=Answer.JSON_LINES,
    head_deadline_s=_LONG_WORK_S,
)
IMAGE_BUILD = _row(
    "ImageBuild",
    "POST",
    "/build",
    since="1.0",
    kind=Kind.STREAM,
    answer=Answer.JSON_LINES,
    head_deadline_s=_LONG_WORK_S,
)
BUILD_PRUNE = _row("BuildPrune", "POST", "/build/prune", since="1.31", kind=Kind.CHANGE, answer=Answer.JSON)
NETWORK_LIST = _row("NetworkList", "GET", "/networks", since="1.21", kind=Kind.LIST, answer=Answer.JSON)
NETWORK_INSPECT = _row("NetworkInspect", "GET", "/networks/{id}", since="1.21", kind=Kind.INSPECT, answer=Answer.JSON)
NETWORK_CONNECT = _row("NetworkConnect", "POST", "/networks/{id}/connect", since="1.21", kind=Kind.CHANGE)
NETWORK_DISCONNECT = _row("NetworkDisconnect", "POST", "/networks/{id}/disconnect", since="1.21", kind=Kind.CHANGE)
SYSTEM_PING = _row("SystemPing", "GET", "/_ping", since="1.11", kind=Kind.PING)
SYSTEM_PING_HEAD = _row("SystemPingHead", "HEAD", "/_ping", since="1.40", kind=Kind.PING)
SYSTEM_VERSION = _row("SystemVersion", "GET", "/version", since="1.0", kind=Kind.INSPECT, answer=Answer.JSON)
SYSTEM_INFO = _row("SystemInfo", "GET", "/info", since="1.0", kind=Kind.INSPECT, answer=Answer.JSON)
SYSTEM_DATA_USAGE = _row("SystemDataUsage", "GET", "/system/df", since="1.25", kind=Kind.LIST, answer=Answer.JSON)
SYSTEM_EVENTS = _row("SystemEvents", "GET", "/events", since="1.3", kind=Kind.STREAM, answer=Answer.JSON_LINES)
SYSTEM_AUTH = _row("SystemAuth", "POST", "/auth", since="1.0", kind=Kind.CHANGE, answer=Answer.JSON)
