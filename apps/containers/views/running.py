"""One command in a container, and the list of those that run: `…/exec/`."""

from dataclasses import asdict

from asgiref.sync import async_to_sync
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.forms.running import RunForm
from apps.containers.presenters.running import ran_json
from apps.containers.services.running import command_run, commands_running
from apps.containers.services.spoken import version_spoken
from apps.containers.views.page import container_page
from apps.core.http import wants_json


@require_http_methods(["GET", "POST"])
@signed_in
@vary_on_headers("Accept")
def container_exec(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Show what runs beside the container's own command; POST runs one more and tells its output and exit code."""
    version = version_spoken(request.actor, host_slug, action=Action.CONTAINER_EXEC)
    form = RunForm(request.POST if request.method == "POST" else None, version=version)
    ran = None
    if request.method == "POST":
        run = async_to_sync(command_run)
        is_json = wants_json(request)
        done = form.submit(lambda: run(request.actor, host_slug, ref, wish=form.wish()), is_raised=is_json)
        ran = ran_json(done) if done is not None else None
        if ran is not None and is_json:
            return JsonResponse(ran)
    running = commands_running(request.actor, host_slug, ref)
    if wants_json(request):
        return JsonResponse({"running": [asdict(command) for command in running]})
    context = container_page(request, host_slug, ref, action=Action.CONTAINER_EXEC, tab="exec")
    told = {"form": form, "ran": ran, "running": running}
    return render(request, "containers/exec.html", context | told, status=form.status)
