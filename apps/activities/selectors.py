"""Looking activities up. A person sees her own, an admin all; what she does not see is not there."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.activities.kept_file import kept_path
from apps.activities.kinds import kind_get
from apps.activities.models import Activity, State
from apps.core.errors import NotFoundHere

MOST_SHOWN = 20
"""What the tray shows of what runs."""


def activities_seen(actor: Actor) -> QuerySet[Activity]:
    """Those that the actor may see."""
    roles.require(actor, Action.ACTIVITY_VIEW)
    return Activity.objects.all() if actor.is_admin else Activity.objects.filter(started_by=actor.user_id)


def activity_list(actor: Actor, *, states: Collection[State] = ()) -> QuerySet[Activity]:
    """What runs first, then the newest."""
    found = activities_seen(actor)
    if states:
        found = found.filter(state__in=states)
    runs_first = Case(When(state=State.RUNNING, then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.order_by(runs_first, "-started_at")


def activity_get(actor: Actor, activity_id: uuid.UUID) -> Activity:
    """One activity. Raises NotFoundHere for one that is not there, or not hers."""
    activity = activities_seen(actor).filter(pk=activity_id).first()
    if activity is None:
        raise NotFoundHere(
            _("There is no such activity"),
            _("It may have been removed with the old ones, or it is somebody else's."),
        )
    return activity


@dataclass(frozen=True, slots=True)
class KeptFile:
    """The file that an activity made. `version` differs from that of any other file."""

    path: Path
    name: str
    size_bytes: int
    version: str


def activity_file(actor: Actor, activity_id: uuid.UUID) -> KeptFile:
    """The file of an activity, for who may see it and still may do what it did. Raises AccessDenied, NotFoundHere."""
    activity = activity_get(actor, activity_id)
    kind = kind_get(activity.kind)
    roles.require(actor, kind.action)
    path = kept_path(activity.pk)
    try:
        status = path.stat()
    except OSError:
        status = None
    if status is None or not kind.keeps_file or activity.state != State.DONE:
        raise no_file()
    name = str((activity.result or {}).get("file_name") or activity.pk)
    version = f"{activity.pk.hex}-{status.st_size:x}-{status.st_mtime_ns:x}"
    return KeptFile(path, name, status.st_size, version)


def no_file() -> NotFoundHere:
    """The answer for a file that is not there, or not any more."""
    return NotFoundHere(
        _("There is no such file"),
        _("The activity has not made one, or it was deleted since."),
        hint=_("Start the activity again to make it anew."),
    )


def activities_running(actor: Actor) -> list[Activity]:
    """What runs now, the newest first."""
    return list(activities_seen(actor).filter(state=State.RUNNING).order_by("-started_at")[:MOST_SHOWN])


def activities_untold(actor: Actor) -> list[Activity]:
    """Those of hers that have ended, of which she was not told yet."""
    own = Activity.objects.filter(started_by=actor.user_id, told_at=None).exclude(state=State.RUNNING)
    return list(own.order_by("-ended_at")[:5])
