"""What one can wait for of a container, and what the engine's version lacks for its verbs."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.containers.services.lifecycle import SIGNAL_SINCE
from apps.containers.services.waiting import CONDITION_SINCE
from apps.core.engine_form import needs_words
from apps.engine.version import ApiVersion


@dataclass(frozen=True, slots=True)
class TellChoice:
    """A thing to wait for. `condition` is the engine's word, "" what it does without one; `missing`: why it cannot.

    `promise`, `ended` ("{code}" is the exit code) and `gone` are what is told then; `gone` "": it is a problem.
    """

    condition: str
    words: str
    help: str
    promise: str
    ended: str
    gone: str = ""
    missing: str = ""


def tell_choices(name: str, version: ApiVersion) -> list[TellChoice]:
    """Return what can be waited for."""
    named = {"name": name}
    missing = needs_words(CONDITION_SINCE, version) if version < CONDITION_SINCE else ""
    return [
        TellChoice(
            "" if missing else "not-running",
            _("When it ends"),
            _("At once when it does not run."),
            _("You will be told here when %(name)s ends") % named,
            _("%(name)s ended with exit code {code}") % named,
        ),
        TellChoice(
            "next-exit",
            _("When it ends the next time"),
            _("Also when it does not run yet."),
            _("You will be told here when %(name)s ends the next time") % named,
            _("%(name)s ended with exit code {code}") % named,
            missing=missing,
        ),
        TellChoice(
            "removed",
            _("When it is removed"),
            _("By whomever, or by itself."),
            _("You will be told here when %(name)s is removed") % named,
            _("%(name)s was removed; its exit code was {code}") % named,
            gone=_("%(name)s was removed") % named,
            missing=missing,
        ),
    ]


def verb_missing(version: ApiVersion) -> dict[str, str]:
    """Return what the verbs could be told in newer versions, and why not here."""
    return {"signal": needs_words(SIGNAL_SINCE, version)} if version < SIGNAL_SINCE else {}
