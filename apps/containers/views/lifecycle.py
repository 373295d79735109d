"""The verbs as addresses: `POST …/containers/<ref>/stop/` and `POST …/containers/bulk/`."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.activities.answers import goes_on
from apps.activities.services import activity_start
from apps.containers.forms.verbs import MOST_AT_ONCE, verb_options
from apps.containers.kinds import bulk_params, kind_of
from apps.containers.presenters.outcomes import bulk_json, outcome_json, outcome_title
from apps.containers.selectors import container_names_known
from apps.containers.services.lifecycle import Outcome, Verb, container_do, container_do_all
from apps.containers.services.options import VerbOptions
from apps.core.errors import InvalidInput
from apps.core.http import toast, wants_fragment, wants_json


@require_POST
@signed_in
def container_start(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Start a created or ended container."""
    return _verb(request, host_slug, ref=ref, verb=Verb.START)


@require_POST
@signed_in
def container_stop(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Stop a container. `timeout`: seconds until it is killed; `signal`: what asks it to end, from API 1.42 on."""
    return _verb(request, host_slug, ref=ref, verb=Verb.STOP)


@require_POST
@signed_in
def container_restart(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Stop, then start. `timeout` and `signal` as for stop."""
    return _verb(request, host_slug, ref=ref, verb=Verb.RESTART)


@require_POST
@signed_in
def container_kill(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Send a signal. `signal`: name or number, SIGKILL without."""
    return _verb(request, host_slug, ref=ref, verb=Verb.KILL)


@require_POST
@signed_in
def container_pause(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Freeze the processes."""
    return _verb(request, host_slug, ref=ref, verb=Verb.PAUSE)


@require_POST
@signed_in
def container_unpause(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Let the processes go on."""
    return _verb(request, host_slug, ref=ref, verb=Verb.UNPAUSE)


@require_POST
@signed_in
def container_remove(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Remove a container. `volumes`: its anonymous volumes too; `force`: also while it runs."""
    return _verb(request, host_slug, ref=ref, verb=Verb.REMOVE)


@require_POST
@signed_in
def container_bulk(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Do `verb` to every `id`. Always answers with the result of each, also when some did not work.

    With `activity=1` it is begun as an activity, and the answer says where that is.
    """
    if request.POST.get("verb", "") not in set(Verb):
        raise InvalidInput(_("There is no such verb"), ", ".join(Verb), field="verb")
    verb = Verb(request.POST["verb"])
    refs = list(dict.fromkeys(request.POST.getlist("id")))
    if not refs or len(refs) > MOST_AT_ONCE:
        detail = _("From 1 to %(most)d containers can be chosen.") % {"most": MOST_AT_ONCE}
        raise InvalidInput(_("Choose containers first"), detail, field="id")
    options = verb_options(request.POST)
    if request.POST.get("activity") == "1":
        return _begun(request, host_slug, refs=refs, verb=verb, options=options)
    items = container_do_all(request.actor, host_slug, refs=refs, verb=verb, options=options)
    answer = bulk_json(verb, items, container_names_known(host_slug, refs))
    if wants_json(request):
        return JsonResponse(answer)
    if wants_fragment(request):
        response = toast(HttpResponse(status=204), answer["title"], kind="warn" if answer["failed"] else "ok")
        return response
    return redirect("containers:list", host_slug)


def _begun(request: ActorRequest, host_slug: str, *, refs: list[str], verb: Verb, options: VerbOptions) -> HttpResponse:
    params = bulk_params(refs, container_names_known(host_slug, refs), options)
    activity = activity_start(request.actor, host_slug, kind=kind_of(verb), params=params)
    return goes_on(request, activity)


def _verb(request: ActorRequest, host_slug: str, *, ref: str, verb: Verb) -> HttpResponse:
    options = verb_options(request.POST)
    outcome = container_do(request.actor, host_slug, ref=ref, verb=verb, options=options)
    if wants_json(request):
        return JsonResponse(outcome_json(outcome))
    if wants_fragment(request):
        return toast(HttpResponse(status=204), outcome_title(outcome), kind="ok" if outcome.was_needed else "warn")
    return redirect(_place_after(outcome, host_slug))


def _place_after(outcome: Outcome, host_slug: str) -> str:
    if outcome.verb is Verb.REMOVE:
        return reverse("containers:list", args=[host_slug])
    return reverse("containers:detail", args=[host_slug, outcome.container_id])
