"""The keys that the list of containers is filtered by; `apps.core.query.language` says how a line is written.

A word without a key is looked for in name, image, project and id. Terms must all hold; several terms with the same key
and without a minus are alternatives (`status:paused status:exited`), except labels, which must all be there.
"""

import re

from django.utils.translation import gettext as _

from apps.core.query import language
from apps.core.query.language import WORD, BrokenTerm, Query, Term

__all__ = ["ENGINE_KEYS", "HEALTHS", "KEYS", "OWN_KEYS", "STATES", "WORD", "BrokenTerm", "Query", "Term", "parse"]

OWN_KEYS = ("name", "status", "health", "label", "image", "network", "volume", "project", "id")
ENGINE_KEYS = ("exited", "ancestor", "before", "since", "limit", "publish", "expose", "is-task")
"""What only the engine can tell: these terms are resolved by a call with its filters of the same names.

`limit:20` are the 20 that were created last, whatever else is asked for.
"""
KEYS = (*OWN_KEYS, *ENGINE_KEYS)
STATES = ("running", "restarting", "paused", "created", "exited", "dead", "removing")
HEALTHS = ("healthy", "unhealthy", "starting", "none")
_EXIT_CODE = re.compile(r"\d{1,10}", re.ASCII)
_COUNT = re.compile(r"[1-9]\d{0,5}", re.ASCII)
_PORT = re.compile(r"\d{1,5}(-\d{1,5})?(/(tcp|udp|sctp))?", re.ASCII)


def parse(line: str) -> Query:
    """Read a filter line. Never raises: what cannot be meant ends in `broken`."""
    return language.parse(line, keys=KEYS, folded=("status", "health", "is-task"), fault=_fault)


def _fault(key: str, value: str) -> str:
    if key == "status" and value.lower() not in STATES:
        return _("There is no status “%(value)s”. There are: %(known)s.") % {"value": value, "known": ", ".join(STATES)}
    if key == "health" and value.lower() not in HEALTHS:
        return _("There is no health “%(value)s”. There are: %(known)s.") % {
            "value": value,
            "known": ", ".join(HEALTHS),
        }
    if key == "exited" and not _EXIT_CODE.fullmatch(value):
        return _("“exited:” needs an exit code, such as 0 or 137.")
    if key == "limit" and not _COUNT.fullmatch(value):
        return _("“limit:” needs a number: limit:20 are the 20 containers that were created last.")
    if key in ("publish", "expose") and not _PORT.fullmatch(value):
        return _("“%(key)s:” needs a port, such as 80, 53/udp or 8000-8010.") % {"key": key}
    if key == "is-task" and value.lower() not in ("true", "false"):
        return _("“is-task:” is true or false.")
    return ""
