"""A command to be run once."""

from __future__ import annotations

import shlex
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.containers.services.running import ENV_SINCE, PRIVILEGED_SINCE, WORKDIR_SINCE, RunWish
from apps.core.engine_form import EngineForm, needs_words
from apps.engine.version import ApiVersion

LONGEST_RUN_S = 120
USUAL_RUN_S = 30
MOST_ENV = 200
_PLAIN = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "class": "mono"}


def _text(label: Any, *, help_text: Any = "", most: int = 300) -> forms.CharField:
    widget = forms.TextInput(attrs=_PLAIN)
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=most, widget=widget)


class RunForm(EngineForm):
    """What `…/exec/` takes. Programs may send `cmd` instead of `command`, once for each argument."""

    engine_words = (
        (r"user|group", "user"),
        (r"chdir|cwd|working dir", "workdir"),
        (r"env", "env"),
        (r"executable|no such file|exec", "command"),
    )

    command = _text(
        gettext_lazy("Command"),
        help_text=gettext_lazy("Quotes keep words together. For pipes and the like: sh -c '…'."),
        most=20_000,
    )
    user = _text(gettext_lazy("User"), help_text=gettext_lazy("Name or number, with “:group” if need be."))
    workdir = _text(gettext_lazy("Working directory"), most=4000)
    deadline = forms.IntegerField(
        label=gettext_lazy("Seconds to wait"),
        required=False,
        min_value=1,
        max_value=LONGEST_RUN_S,
        help_text=gettext_lazy("After them it goes on without being watched. 30 without a number."),
    )
    env = forms.CharField(
        label=gettext_lazy("Environment"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3, **_PLAIN}),
        help_text=gettext_lazy("KEY=value, one a line."),
    )
    privileged = forms.BooleanField(
        label=gettext_lazy("With all privileges"),
        required=False,
        help_text=gettext_lazy("It may do to the host whatever root may."),
    )
    tty = forms.BooleanField(
        label=gettext_lazy("With a terminal"),
        required=False,
        help_text=gettext_lazy("For programs that ask for one. stdout and stderr are one stream then."),
    )
    detach = forms.BooleanField(
        label=gettext_lazy("Start it and do not wait"), required=False, help_text=gettext_lazy("Its output is dropped.")
    )

    def __init__(self, given: QueryDict | None, *, version: ApiVersion) -> None:
        super().__init__(given)
        for name, since in (("env", ENV_SINCE), ("workdir", WORKDIR_SINCE), ("privileged", PRIVILEGED_SINCE)):
            if version < since:
                self.fields[name].disabled = True
                self.fields[name].help_text = needs_words(since, version)

    def clean_command(self) -> tuple[str, ...]:
        listed = self.data.getlist("cmd") if isinstance(self.data, QueryDict) else []
        try:
            words = tuple(listed) or tuple(shlex.split(self.cleaned_data["command"]))
        except ValueError as exc:
            raise ValidationError(_("A quotation mark is missing.")) from exc
        if not words or not words[0]:
            raise ValidationError(_("Write the command."))
        return words

    def clean_workdir(self) -> str:
        workdir = str(self.cleaned_data["workdir"] or "").strip()
        if workdir and not workdir.startswith("/"):
            raise ValidationError(_("Write it from the root on: /srv/app."))
        return workdir

    def clean_env(self) -> tuple[str, ...]:
        lines = tuple(line for line in str(self.cleaned_data["env"] or "").splitlines() if line.strip())
        if len(lines) > MOST_ENV or any(not line.partition("=")[0].strip() or "=" not in line for line in lines):
            raise ValidationError(_("Write KEY=value, one a line."))
        return tuple(line.lstrip() for line in lines)

    def wish(self) -> RunWish:
        """What the service takes; only after validation."""
        read = self.cleaned_data
        return RunWish(
            command=read["command"],
            user=read["user"].strip(),
            workdir=read["workdir"],
            env=read["env"],
            is_privileged=read["privileged"],
            is_tty=read["tty"],
            is_detached=read["detach"],
            deadline_s=read["deadline"] or USUAL_RUN_S,
        )
