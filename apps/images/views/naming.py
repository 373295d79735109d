"""`…/tag/` and `…/untag/`: an image's names."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.core.http import go_to, toast, wants_fragment, wants_json
from apps.images.forms.verbs import TagForm
from apps.images.presenters.outcomes import named_json, tagged_title, untagged_title
from apps.images.selectors import image_by_ref
from apps.images.services import naming
from apps.images.views.page import page_context


@require_http_methods(["GET", "POST"])
@signed_in
@vary_on_headers("Accept", "X-Fragment")
def image_tag(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Give the image the name `reference`; `move`: also if another image bears it."""
    is_json = wants_json(request)
    form = TagForm(request.POST if request.method == "POST" else None, auto_id="tag-%s")
    if request.method == "POST":
        named = form.submit(
            lambda: naming.image_tag(
                request.actor,
                host_slug,
                ref,
                reference=form.cleaned_data["reference"],
                moves=form.cleaned_data["move"],
            ),
            is_raised=is_json,
        )
        if named is not None:
            title = tagged_title(named)
            if is_json:
                return JsonResponse(named_json(named, title))
            messages.success(request, title)
            return go_to(request, reverse("images:detail", args=[host_slug, named.image_id]))
    image = image_by_ref(request.actor, host_slug, ref, action=Action.IMAGE_TAG)
    context = page_context(request.actor, host_slug, image, tab="tag") | {"tag_form": form}
    is_fragment = wants_fragment(request)
    context["in_dialog"] = is_fragment
    template = "images/_tag_form.html" if is_fragment else "images/tag.html"
    return render(request, template, context, status=200 if is_fragment else form.status)


@require_POST
@signed_in
def image_untag(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Take the name `reference` away; the image stays under its others."""
    named = naming.image_untag(request.actor, host_slug, ref, reference=request.POST.get("reference", ""))
    title = untagged_title(named)
    if wants_json(request):
        return JsonResponse(named_json(named, title))
    if wants_fragment(request):
        return toast(HttpResponse(status=204), title, kind="ok" if named.was_needed else "warn")
    messages.success(request, title)
    return redirect("images:detail", host_slug, named.image_id)
