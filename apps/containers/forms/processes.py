"""What may be asked of ps, and which process a signal is for."""

import re
from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from apps.containers.forms.verbs import verb_options
from apps.containers.services.own_processes import SignalWish
from apps.core.errors import InvalidInput

LONGEST_PS_ARGS = 200
_SAFE = re.compile(r"[A-Za-z0-9,= -]+", re.ASCII)
_FORGED_COLUMN = re.compile(r"=\s*PID", re.ASCII | re.IGNORECASE)
"""The engine finds the container's rows by the column headed PID: another column of that name would let out others."""

_COLUMN_NAMES = """
    args bsdstart bsdtime c class cmd comm command cp cputime egid egroup etime etimes euid euser fgid flags fname fuid
    gid group lstart lwp maj_flt majflt min_flt minflt ni nice nlwp pcpu pgid pgrp pid pmem policy ppid pri psr rgid
    rgroup rss rtprio ruid ruser s sess sid size start start_time stat state stime sz thcount tid time times tname tty
    uid user vsize vsz wchan
"""
COLUMNS: Final = frozenset(_COLUMN_NAMES.split())
"""Columns that hold nothing of the environment."""
_COLUMNS_ONLY = re.compile(r"(?:-ww? )?(?:-e?f|-e?o ?([a-z_]+(?:,[a-z_]+)*))", re.ASCII)

_DIGITS = re.compile(r"[0-9]{1,20}", re.ASCII)
FIRST_PID = 1


def parse_ps_args(text: str, *, may_see_env: bool) -> str | None:
    """Arguments for ps, None for an empty field. Raises InvalidInput.

    Some forms of ps show the environment beside the command line (`auxe`), in ways that differ from one ps to the next.
    Who may not see it chooses columns, and nothing else.
    """
    text = " ".join(text.split())
    if not text:
        return None
    if len(text) > LONGEST_PS_ARGS or not _SAFE.fullmatch(text) or _FORGED_COLUMN.search(text):
        raise InvalidInput(
            _("These arguments for ps are not usable"),
            _("Letters, digits, hyphens, commas, equals signs and blanks can be used; no column may be renamed PID."),
            hint=_("For example: -eo pid,user,rss,args"),
            field="ps_args",
        )
    if not may_see_env and not _shows_columns_only(text):
        raise InvalidInput(
            _("These arguments for ps are not for your account"),
            _("They might show the environment of a process. You can use -ef, or -eo with the columns you want."),
            hint=_("For example: -eo pid,user,rss,args"),
            field="ps_args",
        )
    return text


def _shows_columns_only(text: str) -> bool:
    found = _COLUMNS_ONLY.fullmatch(text)
    return found is not None and all(name in COLUMNS for name in (found[1] or "args").split(","))


def parse_signal_wish(posted: Mapping[str, str]) -> SignalWish:
    """Read `pid`, `start`, `uid`, `signal`. Raises InvalidInput."""
    signal = verb_options({"signal": posted.get("signal", "")}).signal
    if signal is None:
        raise InvalidInput(_("Choose a signal"), field="signal")
    wish = SignalWish(
        pid=_number(posted, "pid"),
        start_ticks=_number(posted, "start"),
        uid=_number(posted, "uid"),
        signal=signal.removeprefix("SIG"),
    )
    if wish.pid <= FIRST_PID:
        raise InvalidInput(
            _("Process 1 takes no signals from inside"),
            _("The kernel shields the first process of a container from the others in it."),
            hint=_("Use “Send a signal” in the container's own menu: it comes from outside."),
            field="pid",
        )
    return wish


def _number(posted: Mapping[str, str], name: str) -> int:
    text = posted.get(name, "")
    if not _DIGITS.fullmatch(text):
        raise InvalidInput(_("This names no process"), _("“%(name)s” must be a number.") % {"name": name}, field=name)
    return int(text)
