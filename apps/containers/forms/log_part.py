"""Which part of a log an address asks for; the words are the Engine's own."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from apps.containers.services.log_download import LogPart
from apps.core.errors import InvalidInput

_MOMENT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?", re.ASCII)
_TAIL = re.compile(r"all|[0-9]{1,9}", re.ASCII)
_FALSE = frozenset({"", "0", "no", "false", "none"})


def parse_log_part(fields: Mapping[str, str]) -> LogPart:
    """Read a query; without a word about stdout and stderr both are meant. Raises InvalidInput with its field."""
    is_silent = "stdout" not in fields and "stderr" not in fields
    part = LogPart(
        stdout=_flag(fields, "stdout", default=is_silent),
        stderr=_flag(fields, "stderr", default=is_silent),
        timestamps=_flag(fields, "timestamps", default=False),
        since=_matching(fields, "since", _MOMENT),
        until=_matching(fields, "until", _MOMENT),
        tail=_matching(fields, "tail", _TAIL),
        details=_flag(fields, "details", default=False),
    )
    if not (part.stdout or part.stderr):
        raise _invalid("stdout")
    return part


def _flag(fields: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = fields.get(name)
    return default if value is None else value.strip().lower() not in _FALSE


def _matching(fields: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str | None:
    value = fields.get(name)
    if not value:
        return None
    if not pattern.fullmatch(value):
        raise _invalid(name)
    return value


def _invalid(name: str) -> InvalidInput:
    return InvalidInput(
        _("This part of the log cannot be meant."),
        _("The field %s cannot be read.") % name,
        hint=_("Times are unix seconds, tail is a number or all, and one of stdout and stderr must be on."),
        field=name,
    )
