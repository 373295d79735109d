"""What a container changed in the files of its image."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.presenters.changes import changes_json
from apps.containers.services.changes import change_list
from apps.containers.views.page import container_page
from apps.core.http import wants_json


@require_safe
@signed_in
@vary_on_headers("Accept")
def container_changes(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Show which files differ. As JSON: the paths and how they differ."""
    if wants_json(request):
        found = change_list(request.actor, host_slug, ref)
        return JsonResponse(changes_json(found), json_dumps_params={"ensure_ascii": False})
    context = container_page(request, host_slug, ref, action=Action.CONTAINER_CHANGES, tab="changes")
    return render(request, "containers/changes.html", context | {"words": _words()})


def _words() -> dict[str, str]:
    """What static/js/pages/changes.js says."""
    return {
        "added": _("added"),
        "changed": _("changed"),
        "deleted": _("deleted"),
        "reading": _("reading…"),
        "asOf": _("as of {at}"),
        "none": _("Nothing differs from the image"),
        "noneHint": _("Files that the container adds, changes or deletes outside its volumes appear here."),
        "noneFit": _("Nothing fits the filter"),
        "below": _("{n} below"),
        "more": _("show {n} more"),
        "failed": _("The changes could not be read"),
        "unreached": _("Dockerweb was not reached."),
    }
