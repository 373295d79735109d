"""Activities in words."""

import json
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.activities import runner
from apps.activities.kept_file import kept_size
from apps.activities.kinds import Kind, kind_find
from apps.activities.models import Activity, State

TONES = {
    State.RUNNING: "starting",
    State.DONE: "running",
    State.FAILED: "failed",
    State.CANCELLED: "exited",
    State.INTERRUPTED: "unhealthy",
}
ICONS = {
    State.RUNNING: "loader-2",
    State.DONE: "circle-check",
    State.FAILED: "alert-circle",
    State.CANCELLED: "circle-x",
    State.INTERRUPTED: "plug-connected-x",
}
UNKNOWN_ICON = "question-mark"


def state_words(state: State) -> str:
    """How it stands, as one word."""
    return {
        State.RUNNING: _("running"),
        State.DONE: _("done"),
        State.FAILED: _("failed"),
        State.CANCELLED: _("cancelled"),
        State.INTERRUPTED: _("interrupted"),
    }[state]


@dataclass(frozen=True, slots=True)
class ActivityHead:
    """An activity as lists, its page and the tray show it."""

    id: uuid.UUID
    kind: str
    title: str
    icon: str
    host_slug: str
    state: str
    state_words: str
    state_icon: str
    tone: str
    starter: str
    started_at: datetime
    ended_at: datetime | None
    percent: int | None
    problem: dict[str, Any] | None
    result: dict[str, Any] | None
    result_url: str
    result_words: str
    file_name: str
    file_bytes: int | None
    """Of the file that it made; None: there is none, or none any more."""
    is_file_gone: bool
    output_bytes: int
    cancelled_by: str
    is_cancel_asked: bool
    is_restartable: bool
    again_of: uuid.UUID | None
    again_url: str

    @property
    def is_running(self) -> bool:
        """Whether it is under way."""
        return self.state == State.RUNNING

    @property
    def took_s(self) -> float:
        """How long it ran, or runs."""
        return ((self.ended_at or datetime.now(UTC)) - self.started_at).total_seconds()


def head_of(activity: Activity) -> ActivityHead:
    """What is shown of an activity."""
    kind = kind_find(activity.kind)
    state = State(activity.state)
    has_file = kind is not None and kind.keeps_file and state is State.DONE
    file_bytes = kept_size(activity.pk) if has_file else None
    is_reachable = kind is not None and kind.result_url is not None and state is State.DONE
    return ActivityHead(
        id=activity.pk,
        kind=activity.kind,
        title=_title(kind, activity),
        icon=kind.icon if kind else UNKNOWN_ICON,
        host_slug=activity.host_slug,
        state=state.value,
        state_words=state_words(state),
        state_icon=ICONS[state],
        tone=TONES[state],
        starter=activity.starter_name,
        started_at=activity.started_at,
        ended_at=activity.ended_at,
        percent=runner.percent_of(activity.pk) if state is State.RUNNING else None,
        problem=activity.problem,
        result=activity.result,
        result_url=_result_url(activity) if is_reachable else "",
        result_words=kind.result_words() if kind and kind.result_words else _("Open the result"),
        file_name=str((activity.result or {}).get("file_name") or "") if has_file else "",
        file_bytes=file_bytes,
        is_file_gone=has_file and file_bytes is None,
        output_bytes=activity.output_bytes,
        cancelled_by=activity.cancelled_by,
        is_cancel_asked=activity.is_cancel_asked,
        is_restartable=state is not State.RUNNING and kind is not None and kind.may_restart(activity.params),
        again_of=activity.again_of,
        again_url=_again_url(kind, activity) if state is not State.RUNNING else "",
    )


def _title(kind: Kind | None, activity: Activity) -> str:
    if kind is None:
        return activity.kind
    try:
        return kind.title(activity.params)
    except (LookupError, TypeError, ValueError):  # kept by an older program, whose params had other names
        return activity.kind


def _again_url(kind: Kind | None, activity: Activity) -> str:
    if kind is None or kind.again_url is None:
        return ""
    return kind.again_url(activity.host_slug, activity.pk)


