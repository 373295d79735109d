"""What came of a command."""

from __future__ import annotations

import shlex
from typing import Any

from django.utils.translation import gettext as _

from apps.containers.services.running import Ran


def ran_json(ran: Ran) -> dict[str, Any]:
    """For programs and pages alike. Output that is no UTF-8 has U+FFFD in its places."""
    return {
        "command": shlex.join(ran.command),
        "stdout": ran.stdout.content.decode("utf-8", "replace"),
        "stderr": ran.stderr.content.decode("utf-8", "replace"),
        "is_stdout_cut": ran.stdout.is_cut,
        "is_stderr_cut": ran.stderr.is_cut,
        "exit_code": ran.exit_code,
        "was_started": ran.was_started,
        "is_detached": ran.is_detached,
        "is_overdue": ran.is_overdue,
        "took_s": round(ran.took_s, 2),
        "title": _title(ran),
        "tone": _tone(ran),
    }


def _title(ran: Ran) -> str:
    if ran.is_detached:
        return _("It was started and left alone")
    if ran.is_overdue:
        return _("It still ran when the time was up, and goes on in the container; this is its output so far")
    if not ran.was_started:
        return _("It could not be started (exit code %d)") % (ran.exit_code or 0)
    if ran.exit_code is None:
        return _("It ended with its container; there is no exit code")
    return _("It ended with exit code %d") % ran.exit_code


def _tone(ran: Ran) -> str:
    if ran.is_detached or ran.is_overdue:
        return "warn" if ran.is_overdue else "ok"
    return "ok" if ran.exit_code == 0 else "error"
