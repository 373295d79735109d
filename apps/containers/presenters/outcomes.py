"""What came of a verb, in words."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.containers.services.lifecycle import BulkItem, Outcome, Verb
from apps.core.problems import problem_of


def outcome_title(outcome: Outcome) -> str:
    """One sentence: what was done, or that nothing had to be."""
    done = {
        Verb.START: _("%(name)s is running"),
        Verb.STOP: _("%(name)s is stopped"),
        Verb.RESTART: _("%(name)s was restarted"),
        Verb.KILL: _("%(name)s got the signal"),
        Verb.PAUSE: _("%(name)s is paused"),
        Verb.UNPAUSE: _("%(name)s goes on"),
        Verb.REMOVE: _("%(name)s is removed"),
    }
    was_so = {
        Verb.START: _("%(name)s was running already"),
        Verb.STOP: _("%(name)s was stopped already"),
        Verb.RESTART: _("%(name)s was restarted"),
        Verb.KILL: _("%(name)s was not running"),
        Verb.PAUSE: _("%(name)s was paused already"),
        Verb.UNPAUSE: _("%(name)s was not paused"),
        Verb.REMOVE: _("%(name)s was removed already"),
    }
    words = done if outcome.was_needed else was_so
    return words[outcome.verb] % {"name": outcome.name}


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """The same for programs."""
    return {
        "verb": outcome.verb.value,
        "id": outcome.container_id,
        "name": outcome.name,
        "was_needed": outcome.was_needed,
        "title": outcome_title(outcome),
    }


def bulk_json(verb: Verb, items: Sequence[BulkItem], names: dict[str, str]) -> dict[str, Any]:
    """Results by item, and the whole in one sentence. `names` are those of the containers that could be resolved."""
    results = [item_json(item, names) for item in items]
    failed = sum(1 for item in items if item.failure is not None)
    return {"verb": verb.value, "title": bulk_title(len(items), failed), "failed": failed, "results": results}


def bulk_title(total: int, failed: int) -> str:
    """How many of how many."""
    if not failed:
        return ngettext("Done with %(total)d container", "Done with %(total)d containers", total) % {"total": total}
    return _("%(failed)d of %(total)d did not work") % {"failed": failed, "total": total}


def item_json(item: BulkItem, names: dict[str, str]) -> dict[str, Any]:
    """What came of one of several."""
    if item.outcome is not None:
        return {**outcome_json(item.outcome), "is_done": True, "status": 200, "detail": "", "hint": ""}
    assert item.failure is not None
    problem = problem_of(item.failure)
    return {
        "id": item.ref,
        "name": names.get(item.ref, item.ref[:12]),
        "is_done": False,
        "status": problem.status,
        "title": problem.title,
        "detail": problem.detail,
        "hint": problem.hint,
    }
