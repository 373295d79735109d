"""All that does not run, removed at once: `…/containers/prune/`."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.activities.prune_view import PruneScreen, prune_answer
from apps.containers.presenters.pruning import preview_json, prune_page
from apps.containers.services.pruning import CONTAINERS
from apps.core.prune_form import PruneForm

_SCREEN = PruneScreen(prune=CONTAINERS, form=PruneForm, page=prune_page, as_json=preview_json)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@vary_on_headers("Accept")
def container_prune(request: ActorRequest, host_slug: str) -> HttpResponse:
    """Show what would go (`?until=`, `?label=`); POST begins to remove it. `seal`: of the preview looked at."""
    return prune_answer(request, host_slug, _SCREEN)
