"""What changed from one revision of a container to the next, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from apps.containers.creation.field import Field, Kind
from apps.containers.creation.fields import FIELDS
from apps.containers.models import Revision
from apps.containers.services.definitions import Definition

_LONGEST = 90
_SHORT_ID_DIGITS = 12
_NAMED = frozenset({Kind.ENV, Kind.PAIRS})
"""Kinds whose lines are NAME=value."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs, and how: `Image`, `nginx:1.26 → nginx:1.27`."""

    field: str
    words: str


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A revision as a list shows it. `changes` None: it cannot be read, or there is none before it to compare with.

    `since_now`: what restoring it would change.
    """

    number: int
    what: str
    made_at: datetime
    made_by: str
    image: str
    image_id: str
    container_id: str
    is_current: bool
    is_readable: bool
    changes: list[Change] | None
    since_now: list[Change]


def revision_rows(
    revisions: Sequence[tuple[Revision, Definition | None]], *, container_id: str, now: Definition, image_id: str
) -> list[RevisionRow]:
    """Dress revisions, newest first; `now` is what the container is made of, from the image `image_id`."""
    rows = []
    for at, (revision, definition) in enumerate(revisions):
        changes: list[Change] | None = None
        if definition is not None and at + 1 < len(revisions):
            earlier, before = revisions[at + 1]
            if before is not None:
                changes = changes_between(before, definition) or _image_change(earlier.image_id, revision)
        since_now = [] if definition is None else changes_between(now, definition)
        if definition is not None and not since_now:
            since_now = _image_change(image_id, revision)
        rows.append(
            RevisionRow(
                number=revision.number,
                what=_what(revision),
                made_at=revision.made_at,
                made_by=revision.made_by_name,
                image=revision.image,
                image_id=_short(revision.image_id),
                container_id=revision.container_id,
                is_current=at == 0 and revision.container_id == container_id and not since_now,
                is_readable=definition is not None,
                changes=changes,
                since_now=since_now,
            )
        )
    return rows


def changes_between(before: Definition, after: Definition) -> list[Change]:
    """Return the fields that differ, in the order of the form. Values of the environment are not told."""
    changes = []
    for each in FIELDS.values():
        old, new = before.values.get(each.name, "").strip(), after.values.get(each.name, "").strip()
        if old != new:
            words = _difference(each, old, new)
            changes.append(Change(str(each.label), words))
    if before.carried != after.carried:
        changes.append(Change(_("Settings without a field"), _("changed")))
    return changes


def _what(revision: Revision) -> str:
    if revision.what == Revision.What.RESTORED:
        return _("Restored from %(number)s") % {"number": revision.restored_number}
    return revision.get_what_display()


def _image_change(old_id: str, revision: Revision) -> list[Change]:
    if not old_id or old_id == revision.image_id:
        return []
    words = _("%(name)s is another one: %(old)s → %(new)s") % {
        "name": revision.image,
        "old": _short(old_id),
        "new": _short(revision.image_id),
    }
    return [Change(_("Image"), words)]


def _difference(each: Field, old: str, new: str) -> str:
    if each.kind in (Kind.TICK, Kind.HEALTH_OFF, Kind.UNMASK):
        return _("switched on") if new else _("switched off")
    if each.kind in _NAMED:
        return _names(_pairs(old), _pairs(new), is_secret=each.kind is Kind.ENV)
    if each.kind.is_list:
        return _lines(old.split("\n"), new.split("\n"))
    nothing = _("not set")
    return f"{_cut(old) or nothing} → {_cut(new) or nothing}"


def _names(old: Mapping[str, str], new: Mapping[str, str], *, is_secret: bool) -> str:
    parts = [_("%(what)s added") % {"what": _cut(name)} for name in new if name not in old]
    parts += [_("%(what)s removed") % {"what": _cut(name)} for name in old if name not in new]
    for name, value in new.items():
        if name in old and old[name] != value:
            if is_secret:
                parts.append(_("%(what)s changed") % {"what": _cut(name)})
            else:
                parts.append(f"{_cut(name)}: {_cut(old[name])} → {_cut(value)}")
    return "; ".join(parts) or _("another order")


def _lines(old: Sequence[str], new: Sequence[str]) -> str:
    was, now = {line.strip() for line in old} - {""}, {line.strip() for line in new} - {""}
    added, removed = now - was, was - now
    parts = [_("%(what)s added") % {"what": _cut(line)} for line in dict.fromkeys(new) if line.strip() in added]
    parts += [_("%(what)s removed") % {"what": _cut(line)} for line in dict.fromkeys(old) if line.strip() in removed]
    return "; ".join(parts) or _("another order")


def _pairs(text: str) -> dict[str, str]:
    found = {}
    for line in text.split("\n"):
        name, _equals, value = line.partition("=")
        if name.strip():
            found[name.strip().lstrip('"')] = value
    return found


def _short(image_id: str) -> str:
    return image_id.removeprefix("sha256:")[:_SHORT_ID_DIGITS]


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
