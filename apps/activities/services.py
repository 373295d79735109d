"""Start, cancel and start again. Called from views, in any thread; the work itself is done on the event loop."""

import logging
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.access import roles
from apps.accounts.actor import Actor
from apps.activities import runner
from apps.activities.kept_file import kept_remove
from apps.activities.kinds import kind_get
from apps.activities.models import Activity, State
from apps.activities.selectors import activities_seen, activity_file, activity_get
from apps.core.errors import Refusal, Unavailable
from apps.core.leaving import has_left, stop_if_left
from apps.hosts.selectors import host_get

log = logging.getLogger(__name__)

CONFLICT = 409


def activity_start(
    actor: Actor,
    host_slug: str,
    *,
    kind: str,
    params: dict[str, Any],
    files: Sequence[Path] = (),
    again_of: uuid.UUID | None = None,
) -> Activity:
    """Begin long work and return at once. `files` are the runner's from here on: they are removed whatever happens.

    `params` are kept and shown: no credentials. Raises AccessDenied, NotFoundHere, Unavailable.
    """
    taken = list(files)
    try:
        if taken:  # an upload whose sender has left, or has cancelled it, begins nothing
            stop_if_left()
        found = kind_get(kind)
        roles.require(actor, found.action)
        host = host_get(host_slug)
        activity = Activity.objects.create(
            kind=kind,
            params=params,
            files=[str(path) for path in taken],
            host_slug=host.slug,
            started_by_id=actor.user_id,
            starter_name=actor.username,
            owner=runner.owner_token(),
            again_of=again_of,
        )
        try:
            runner.begin(activity, kind=found, actor=actor, files=taken)
        except Unavailable:
            activity.delete()
            raise
    except BaseException:
        runner.files_remove(taken)
        raise
    if taken and has_left():  # just now: no answer leads her to it any more
        runner.cancel(activity.pk)
    return activity


def activity_cancel(actor: Actor, activity_id: uuid.UUID) -> Activity:
    """Ask it to end. Raises NotFoundHere; Refusal (409) when it has ended already."""
    activity = activity_get(actor, activity_id)
    asked = Activity.objects.filter(pk=activity.pk, state=State.RUNNING).update(
        is_cancel_asked=True, cancelled_by=actor.username
    )
    if not asked:
        raise Refusal(_("This has ended already."), hint=_("Reload the page to see how."), status=CONFLICT)
    runner.cancel(activity.pk)
    return activity


def activity_restart(actor: Actor, activity_id: uuid.UUID) -> Activity:
    """Do the same again, as a new activity of who asks; while it is done again already, that one.

    Raises NotFoundHere, AccessDenied, Refusal (409).
    """
    activity = activity_get(actor, activity_id)
    if activity.is_running:
        raise Refusal(_("This is still running."), hint=_("Cancel it first."), status=CONFLICT)
    if not kind_get(activity.kind).may_restart(activity.params):
        raise Refusal(
            _("This cannot be started again from here."),
            _("It used uploaded files, which are not kept."),
            hint=_("Begin it anew from its own page."),
            status=CONFLICT,
        )
    under_way = _done_again(activity)
    if under_way is None:
        try:
            return activity_start(
                actor, activity.host_slug, kind=activity.kind, params=activity.params, again_of=activity.pk
            )
        except IntegrityError:  # two pages may ask at the same moment, of two processes too
            under_way = _done_again(activity)
            if under_way is None:
                raise
    if activities_seen(actor).filter(pk=under_way.pk).exists():
        return under_way
    raise Refusal(
        _("This is being done again already."),
        _("%(name)s has started it.") % {"name": under_way.starter_name},
        hint=_("Wait until it has ended."),
        status=CONFLICT,
    )


def _done_again(activity: Activity) -> Activity | None:
    """What does it again just now."""
    return Activity.objects.filter(again_of=activity.pk, state=State.RUNNING).first()


def activity_file_remove(actor: Actor, activity_id: uuid.UUID) -> Activity:
    """Delete the file that an activity made. Raises as activity_file does."""
    activity_file(actor, activity_id)
    activity = activity_get(actor, activity_id)
    kept_remove(activity.pk)
    log.info("%s: the file of %s was deleted", actor.username, activity)
    return activity


def activity_told(actor: Actor, activity_id: uuid.UUID) -> bool:
    """Note that its starter is told of its end. False: that was done before, by another page of hers."""
    own = Activity.objects.filter(pk=activity_id, started_by=actor.user_id, told_at=None)
    return bool(own.exclude(state=State.RUNNING).update(told_at=timezone.now()))
