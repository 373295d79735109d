"""What a verb may carry: a time, a signal, two ticks."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from apps.containers.services.options import VerbOptions
from apps.core.errors import InvalidInput

LONGEST_STOP_S = 3600
MOST_AT_ONCE = 1000
SIGNALS = ("SIGTERM", "SIGKILL", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
"""What the dialog offers; any other name or number is accepted too."""
_SIGNAL = re.compile(r"(SIG)?[A-Z]+[0-9]?([+-][0-9]{1,2})?|[0-9]{1,2}", re.ASCII)
_YES = {"1", "true", "on", "yes"}


def verb_options(posted: Mapping[str, str]) -> VerbOptions:
    """Read the fields `timeout`, `signal`, `volumes`, `force`. Raises InvalidInput for what cannot be meant."""
    return VerbOptions(
        timeout_s=_timeout(posted.get("timeout", "")),
        signal=_signal(posted.get("signal", "")),
        is_with_volumes=posted.get("volumes", "").lower() in _YES,
        is_forced=posted.get("force", "").lower() in _YES,
    )


def _timeout(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text) > LONGEST_STOP_S:
        raise InvalidInput(
            _("The time to wait is not usable"),
            _("It is a number of seconds from 0 to %(most)d, or nothing.") % {"most": LONGEST_STOP_S},
            field="timeout",
        )
    return int(text)


def _signal(text: str) -> str | None:
    text = text.strip().upper()
    if not text:
        return None
    if not _SIGNAL.fullmatch(text) or text == "0":
        raise InvalidInput(
            _("This is no signal"), _("Write a name such as SIGTERM or HUP, or a number."), field="signal"
        )
    return text
