"""The page where a container is edited: what a reader must know before, and what is told while it goes on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.containers.models import Revision
from apps.containers.presenters.creation import Notice
from apps.containers.presenters.recreating import Told, step_words, told_of, told_of_problem
from apps.containers.services.recreating import Editable
from apps.containers.services.replacing import Step
from apps.containers.services.telling import Line, NotPulled
from apps.core.errors import Refusal
from apps.core.problems import problem_of
from apps.engine.errors import EngineError
from apps.engine.types.progress import Progress

_USUAL_STOP_S = 10
_SHORT_ID_DIGITS = 12


def edit_notices(editable: Editable) -> list[Notice]:
    """Say what re-creating does, and what of this container would not be in the new one."""
    container, defined = editable.container, editable.defined
    notices = []
    if defined.lost:
        notices.append(Notice("warn", _("The form cannot hold all of it; this will be lost:"), ", ".join(defined.lost)))
    if defined.carried_words:
        words = ", ".join(defined.carried_words)
        notices.append(Notice("info", _("No field stands for these; the new container has them as they are:"), words))
    if defined.newest is None:
        title = _("%(image)s is not on this host any more.") % {"image": container.config.image}
        notices.append(Notice("warn", title, _("Pull it first, or name another image.")))
    elif defined.newest.id != container.image_id:
        title = _("%(image)s is another image by now.") % {"image": container.config.image}
        words = _("The new container is made from the one that is here under this name (%(new)s), not from %(old)s.")
        told = words % {"new": _short(defined.newest.id), "old": _short(container.image_id)}
        notices.append(Notice("warn", title, told))
    if container.state.status == "paused":
        title = _("%(name)s is paused.") % {"name": container.name}
        notices.append(Notice("warn", title, _("Unpause it before you save: what is paused cannot be replaced.")))
    if editable.network_guests:
        words = _("They were made to share the network of this very container, and must be made again after it.")
        title = _("%(names)s will lose the network.") % {"names": ", ".join(editable.network_guests)}
        notices.append(Notice("warn", title, words))
    notices.append(Notice("info", _("Saving replaces the container by a new one."), " ".join(_what_happens(editable))))
    return notices


def _what_happens(editable: Editable) -> list[str]:
    container = editable.container
    words = []
    if container.is_running:
        longest = container.config.stop_timeout_s
        longest = _USUAL_STOP_S if longest is None else longest
        if longest < 0:
            words.append(_("It is stopped for it, however long that takes."))
        else:
            told = ngettext(
                "It is stopped for it, which takes up to %(n)d second.",
                "It is stopped for it, which takes up to %(n)d seconds.",
                longest,
            )
            words.append(told % {"n": longest})
        if container.host_config.auto_remove:
            words.append(_("The old one removes itself then; if the new one does not run, it is made anew as it was."))
        else:
            words.append(_("The old one is kept until the new one runs; if it does not, the old one is started again."))
    words.append(_("Volumes and networks stay."))
    if editable.changed_files:
        told = ngettext(
            "%(n)d path that was changed inside the container, outside its volumes, will be lost, and its logs.",
            "%(n)d paths that were changed inside the container, outside its volumes, will be lost, and its logs.",
            editable.changed_files,
        )
        words.append(told % {"n": editable.changed_files})
    elif editable.changed_files is None:
        words.append(_("What was written inside the container, outside its volumes, will be lost, and its logs."))
    else:
        words.append(_("Nothing was written inside it outside its volumes; its logs will be lost."))
    return words


def not_pulled(image: str, message: str) -> Told:
    """Say that the image did not come."""
    title = _("%(image)s could not be pulled") % {"image": image}
    return Told("error", 502, title, message, _("Nothing was touched."), field="image", field_words=message)


def line_json(line: Line, host_slug: str, *, what: Revision.What, filled: Collection[str] = ()) -> dict[str, Any]:
    """One line of what a page's script reads along: `layer`, `step`, or the `end`."""
    match line:
        case Progress():
            return {
                "type": "layer",
                "id": line.id,
                "status": line.status,
                "current": line.current,
                "total": line.total,
            }
        case Step():
            return {"type": "step", "step": line.value, "text": step_words(line)}
        case NotPulled():
            return {"type": "end", **not_pulled(line.image, line.message).as_json()}
        case EngineError() | Refusal():
            return {"type": "end", **told_of_problem(problem_of(line)).as_json()}
        case _:
            return {"type": "end", **told_of(line, host_slug, what=what, filled=filled).as_json()}


def _short(image_id: str) -> str:
    return image_id.removeprefix("sha256:")[:_SHORT_ID_DIGITS]
