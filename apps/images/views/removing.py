"""`…/remove/`: what would go, what holds it, and the removal; `images/bulk/`: several at once."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.activities.answers import goes_on
from apps.activities.services import activity_start
from apps.core.engine_form import EngineForm
from apps.core.errors import InvalidInput
from apps.core.http import ToastKind, toast, wants_fragment, wants_json
from apps.images.forms.verbs import MOST_AT_ONCE, remove_options
from apps.images.presenters.details import children_of, image_head
from apps.images.presenters.outcomes import (
    bulk_json,
    holder_links,
    preview_json,
    removed_detail,
    removed_json,
    removed_title,
)
from apps.images.presenters.rows import users_of
from apps.images.removing_many import REMOVE_MANY, params_of
from apps.images.services import removing


@require_http_methods(["GET", "POST"])
@signed_in
@vary_on_headers("Accept", "X-Fragment")
def image_remove(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Show what would be untagged and deleted and what holds the image; POST removes it (`force`, `noprune`)."""
    form = EngineForm(request.POST)
    if request.method == "POST":
        options = remove_options(request.POST)
        removed = form.submit(
            lambda: removing.image_remove(request.actor, host_slug, ref, options=options),
            is_raised=wants_json(request) or wants_fragment(request),
        )
        if removed is not None:
            title = removed_title(removed)
            if wants_json(request):
                return JsonResponse(removed_json(removed))
            if wants_fragment(request):
                kind: ToastKind = "ok" if removed.was_needed else "warn"
                return toast(HttpResponse(status=204), title, kind=kind, detail=removed_detail(removed))
            messages.success(request, title)
            return redirect("images:list", host_slug)
    preview = removing.image_remove_preview(request.actor, host_slug, ref)
    if wants_json(request):
        return JsonResponse(preview_json(preview))
    context = {
        "host_slug": host_slug,
        "image": image_head(preview.image),
        "preview": preview,
        "users": users_of(preview.users),
        "children": children_of(preview.children),
        "form": form,
        "holders": holder_links(form.refusal, host_slug=host_slug),
        "options": remove_options(request.POST),
    }
    return render(request, "images/remove.html", context, status=form.status)


@require_POST
@signed_in
def image_bulk(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Do `verb` (remove) to every `id`. Always answers with the result of each, also when some did not work.

    With `activity=1` it is begun as an activity, and the answer says where that is.
    """
    if request.POST.get("verb", "") != "remove":
        raise InvalidInput(_("There is no such verb"), "remove", field="verb")
    refs = list(dict.fromkeys(request.POST.getlist("id")))
    if not refs or len(refs) > MOST_AT_ONCE:
        detail = _("From 1 to %(most)d images can be chosen.") % {"most": MOST_AT_ONCE}
        raise InvalidInput(_("Choose images first"), detail, field="id")
    if request.POST.get("activity") == "1":
        return _begun(request, host_slug, refs)
    items = removing.image_remove_all(request.actor, host_slug, refs, options=remove_options(request.POST))
    answer = bulk_json(items, host_slug=host_slug)
    if wants_json(request):
        return JsonResponse(answer)
    if wants_fragment(request):
        return toast(HttpResponse(status=204), answer["title"], kind="warn" if answer["failed"] else "ok")
    return redirect("images:list", host_slug)


def _begun(request: ActorRequest, host_slug: str, refs: list[str]) -> HttpResponse:
    params = params_of(refs, remove_options(request.POST))
    activity = activity_start(request.actor, host_slug, kind=REMOVE_MANY, params=params)
    return goes_on(request, activity)
