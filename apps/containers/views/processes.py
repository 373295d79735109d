"""A container's processes: the host's view of them for readers, the container's own for who may send signals."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.forms.processes import parse_ps_args, parse_signal_wish
from apps.containers.presenters.processes import own_processes_json, processes_json
from apps.containers.services.own_processes import own_process_list, process_signal
from apps.containers.services.processes import DEFAULT_PS_ARGS, process_list
from apps.containers.views.page import container_page
from apps.core.http import toast, wants_fragment, wants_json


@require_safe
@signed_in
@vary_on_headers("Accept")
def container_processes(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Show the processes. As JSON: the rows of the host's ps; `?ps_args=` chooses its arguments."""
    if wants_json(request):
        may_see_env = roles.may(request.actor, Action.CONTAINER_ENV)
        ps_args = parse_ps_args(request.GET.get("ps_args", ""), may_see_env=may_see_env)
        return JsonResponse(processes_json(process_list(request.actor, host_slug, ref, ps_args=ps_args)))
    context = container_page(request, host_slug, ref, action=Action.CONTAINER_PROCESSES, tab="processes")
    may_signal = roles.may(request.actor, Action.CONTAINER_EXEC)
    page = {"words": _words(), "may_signal": may_signal, "default_ps_args": DEFAULT_PS_ARGS}
    return render(request, "containers/processes.html", context | page)


@require_GET
@signed_in
def container_own_processes(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """The processes by the container's own numbers, as JSON. It runs a command in the container."""
    return JsonResponse(own_processes_json(own_process_list(request.actor, host_slug, ref)))


@require_POST
@signed_in
def container_process_signal(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Send `signal` to the process `pid` (the container's own number) that began at `start` and runs as `uid`."""
    wish = parse_signal_wish(request.POST)
    process_signal(request.actor, host_slug, ref, wish=wish)
    title = _("SIG%(signal)s was sent to process %(pid)d") % {"signal": wish.signal, "pid": wish.pid}
    if wants_json(request):
        return JsonResponse({"title": title, "pid": wish.pid, "signal": wish.signal})
    if wants_fragment(request):
        return toast(HttpResponse(status=204), title)
    return redirect("containers:processes", host_slug, ref)


def _words() -> dict[str, str]:
    """What static/js/pages/processes.js says."""
    return {
        "reading": _("reading…"),
        "count": _("{n} processes"),
        "one": _("1 process"),
        "shown": _("{n} of {m} processes"),
        "asOf": _("as of {at}"),
        "stopped": _("The container does not run"),
        "stoppedHint": _("It has no processes now. They appear here once it is started."),
        "noneFit": _("No process fits the filter"),
        "failed": _("The processes could not be read"),
        "unreached": _("Dockerweb was not reached."),
        "sort": _("Sort by {name}"),
        "signal": _("Signal…"),
        "signalTo": _("Send a signal to process {pid}"),
        "signalFirst": _("Send a signal to the first process, from outside"),
        "engineChoice": _("The host's ps does not know these columns: the engine's own are shown."),
        "pid": _("PID"),
        "parent": _("Parent"),
        "user": _("User"),
        "state": _("State"),
        "cpu": _("CPU time"),
        "memory": _("Memory"),
        "threads": _("Threads"),
        "elapsed": _("Runs for"),
        "command": _("Command"),
        "actions": _("Actions"),
    }
