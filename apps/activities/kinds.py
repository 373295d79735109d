"""The kinds of long work there are. Apps describe theirs in `kinds.py` and register it in `AppConfig.ready`."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from apps.access.actions import Action
from apps.core.errors import NotFoundHere

if TYPE_CHECKING:
    from apps.activities.runner import Run

Params = Mapping[str, Any]
"""What an activity is to do: JSON, kept in the database, and never credentials."""
Result = dict[str, Any] | None
"""What came of it: JSON, kept and shown."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of long work, such as the pull of an image."""

    name: str
    """`image.pull`; kept in the database, so it never changes."""
    action: Action
    """The right it takes."""
    title: Callable[[Params], str]
    """Words in the reader's language: “Pull nginx:1.27”."""
    run: Callable[[Run], Awaitable[Result]]
    """Do it. A Refusal or an EngineError that it raises is a failure with words; CancelledError must pass."""
    is_restartable: bool | Callable[[Params], bool] = True
    """False when it needed files that are gone by now."""
    icon: str = "progress"
    result_url: Callable[[str, Params, Result], str] | None = None
    """Where the host slug, the params and the result lead: “open the image”."""
    keeps_file: bool = False
    """Whether it makes a file: see apps.activities.kept_file. Its result has the `file_name`."""
    result_words: Callable[[], str] | None = None
    """What is written on the way there, “Open the result” without."""
    again_url: Callable[[str, uuid.UUID], str] | None = None
    """Where the host slug and the activity lead to change something and begin anew."""

    def may_restart(self, params: Params) -> bool:
        """Whether it can be done again with nothing but its params."""
        return self.is_restartable if isinstance(self.is_restartable, bool) else self.is_restartable(params)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known to this process."""
    _kinds[kind.name] = kind
    return kind


def kind_get(name: str) -> Kind:
    """The kind of this name. Raises NotFoundHere: it was kept by a program that knew more kinds."""
    kind = _kinds.get(name)
    if kind is None:
        raise NotFoundHere(_("This kind of activity is not known here"), name)
    return kind


def kind_find(name: str) -> Kind | None:
    """The kind of this name, or None."""
    return _kinds.get(name)
