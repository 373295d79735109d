"""The log's page, and the log as a file. The lines on the page come over the logs socket."""

import time
from datetime import UTC, datetime

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.forms.log_part import parse_log_part
from apps.containers.services.log_download import log_download
from apps.containers.services.spoken import version_spoken
from apps.containers.views.page import container_page
from apps.core.engine_form import needs_words
from apps.core.http import as_download
from apps.engine.version import ApiVersion

DETAILS_SINCE = ApiVersion(1, 23)


@require_GET
@signed_in
def container_logs(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Show the log of one container."""
    context = container_page(request, host_slug, ref, action=Action.CONTAINER_LOGS, tab="logs")
    version = version_spoken(request.actor, host_slug, action=Action.CONTAINER_LOGS)
    missing = needs_words(DETAILS_SINCE, version) if version < DETAILS_SINCE else ""
    page = {"words": _words(), "now_ms": int(time.time() * 1000), "details_missing": missing}
    return render(request, "containers/logs.html", context | page)


@require_GET
@signed_in
def container_log_download(request: ActorRequest, host_slug: str, ref: str) -> StreamingHttpResponse:
    """Send the log as a text file: both streams in the order they were stored, or the part that the query names."""
    part = parse_log_part(request.GET)
    download = log_download(request.actor, host_slug, ref, part=part)
    response = StreamingHttpResponse(download.pieces, content_type="text/plain; charset=utf-8")
    filename = f"{download.name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.log"
    return as_download(response, filename)


def _words() -> dict[str, str]:
    """What static/js/pages/logs.js says."""
    return {
        "stderr": _("stderr"),
        "engine": _("engine"),
        "truncated": _("line cut after 1 MiB; the download has all of it"),
        "more": _("show {n} more characters"),
        "loading": _("reading this part again…"),
        "lost": _("the engine no longer keeps this part"),
        "lines": _("{n} lines"),
        "line": _("1 line"),
        "rate": _("{n} lines/s"),
        "behind": _("{n} s behind"),
        "following": _("following"),
        "paused": _("paused"),
        "newLines": _("{n} new lines"),
        "newLine": _("1 new line"),
        "toEnd": _("To the newest line"),
        "connecting": _("connecting…"),
        "live": _("live"),
        "lostState": _("connection lost, trying again…"),
        "engineLost": _("the engine went away, trying again…"),
        "complete": _("complete"),
        "stopped": _("container stopped"),
        "stoppedCode": _("container stopped with exit code {code}"),
        "created": _("the container has not been started yet"),
        "removed": _("container removed"),
        "earlierLoading": _("reading what was before… {n} lines"),
        "earlierMore": _("Load earlier lines"),
        "earlierFailed": _("Earlier lines could not be read. Try again"),
        "gapEngine": _("engine went away {at}"),
        "gapSocket": _("connection lost {at}"),
        "gapContainer": _("container stopped {at}"),
        "resumed": _("resumed after {took}"),
        "startedAgain": _("started again after {took}"),
        "nothingMissed": _("nothing missed"),
        "maybeMissed": _("lines in between may be missing: the engine no longer keeps them"),
        "noMatch": _("no match"),
        "matches": _("{n} of {m}"),
        "unsearched": _("{n} lines are not in memory and were not searched"),
        "empty": _("No lines yet"),
        "emptyHint": _("What the container writes to stdout and stderr appears here."),
        "emptyPart": _("Nothing was written in this time"),
        "emptyPartHint": _("Choose “all”, or another time."),
        "driver": _("This log cannot be read here"),
        "driverHint": _(
            "The container's log driver keeps nothing that the engine can read back. Its lines go where the driver"
            " sends them; a container created with the driver json-file or local can be read here."
        ),
        "retry": _("Try again"),
        "copiedLines": _("{n} lines copied"),
        "copyCut": _("Only the newest {n} lines were copied; the download has all of them"),
        "copyFailed": _("The browser did not allow copying"),
        "badRange": _("The beginning must be before the end."),
    }
