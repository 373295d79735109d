"""A legacy link taken away: `…/unlink/`."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.services.unlinking import container_unlink as unlink
from apps.core.http import toast, wants_fragment, wants_json


@require_POST
@signed_in
def container_unlink(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Remove the link called `alias`. Both containers stay."""
    done = unlink(request.actor, host_slug, ref, alias=request.POST.get("alias", ""))
    title = _("%(name)s has no link “%(alias)s” any more") % {"name": done.name, "alias": done.alias}
    if wants_json(request):
        return JsonResponse({"id": done.container_id, "alias": done.alias, "title": title})
    if wants_fragment(request):
        return toast(HttpResponse(status=204), title)
    messages.success(request, title)
    return redirect("containers:detail", host_slug, done.container_id)
