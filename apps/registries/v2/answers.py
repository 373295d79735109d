"""From a registry's answer to a failure with words, or to its JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.registries.errors import RegistryFailure, Why
from apps.registries.v2.json_text import json_in
from apps.registries.v2.transport import Answer

_LONGEST_WORDS = 300
_LONGEST_WAIT_S = 7 * 86_400


def failure_of(answer: Answer, *, host: str, is_known: bool) -> RegistryFailure | None:
    """The failure that an answer stands for, None for success. `is_known`: credentials had been shown."""
    status = answer.status
    if 200 <= status < 300:
        return None
    words = _words_of(answer)
    if status == 401:
        return _wrong_credentials(words) if is_known else _wants_credentials(words)
    if status == 403:
        return RegistryFailure(
            Why.FORBIDDEN,
            _("The registry does not allow this."),
            words,
            hint=_("Ask those who run it for this right."),
        )
    if status == 404:
        return RegistryFailure(Why.UNKNOWN, _("The registry does not know this."), words)
    if status == 429:
        return RegistryFailure(Why.TOO_MANY, _("The registry was asked too often."), words, hint=_wait_of(answer))
    if status == 503:
        return RegistryFailure(Why.BUSY, _("The registry cannot answer now."), words, hint=_wait_of(answer))
    if 300 <= status < 400:
        return RegistryFailure(
            Why.STRANGE,
            _("The registry leads to another address."),
            _("It is not followed there, so that credentials go nowhere else."),
            hint=_("Enter the address at which the registry itself answers."),
        )
    return strange(host, words or _("status %(status)d") % {"status": status})


def json_of(answer: Answer, *, host: str) -> dict[str, Any]:
    """The JSON object in an answer. Raises RegistryFailure when there is none."""
    read = json_in(answer.body)
    if not isinstance(read, dict):
        raise strange(host, _("JSON was expected"))
    return read


def codes_of(answer: Answer) -> set[str]:
    """The codes of the errors that an answer holds: UNAUTHORIZED, NAME_UNKNOWN, UNSUPPORTED …"""
    return {str(error.get("code") or "") for error in _errors_of(answer)}


def is_about_credentials(answer: Answer, *, is_known: bool) -> bool:
    """Whether a refused list may be had with (other) credentials. `is_known`: some had been shown."""
    if answer.status != 401:
        return False
    is_beyond_them = "DENIED" in codes_of(answer) or "insufficient_scope" in answer.header("www-authenticate")
    return not (is_known and is_beyond_them)


def strange(host: str, what: str) -> RegistryFailure:
    return RegistryFailure(
        Why.STRANGE,
        _("This is not how a registry answers."),
        f"{host}: {what}.".replace("..", "."),
        hint=_("Check the address: it should be that of a registry with the HTTP API version 2."),
    )


def no_catalogue() -> RegistryFailure:
    return RegistryFailure(
        Why.NOT_OFFERED,
        _("This registry does not list its repositories."),
        _("Docker Hub and some other registries keep the list to themselves."),
        hint=_("Open a repository by its name."),
    )


def no_deletion(host: str) -> RegistryFailure:
    return RegistryFailure(
        Why.NOT_OFFERED,
        _("This registry does not allow deletion."),
        _("%(host)s is set up without it.") % {"host": host},
        hint=_("In the settings of Docker's own registry it is “storage: delete: enabled: true”."),
    )


def _wants_credentials(words: str) -> RegistryFailure:
    return RegistryFailure(
        Why.WANTS_CREDENTIALS,
        _("The registry wants credentials."),
        words,
        hint=_("Enter a user and a password, or an identity token."),
    )


def _wrong_credentials(words: str) -> RegistryFailure:
    return RegistryFailure(
        Why.WRONG_CREDENTIALS,
        _("The registry does not accept these credentials."),
        words,
        hint=_("Check the user, and enter the password or token once more."),
    )


def _errors_of(answer: Answer) -> list[dict[str, Any]]:
    read = json_in(answer.body)
    errors = read.get("errors") if isinstance(read, dict) else None
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _words_of(answer: Answer) -> str:
    messages = [str(error.get("message") or error.get("code") or "") for error in _errors_of(answer)]
    words = "; ".join(dict.fromkeys(message for message in messages if message))
    if not words:
        return ""
    words = words if len(words) <= _LONGEST_WORDS else words[: _LONGEST_WORDS - 1] + "…"
    return _("The registry says: %(words)s") % {"words": words}


def _wait_of(answer: Answer) -> str:
    """What Retry-After says, as a sentence."""
    told = answer.header("retry-after").strip()
    wait_s: float | None = None
    if told.isascii() and told.isdigit():
        wait_s = float(told[:9])
    elif told:
        try:
            moment = parsedate_to_datetime(told)
        except (ValueError, OverflowError):
            return _("Try again in a few minutes.")
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        wait_s = (moment - datetime.now(UTC)).total_seconds()
    if wait_s is None or not 0 < wait_s <= _LONGEST_WAIT_S:
        return _("Try again in a few minutes.")
    if wait_s < 120:
        return ngettext("Try again in %d second.", "Try again in %d seconds.", int(wait_s)) % int(wait_s)
    minutes = round(wait_s / 60)
    return ngettext("Try again in %d minute.", "Try again in %d minutes.", minutes) % minutes
