"""What to wait for, and how long."""

from __future__ import annotations

from typing import get_args

from django import forms

from apps.core.engine_form import EngineForm
from apps.engine.api.containers import WaitCondition

LONGEST_WAIT_S = 60
USUAL_WAIT_S = 30


class WaitForm(EngineForm):
    """`condition`: not-running (as without it), next-exit or removed. `timeout`: seconds."""

    condition = forms.ChoiceField(required=False, choices=[(name, name) for name in get_args(WaitCondition)])
    timeout = forms.IntegerField(required=False, min_value=0, max_value=LONGEST_WAIT_S)

    @property
    def wait_for(self) -> WaitCondition | None:
        """None: the engine's own."""
        return next((name for name in get_args(WaitCondition) if name == self.cleaned_data["condition"]), None)

    @property
    def deadline_s(self) -> int:
        """Seconds."""
        timeout = self.cleaned_data["timeout"]
        return USUAL_WAIT_S if timeout is None else int(timeout)
