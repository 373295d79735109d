"""Long work of the containers: one verb done to many, and prune, which outlive the page that asked for them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.activities.kinds import Kind, Params, Result, register
from apps.activities.many import IsOver, Tell, in_one_thread
from apps.activities.pruning import prune_run
from apps.activities.runner import Run
from apps.containers.presenters.outcomes import item_json
from apps.containers.services.lifecycle import BulkItem, Verb, container_do_all
from apps.containers.services.options import VerbOptions
from apps.containers.services.pruning import CONTAINERS

_ICONS = {
    Verb.START: "player-play",
    Verb.STOP: "player-stop",
    Verb.RESTART: "refresh",
    Verb.KILL: "bolt",
    Verb.PAUSE: "player-pause",
    Verb.UNPAUSE: "player-play",
    Verb.REMOVE: "trash",
}


def kind_of(verb: Verb) -> str:
    """The name of the kind that does this verb to many."""
    return f"containers.{verb.value}"


def bulk_params(refs: Sequence[str], names: dict[str, str], options: VerbOptions) -> dict[str, Any]:
    """What such an activity is to do. `names` are those that are known: a container that is gone has none any more."""
    return {"refs": list(refs), "names": names, "options": asdict(options)}


def _title(verb: Verb, params: Params) -> str:
    count = len(params["refs"])
    words = {
        Verb.START: ngettext("Start %(n)d container", "Start %(n)d containers", count),
        Verb.STOP: ngettext("Stop %(n)d container", "Stop %(n)d containers", count),
        Verb.RESTART: ngettext("Restart %(n)d container", "Restart %(n)d containers", count),
        Verb.KILL: ngettext("Kill %(n)d container", "Kill %(n)d containers", count),
        Verb.PAUSE: ngettext("Pause %(n)d container", "Pause %(n)d containers", count),
        Verb.UNPAUSE: ngettext("Unpause %(n)d container", "Unpause %(n)d containers", count),
        Verb.REMOVE: ngettext("Remove %(n)d container", "Remove %(n)d containers", count),
    }
    return words[verb] % {"n": count}


async def _do(run: Run, verb: Verb) -> Result:
    """Do the verb to each, and tell of each. A cancel lets those end that are under way, and begins no more."""
    names: dict[str, str] = run.params["names"]

    def work(tell: Tell, is_over: IsOver) -> list[BulkItem]:
        return container_do_all(
            run.actor,
            run.host_slug,
            refs=run.params["refs"],
            verb=verb,
            options=VerbOptions(**run.params["options"]),
            tell=lambda item: tell(item_json(item, names)),
            is_over=is_over,
        )

    items = await in_one_thread(run, work)
    failed = sum(1 for item in items if item.failure is not None)
    return {"done": len(items) - failed, "failed": failed}


def _kind(verb: Verb) -> Kind:
    return Kind(
        name=kind_of(verb),
        action=verb.action,
        title=lambda params: _title(verb, params),
        run=lambda run: _do(run, verb),
        icon=_ICONS[verb],
    )


def register_all() -> None:
    """Make them known."""
    for verb in Verb:
        register(_kind(verb))
    register(
        Kind(
            name=CONTAINERS.kind,
            action=CONTAINERS.action,
            title=lambda params: _("Remove stopped containers"),
            run=lambda run: prune_run(CONTAINERS, run),
            icon="trash",
            result_url=lambda host_slug, params, result: reverse("containers:list", args=[host_slug]),
            result_words=lambda: _("Back to the containers"),
        )
    )
