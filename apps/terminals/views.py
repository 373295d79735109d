"""Questions of the terminal's page that need no socket."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from apps.accounts.actor import Actor
from apps.accounts.decorators import signed_in
from apps.terminals import selectors


@require_GET
@signed_in
def shell_list(request: HttpRequest, host_slug: str, ref: str) -> JsonResponse:
    """Answer `{"shells": [path, …]}`, the best first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return JsonResponse({"shells": selectors.shell_list(actor, host_slug, ref)})
