"""All that nothing uses, removed at once: `…/images/prune/`."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.activities.prune_view import PruneScreen, prune_answer
from apps.images.forms.pruning import ImagePruneForm
from apps.images.presenters.pruning import preview_json, prune_page
from apps.images.services.pruning import IMAGES

_SCREEN = PruneScreen(prune=IMAGES, form=ImagePruneForm, page=prune_page, as_json=preview_json)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@vary_on_headers("Accept")
def image_prune(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Show what would go (`?which=`, `?until=`, `?label=`); POST begins to remove it. `seal`: of what was looked at."""
    return prune_answer(request, host_slug, _SCREEN)
