"""Limits and the restart policy, prefilled from inspect. Only what was changed is sent.

An engine reads 0 and "" as "leave it": most limits can be changed in place and not taken away. That is said at the
field instead of being swallowed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.containers.forms.byte_size import ByteSizeField
from apps.containers.services.updating import FIELDS_SINCE, Updatable
from apps.core.engine_form import EngineForm, needs_words
from apps.engine.types.container_inspect import HostConfig

_CPUSET = re.compile(r"\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*", re.ASCII)
_NANO = 1_000_000_000
_POLICIES = (
    ("no", gettext_lazy("never")),
    ("on-failure", gettext_lazy("when it fails")),
    ("unless-stopped", gettext_lazy("always, unless it was stopped")),
    ("always", gettext_lazy("always")),
)

MEMBERS = {
    "memory": "Memory",
    "memory_reservation": "MemoryReservation",
    "memory_swap": "MemorySwap",
    "cpus": "NanoCpus",
    "cpu_shares": "CpuShares",
    "cpu_period": "CpuPeriod",
    "cpu_quota": "CpuQuota",
    "cpuset_cpus": "CpusetCpus",
    "cpuset_mems": "CpusetMems",
    "pids_limit": "PidsLimit",
    "blkio_weight": "BlkioWeight",
}
"""Fields by their names in the reference; restart and retries make RestartPolicy."""
_REMOVABLE = {"cpu_quota": -1, "pids_limit": -1, "memory_swap": -1}
"""What may be taken away in place, and the value that does it."""


def _number(label: Any, *, help_text: Any = "", least: int = 0, most: int = 2**63 - 1) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, required=False, min_value=least, max_value=most)


class UpdateForm(EngineForm):
    """What `…/update/` takes. Empty: no limit."""

    engine_words = (
        (r"memoryswap|swap limit|memory\+swap", "memory_swap"),
        (r"reservation", "memory_reservation"),
        (r"memory", "memory"),
        (r"nano ?cpus|range of cpus", "cpus"),
        (r"cpu[- ]?(cfs )?period", "cpu_period"),
        (r"cpu[- ]?(cfs )?quota", "cpu_quota"),
        (r"cpu[- ]?shares", "cpu_shares"),
        (r"cpuset|requested cpus", "cpuset_cpus"),
        (r"pids", "pids_limit"),
        (r"blkio|block ?i/?o", "blkio_weight"),
        (r"retry|maximum", "retries"),
        (r"restart|autoremove", "restart"),
    )

    memory = ByteSizeField(label=gettext_lazy("Memory"), help_text=gettext_lazy("Such as 512m or 2g; 6m at least."))
    memory_reservation = ByteSizeField(
        label=gettext_lazy("Memory reserved"),
        help_text=gettext_lazy("What it is held to when the host runs short; below the limit."),
    )
    memory_swap = ByteSizeField(
        label=gettext_lazy("Memory and swap together"),
        help_text=gettext_lazy("At least the memory; “unlimited” for any swap."),
        may_be_unlimited=True,
    )
    cpus = forms.CharField(
        label=gettext_lazy("CPUs"), required=False, max_length=20, help_text=gettext_lazy("Such as 1.5.")
    )
    cpu_shares = _number(
        gettext_lazy("CPU shares"),
        help_text=gettext_lazy("Its weight when CPUs are short; 1024 is usual."),
        least=2,
        most=262_144,
    )
    cpu_period = _number(
        gettext_lazy("CPU period"), help_text=gettext_lazy("Microseconds; 100000 is usual."), least=1000, most=1_000_000
    )
    cpu_quota = _number(
        gettext_lazy("CPU quota"), help_text=gettext_lazy("Microseconds of CPU in each period."), least=1000
    )
    cpuset_cpus = forms.CharField(
        label=gettext_lazy("Only on CPUs"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Such as 0-3 or 0,2."),
    )
    cpuset_mems = forms.CharField(
        label=gettext_lazy("Only on memory nodes"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Of a NUMA machine, such as 0-1."),
    )
    pids_limit = _number(gettext_lazy("Processes at most"), least=1, most=4_194_304)
    blkio_weight = _number(
        gettext_lazy("Block I/O weight"),
        help_text=gettext_lazy("Its share when disks are busy, 10 to 1000. Not every kernel has it: the engine warns."),
        least=10,
        most=1000,
    )
    restart = forms.ChoiceField(label=gettext_lazy("Restart"), required=False, choices=_POLICIES)
    retries = _number(
        gettext_lazy("Attempts at most"), help_text=gettext_lazy("When it fails; 0 for any number."), most=1_000_000
    )

    def __init__(self, given: Mapping[str, Any] | None, updatable: Updatable) -> None:
        self.before = limits_now(updatable.container.host_config)
        super().__init__(given, initial=self.before)
        for name, field in self.fields.items():
            field.widget.attrs.update(autocomplete="off", spellcheck="false")
            since = FIELDS_SINCE.get("RestartPolicy" if name in ("restart", "retries") else MEMBERS[name])
            if since is not None and updatable.version < since:
                field.disabled = True
                field.help_text = needs_words(since, updatable.version)

    def clean_cpus(self) -> int | None:
        """Nano CPUs of `1.5`; None for nothing."""
        text = str(self.cleaned_data["cpus"] or "").strip()
        if not text or self.fields["cpus"].disabled:
            return self.before["nano_cpus"] if self.fields["cpus"].disabled else None
        try:
            cpus = Decimal(text.replace(",", "."))
            is_usable = cpus.is_finite() and Decimal("0.01") <= cpus <= 100_000
        except InvalidOperation:
            is_usable = False
        if not is_usable:
            raise ValidationError(_("Write a number of CPUs from 0.01 on, such as 0.5 or 2."))
        return int(cpus * _NANO)

    def clean_cpuset_cpus(self) -> str:
        return _cpuset(self.cleaned_data["cpuset_cpus"])

    def clean_cpuset_mems(self) -> str:
        return _cpuset(self.cleaned_data["cpuset_mems"])

    def clean(self) -> dict[str, Any]:
        for name in MEMBERS:
            if name in self.errors or self._is_as_before(name) or self._value(name):
                continue
            if name not in _REMOVABLE:
                words = _(
                    "An engine cannot take this limit away in place. Write a larger one, or re-create the container."
                )
                self.add_error(name, words)
        return self.cleaned_data

    def settings(self) -> dict[str, Any]:
        """What was changed, by its name in the reference."""
        changed = {MEMBERS[name]: self._value(name) for name in MEMBERS if not self._is_as_before(name)}
        for name, nothing in _REMOVABLE.items():
            if MEMBERS[name] in changed and changed[MEMBERS[name]] is None:
                changed[MEMBERS[name]] = nothing
        policy = (self.cleaned_data["restart"] or "no", self._retries())
        if policy != (self.before["restart"], self.before["retries"] or 0) and not self.fields["restart"].disabled:
            changed["RestartPolicy"] = {"Name": policy[0], "MaximumRetryCount": policy[1]}
        return changed

    def _retries(self) -> int:
        return self.cleaned_data["retries"] or 0 if self.cleaned_data["restart"] == "on-failure" else 0

    def _value(self, name: str) -> Any:
        return self.cleaned_data.get(name) or None

    def _is_as_before(self, name: str) -> bool:
        return bool(self._value(name) == (self.before["nano_cpus" if name == "cpus" else name] or None))


def limits_now(host_config: HostConfig) -> dict[str, Any]:
    """The limits as inspect tells them, by the names of the form's fields; None where there is none."""
    policy = host_config.restart_policy
    nano_cpus = host_config.nano_cpus or None
    quota, pids = host_config.cpu_quota or 0, host_config.pids_limit or 0
    return {
        "memory": host_config.memory_bytes or None,
        "memory_reservation": host_config.memory_reservation_bytes or None,
        "memory_swap": host_config.memory_swap_bytes or None,
        "nano_cpus": nano_cpus,
        "cpus": f"{Decimal(nano_cpus) / _NANO:f}" if nano_cpus else "",
        "cpu_shares": host_config.cpu_shares or None,
        "cpu_period": host_config.cpu_period or None,
        "cpu_quota": quota if quota > 0 else None,
        "cpuset_cpus": host_config.cpuset_cpus or "",
        "cpuset_mems": host_config.cpuset_mems or "",
        "pids_limit": pids if pids > 0 else None,
        "blkio_weight": host_config.blkio_weight or None,
        "restart": (policy.name if policy else "") or "no",
        "retries": (policy.maximum_retry_count if policy else 0) or None,
    }


def _cpuset(text: str) -> str:
    text = text.replace(" ", "")
    if text and not _CPUSET.fullmatch(text):
        raise ValidationError(_("Write numbers and ranges such as 0-3 or 0,2."))
    return text
