"""The terminal's page: a place for xterm.js; all that is typed and shown travels over the attach and exec sockets."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from apps.access.actions import Action
from apps.accounts.decorators import signed_in
from apps.accounts.http import ActorRequest
from apps.containers.services.running import ENV_SINCE, PRIVILEGED_SINCE, WORKDIR_SINCE
from apps.containers.services.spoken import version_spoken
from apps.containers.views.page import container_page
from apps.core.engine_form import needs_words
from apps.engine.version import ApiVersion


@require_GET
@signed_in
def container_terminal(request: ActorRequest, host_slug: str, ref: str) -> HttpResponse:
    """Show the terminal of one container; who may not open one gets the reason instead."""
    context = container_page(request, host_slug, ref, action=Action.CONTAINER_EXEC, tab="terminal")
    below = f"hosts/{host_slug}/containers/{context['container'].id}"
    sockets = {"attach": f"{below}/attach/", "exec": f"{below}/exec/"}
    version = version_spoken(request.actor, host_slug, action=Action.CONTAINER_EXEC)
    page = {"sockets": sockets, "words": _words(), "missing": _missing(version)}
    return render(request, "containers/terminal.html", context | page)


def _missing(version: ApiVersion) -> dict[str, str]:
    """Fields that the spoken version lacks, and why."""
    since = {"env": ENV_SINCE, "workdir": WORKDIR_SINCE, "privileged": PRIVILEGED_SINCE}
    return {name: needs_words(needed, version) for name, needed in since.items() if version < needed}


def _words() -> dict[str, str]:
    """What static/js/pages/terminal.js says."""
    return {
        "idle": _("Not connected."),
        "connecting": _("Connecting…"),
        "connect": _("Connect"),
        "reconnect": _("Reconnect"),
        "shell": _("Connected to %s."),
        "attached": _("Attached to the container's own process."),
        "waiting": _("The container is not running: waiting until somebody starts it."),
        "exited": _("The process ended with exit code %s."),
        "ended": _("The connection was closed."),
        "lost": _("The connection to Dockerweb was lost."),
        "engineGone": _("The engine went away. Reconnect when it is back."),
        "restarting": _("Dockerweb is restarting. Reconnect in a moment."),
        "openLink": _("Open this address?"),
        "openLinkDetail": _("A program in the container wrote it."),
        "openLinkConfirm": _("Open"),
        "copied": _("Copied"),
        "nothingFound": _("Nothing found."),
    }
