"""The form of a build: which fields stand together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.forms import BoundField, Form
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields below a heading; open when one of them says something."""

    label: str
    fields: Sequence[BoundField]
    is_open: bool


def field_groups(form: Form) -> list[FieldGroup]:
    """What most builds do without."""
    return [
        _group(form, _("Steps and cache"), ("keep", "force_remove", "squash", "quiet", "cache_from", "labels")),
        _group(form, _("Network"), ("network_mode", "extra_hosts")),
        _group(
            form,
            _("Limits of the steps"),
            (
                "memory", "memory_swap", "shm_size", "cpu_shares", "cpu_period", "cpu_quota", "cpuset_cpus",
                "cpuset_mems", "cgroup_parent", "ulimits",
            ),
        ),
    ]  # fmt: skip


def _group(form: Form, label: str, names: Sequence[str]) -> FieldGroup:
    fields = [form[name] for name in names]
    return FieldGroup(label, fields, any(field.errors or field.value() for field in fields))
