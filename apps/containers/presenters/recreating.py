"""What came of re-creating a container, in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.containers.models import Revision
from apps.containers.services.creation import is_image_missing
from apps.containers.services.field_words import field_of, field_of_start
from apps.containers.services.recreating import AsItWas, Outcome
from apps.containers.services.replacing import EndedAtOnce, NotReplaced, Replaced, Standing, Step
from apps.core.http import ToastKind
from apps.core.problems import Problem, problem_of
from apps.engine.errors import ApiError

_SHORT_ID_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Told:
    """The end: `url` is the container's page from now on ("" when there is none).

    `field` is the field of the form because of which it failed ("": none is known), `field_words` what to say there.
    """

    kind: ToastKind
    status: int
    title: str
    detail: str = ""
    hint: str = ""
    url: str = ""
    container_id: str = ""
    is_changed: bool = False
    field: str = ""
    field_words: str = ""

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return asdict(self)


def step_words(step: Step) -> str:
    """What is being done now."""
    words = {
        Step.MAKE: _("Making the new container"),
        Step.JOIN: _("Joining its networks"),
        Step.STOP: _("Stopping the old container"),
        Step.SWAP: _("Giving it the name"),
        Step.START: _("Starting the new container"),
        Step.WATCH: _("Watching whether it stays up"),
        Step.CLEAR: _("Removing the old container"),
        Step.BACK: _("It failed; putting everything back"),
    }
    return words[step]


def told_of(outcome: Outcome, host_slug: str, *, what: Revision.What, filled: Collection[str] = ()) -> Told:
    """Put the end into words. `filled`: the fields of the form that have a text, where there is a form."""
    match outcome:
        case AsItWas():
            url = reverse("containers:detail", args=[host_slug, outcome.container_id])
            return Told("ok", 200, *_as_it_was(outcome, what), url=url, container_id=outcome.container_id)
        case Replaced():
            return _replaced(outcome, host_slug, what)
        case NotReplaced():
            return _not_replaced(outcome, host_slug, what, filled)


def told_of_problem(problem: Problem) -> Told:
    """Say a refusal in the same shape."""
    return Told("error", problem.status, problem.title, problem.detail, problem.hint)


def _as_it_was(outcome: AsItWas, what: Revision.What) -> tuple[str, str]:
    words = {"name": outcome.name}
    if what is Revision.What.EDITED:
        return _("Nothing was changed in the form"), _("%(name)s runs on as it is.") % words
    if what is Revision.What.RESTORED:
        return _("%(name)s is like this already") % words, _("It was not re-created.")
    return _("%(name)s is up to date") % words, _("Its image is the newest one; it was not re-created.")


def _replaced(outcome: Replaced, host_slug: str, what: Revision.What) -> Told:
    titles = {
        Revision.What.EDITED: _("%(name)s was re-created with the changes"),
        Revision.What.RENEWED: _("%(name)s was re-created from the newest image"),
        Revision.What.RESTORED: _("%(name)s is restored"),
    }
    title = titles.get(what, _("%(name)s was re-created")) % {"name": outcome.name}
    notes = list(outcome.warnings)
    if outcome.left_over:
        words = _("The old one could not be removed and is still there, stopped, as %(name)s: %(why)s")
        notes.insert(0, words % {"name": outcome.kept_as, "why": outcome.left_over})
    elif outcome.kept_as:
        notes.insert(0, _("The old one is kept, stopped, as %(name)s.") % {"name": outcome.kept_as})
    kind: ToastKind = "warn" if outcome.left_over or outcome.warnings else "ok"
    url = reverse("containers:detail", args=[host_slug, outcome.container_id])
    return Told(kind, 200, title, " ".join(notes), url=url, container_id=outcome.container_id, is_changed=True)


def _not_replaced(outcome: NotReplaced, host_slug: str, what: Revision.What, filled: Collection[str]) -> Told:
    name = {"name": outcome.name}
    titles = {
        Step.MAKE: _("The new %(name)s could not be made"),
        Step.JOIN: _("The new %(name)s could not join its networks"),
        Step.STOP: _("%(name)s could not be stopped"),
        Step.SWAP: _("The new %(name)s could not be given its name"),
        Step.START: _("The new %(name)s could not be started"),
        Step.WATCH: _("The new %(name)s ended at once"),
    }
    title = titles.get(outcome.step, _("%(name)s could not be re-created")) % name
    if isinstance(outcome.failure, EndedAtOnce):
        status, words, hint = 409, _ended(outcome.failure), ""
    else:
        problem = problem_of(outcome.failure)
        status, words, hint = problem.status, problem.detail, problem.hint
    if outcome.step is Step.MAKE and is_image_missing(outcome.failure):
        is_form = what is Revision.What.EDITED
        hint = _("Tick “Pull the image first”, or name another image.") if is_form else _("Pull the image first.")
    if outcome.undoing is not None:
        return Told("error", status if status >= 500 else 500, title, _sentences(words, _where(outcome)), _look())
    container_id = outcome.restored_id or outcome.old_id
    url = reverse("containers:detail", args=[host_slug, container_id])
    detail = _sentences(words, _back(outcome))
    at = _field(outcome, filled)
    return Told(
        "error",
        status,
        title,
        detail,
        hint,
        url=url,
        container_id=container_id,
        field=at,
        field_words=words if at else "",
    )


def _field(outcome: NotReplaced, filled: Collection[str]) -> str:
    """The field of the form that the engine's words are about. The name is none: it is not edited."""
    if not isinstance(outcome.failure, ApiError):
        return ""
    message = outcome.failure.message
    at = {
        Step.MAKE: field_of(message, filled=filled),
        Step.JOIN: "further_networks",
        Step.START: field_of_start(message, filled=filled),
    }.get(outcome.step, "")
    return "" if at == "name" else at


def _sentences(*parts: str) -> str:
    """Each on a line of its own; the engine's words may end without a stop."""
    return "\n".join(part for part in parts if part)


def _ended(ended: EndedAtOnce) -> str:
    if ended.exit_code is None:
        return _("It ended and removed itself.")
    words = _("Its exit code was %(code)d.") % {"code": ended.exit_code}
    if ended.last_words:
        words += " " + _("Its last words: “%(words)s”") % {"words": ended.last_words}
    return words


def _back(outcome: NotReplaced) -> str:
    name = {"name": outcome.name}
    if outcome.restored_id:
        words = _("The old one had removed itself when it was stopped; %(name)s was made anew as it was before.")
        return words % name
    if outcome.step in (Step.MAKE, Step.JOIN):
        return _("Everything is as before: %(name)s was not touched.") % name
    if outcome.was_running:
        return _("Everything is as before: %(name)s runs again.") % name
    return _("Everything is as before.")


def _where(outcome: NotReplaced) -> str:
    words = [_("It could not be put back: %(why)s") % {"why": str(outcome.undoing)}]
    for standing, title in ((outcome.old, _("The old container")), (outcome.new, _("The new container"))):
        if standing is not None:
            words.append(_stands(standing, title))
    return _sentences(*words)


def _stands(standing: Standing, title: str) -> str:
    named = {"title": title, "id": standing.container_id[:_SHORT_ID_DIGITS]}
    if standing.status == "gone":
        return _("%(title)s is not there.") % named
    if not standing.status:
        return _("%(title)s (%(id)s): the engine does not say how it is.") % named
    return _("%(title)s (%(id)s) is called %(name)s and is %(status)s.") % {
        **named,
        "name": standing.name,
        "status": standing.status,
    }


def _look() -> str:
    return _("Look at both in the list of containers before you try again.")
