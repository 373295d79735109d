"""The create page: groups of fields, and what to say above them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BoundField, Form
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.containers.creation.field import Group, Kind
from apps.containers.creation.fields import EXPERT, FIELDS
from apps.containers.creation.texts import Fault
from apps.containers.services.compose import compose_service
from apps.containers.services.creation import (
    Created,
    ImageMissing,
    NameTaken,
    NotAnswered,
    NotTaken,
    Outcome,
)
from apps.containers.services.field_words import field_of, field_of_start
from apps.containers.services.run_line import run_line
from apps.containers.services.usual import Usual
from apps.core.problems import problem_of


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with a field, or with one of its lines: `line` is its number, "" for the field as a whole."""

    words: str
    line: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field on the page. `why_not`: which version brings it, "" when the engine has it."""

    name: str
    bound: BoundField
    why_not: str
    is_tick: bool
    is_wide: bool
    errors: list[FieldError]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A fold. It stands open when something in it is filled or wrong."""

    name: str
    label: str
    rows: list[FieldRow]
    is_open: bool
    filled: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A note above the form, perhaps with a link."""

    kind: str
    title: str
    detail: str = ""
    url: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of the attempt: notes, a word at a field, the HTTP status, the image that could be pulled, and
    the container that was made but did not start.
    """

    status: int
    notices: list[Notice] = field(default_factory=list)
    at_field: tuple[str, str] | None = None
    missing_image: str = ""
    unstarted_id: str = ""


def group_rows(form: Form, why_unavailable: Any) -> list[GroupRow]:
    """Return the folded groups for experts."""
    return [_group(form, group, why_unavailable) for group in EXPERT]


def basic_rows(form: Form, why_unavailable: Any) -> dict[str, FieldRow]:
    """Return every field by name, for those that have a place of their own."""
    return {name: _row(form, name, why_unavailable) for name in FIELDS}


def _group(form: Form, group: Group, why_unavailable: Any) -> GroupRow:
    rows = [_row(form, each.name, why_unavailable) for each in group.fields]
    filled = sum(1 for row in rows if row.bound.value())
    is_open = any(row.errors for row in rows)
    return GroupRow(group.name, str(group.label), rows, is_open, filled)


def _row(form: Form, name: str, why_unavailable: Any) -> FieldRow:
    each = FIELDS[name]
    is_tick = each.kind in (Kind.TICK, Kind.HEALTH_OFF, Kind.UNMASK)
    is_wide = each.name in ("mounts", "labels", "health_cmd", "gpus", "further_networks")
    bound = form[name]
    errors = [_error(each) for each in bound.errors.as_data()]
    return FieldRow(name, bound, why_unavailable(name), is_tick, is_wide, errors)


def _error(error: ValidationError) -> FieldError:
    code = error.code or ""
    return FieldError(" ".join(error.messages), code if code.isdigit() else "")


def said_of(outcome: Outcome, host_slug: str, *, name: str, filled: Collection[str] = ()) -> Said:
    """Put what came of the attempt into words, at the right place. `filled`: the fields that have a text."""
    match outcome:
        case Created():
            url = reverse("containers:detail", args=[host_slug, outcome.container_id])
            title = _("%(name)s was created, but it could not be started.") % {
                "name": name or outcome.container_id[:12]
            }
            at = field_of_start(outcome.start_failure, filled=filled)
            return Said(
                502,
                [Notice("error", title, outcome.start_failure, url, _("Open the container"))],
                (at, outcome.start_failure) if at else None,
                unstarted_id=outcome.container_id,
            )
        case ImageMissing():
            title = _("%(image)s is not on this host.") % {"image": outcome.image}
            notice = Notice("warn", title, outcome.message)
            return Said(404, [notice], ("image", outcome.message), outcome.image)
        case NameTaken():
            notices = []
            if outcome.holder_id:
                url = reverse("containers:detail", args=[host_slug, outcome.holder_id])
                title = _("Another container has this name.")
                notices = [Notice("error", title, "", url, _("Open %(name)s") % {"name": name})]
            return Said(409, notices, ("name", outcome.message))
        case NotAnswered():
            problem = problem_of(outcome.failure)
            return Said(problem.status, [Notice("error", problem.title, f"{problem.detail} {problem.hint}".strip())])
        case NotTaken():
            notice = Notice("error", _("The engine does not accept this."), outcome.message)
            at = outcome.field or field_of(outcome.message, filled=filled)
            return Said(400, [notice], (at, outcome.message) if at else None)


def page_json(form: Form, said: Said, *, values: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows, for a script: the fields that hold something, or the problem and where it is."""
    if said.status < 400:
        filled = {name: text for name, text in values.items() if text}
        return {"values": filled, "notices": [f"{each.title} {each.detail}".strip() for each in said.notices]}
    notice = said.notices[0] if said.notices else Notice("error", _("Nothing was created yet."))
    return {
        "title": notice.title,
        "detail": notice.detail,
        "hint": _("Look at “errors”: it says what is wrong with each field.") if form.errors else "",
        "status": said.status,
        "errors": form.errors,
        "missing_image": said.missing_image,
        "unstarted_id": said.unstarted_id,
    }


def preview(values: Mapping[str, str], *, is_started: bool, usual: Usual) -> dict[str, Any]:
    """Return the form as a docker run line and as a compose file, "" for what cannot be written yet.

    `left_out` are options that neither says, since engines usually do so.
    """
    said = {name: text for name, text in values.items() if name not in usual.confirmed | usual.usually}
    left_out = [f"{FIELDS[name].flag} {values[name].strip()}" for name in FIELDS if name in usual.usually]
    try:
        line = run_line(said, is_started=is_started)
        run, unsaid = line.text, line.unsaid
        compose = compose_service(said)
    except Fault as fault:
        return {"run": "", "compose": "", "unsaid": [], "left_out": [], "problem": str(fault)}
    return {"run": run, "compose": compose, "unsaid": unsaid, "left_out": left_out, "problem": ""}
