"""A form that asks the engine for something: what the engine refuses is told where it was typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

from django import forms
from django.utils.translation import gettext as _

from apps.core.errors import InvalidInput, RefusedAtForm
from apps.core.problems import Problem, problem_of
from apps.engine.errors import BadRequest, Conflict, ServerFault, VersionTooOld
from apps.engine.version import ApiVersion

T = TypeVar("T")

_TOLD_HERE = (InvalidInput, RefusedAtForm, BadRequest, Conflict, ServerFault, VersionTooOld)


class EngineForm(forms.Form):
    """`engine_words` tells by the engine's own words which field they are about (regular expression, field); the first
    that fits counts. `status` is that of the page which shows the form again.
    """

    engine_words: ClassVar[Sequence[tuple[str, str]]] = ()
    told_here: ClassVar[tuple[type[Exception], ...]] = _TOLD_HERE
    """What of `act` is told in the form; all else goes through."""
    status = 200
    refusal: Exception | None = None
    """What was refused by `submit`, for a page that has more to say about it than words."""

    def submit(self, act: Callable[[], T], *, is_raised: bool) -> T | None:
        """Check the fields, then act. None: something was refused, and the form says what.

        `is_raised`: for callers who read no form; InvalidInput and what `act` raises go through.
        """
        if not self.is_valid():
            if is_raised:
                raise self._invalid()
            self.status = 400
            return None
        if is_raised:
            return act()
        try:
            return act()
        except self.told_here as refusal:
            self._tell(refusal, problem_of(refusal))
            return None

    def _tell(self, refusal: Exception, problem: Problem) -> None:
        self.refusal = refusal
        self.status = problem.status
        field = getattr(refusal, "field", None) or self._field_of(problem.detail)
        words = " ".join(part for part in (problem.detail or problem.title, problem.hint) if part)
        self.add_error(field if field in self.fields else None, words)

    def _field_of(self, words: str) -> str | None:
        return next((field for pattern, field in self.engine_words if re.search(pattern, words, re.IGNORECASE)), None)

    def _invalid(self) -> InvalidInput:
        field, errors = next(iter(self.errors.items()))
        label = self.fields[field].label if field in self.fields else ""
        return InvalidInput(str(label or field), " ".join(str(error) for error in errors), field=field)


def needs_words(since: ApiVersion, spoken: ApiVersion) -> str:
    """Why a field cannot be filled."""
    return _("Came with API %(since)s; this engine is spoken to in API %(spoken)s.") % {
        "since": since,
        "spoken": spoken,
    }
