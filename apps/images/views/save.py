"""Images as a tar file to keep."""

from collections.abc import Sequence

from django.http import StreamingHttpResponse
from django.views.decorators.http import require_GET

from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.core.http import as_download
from apps.images.services.saving import images_save


@require_GET
@signed_in
def image_save(request: ActorRequest, host_slug: str, ref: str) -> StreamingHttpResponse:
    """Send one image, under the name that was asked for; by its id, under all of its names."""
    return _sent(request, host_slug, [ref])


@require_GET
@signed_in
def image_save_several(request: ActorRequest, host_slug: str) -> StreamingHttpResponse:
    """Send the images `?names=` (repeated) in one file, layers that they share once."""
    return _sent(request, host_slug, request.GET.getlist("names"))


def _sent(request: ActorRequest, host_slug: str, refs: Sequence[str]) -> StreamingHttpResponse:
    saved = images_save(request.actor, host_slug, refs)
    response = StreamingHttpResponse(saved.pieces, content_type="application/x-tar")
    return as_download(response, f"{saved.name}.tar")