def _result_url(activity: Activity) -> str:
    kind = kind_find(activity.kind)
    assert kind is not None and kind.result_url is not None
    return kind.result_url(activity.host_slug, activity.params, activity.result)


def activity_json(head: ActivityHead) -> dict[str, Any]:
    """The same for programs."""
    return {
        "id": str(head.id),
        "kind": head.kind,
        "title": head.title,
        "host": head.host_slug,
        "state": head.state,
        "started_by": head.starter,
        "started_at": head.started_at.isoformat(),
        "ended_at": head.ended_at.isoformat() if head.ended_at else None,
        "percent": head.percent,
        "problem": head.problem,
        "result": head.result,
        "result_url": head.result_url or None,
        "file": {"name": head.file_name, "size_bytes": head.file_bytes} if head.file_bytes is not None else None,
        "output_bytes": head.output_bytes,
        "cancelled_by": head.cancelled_by or None,
        "is_restartable": head.is_restartable,
        "again_of": str(head.again_of) if head.again_of else None,
        "again_url": head.again_url or None,
    }


def state_message(activity: Activity) -> str:
    """What its socket says of how it stands."""
    at = activity.ended_at or activity.started_at
    return json.dumps(
        {
            "type": "state",
            "state": activity.state,
            "problem": activity.problem,
            "result": activity.result,
            "at": at.isoformat(),
            "took_s": (at - activity.started_at).total_seconds(),
        },
        separators=(",", ":"),
    )


def tray_rows(activities: Iterable[Activity]) -> list[dict[str, object]]:
    """What the tray shows of those that run."""
    heads = map(head_of, activities)
    return [
        {
            "id": str(head.id),
            "title": head.title,
            "icon": head.icon,
            "host": head.host_slug,
            "starter": head.starter,
            "percent": head.percent,
            "started_at": head.started_at.isoformat(),
        }
        for head in heads
    ]


def told(activity: Activity) -> dict[str, object]:
    """What its starter is told of its end, wherever she is."""
    head = head_of(activity)
    words = {
        State.DONE: _("Done: %(title)s"),
        State.FAILED: _("Failed: %(title)s"),
        State.CANCELLED: _("Cancelled: %(title)s"),
        State.INTERRUPTED: _("Interrupted: %(title)s"),
    }
    kind = {State.DONE: "ok", State.FAILED: "error"}.get(State(head.state), "warn")
    problem = head.problem or {}
    return {
        "id": str(head.id),
        "kind": kind,
        "title": words.get(State(head.state), "%(title)s") % {"title": head.title},
        "detail": " ".join(part for part in (problem.get("title"), problem.get("detail")) if part),
    }


_COLOURS = re.compile(r"\x1b\[[0-9;:?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b.")


class PlainText:
    """The output as text without colours. Bars are told of when they change state, not at each step."""

    def __init__(self) -> None:
        self._statuses: dict[str, str] = {}

    def dressed(self, lines: Iterable[str]) -> str:
        """The next lines of the output as text. Half of a character, as names of files may have, becomes a "?"."""
        return "".join(map(self._line, lines)).encode(errors="replace").decode()

    def _line(self, line: str) -> str:
        try:
            message = json.loads(line)
        except ValueError:  # cut by a crash
            return ""
        match message:
            case {"type": "text", "text": str(text)}:
                return _COLOURS.sub("", text)
            case {"type": "layer", "id": part, "status": status}:
                return self._layer(str(part), str(status))
            case {"type": "step", "number": number, "total": total, "text": text}:
                return f"\n[{number}/{total}] {text}\n" if total else f"\n[{number}] {text}\n"
            case {"type": "item", "name": name, "outcome": outcome}:
                words = _("done") if outcome == "done" else _("failed")
                detail = str(message.get("detail") or "")
                return f"{name}: {words}{': ' if detail else ''}{detail}\n"
            case {"type": "note", "text": text}:
                return f"{text}\n"
            case {"type": "dropped", "bytes": int(count)}:
                return "\n" + _("[… %(count)d bytes of output are not kept …]") % {"count": count} + "\n"
        return ""

    def _layer(self, part: str, status: str) -> str:
        if self._statuses.get(part) == status:
            return ""
        self._statuses[part] = status
        return f"{part}: {status}\n" if part else f"{status}\n"
