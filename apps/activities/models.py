"""Long work that outlives a page. What it says while it runs is kept in files: see apps.activities.output."""

import uuid
from enum import StrEnum

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    """How an activity stands. All but RUNNING are final."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """The program ended, or was ended, before the work did."""


class Activity(models.Model):
    """One piece of long work: what it does, for whom, and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=64)
    params = models.JSONField(_("what it is to do"), default=dict)
    files = models.JSONField(_("files that go with it"), default=list)
    host_slug = models.CharField(_("host"), max_length=40)
    state = models.CharField(
        _("state"), max_length=12, choices=[(each.value, each.value) for each in State], default=State.RUNNING.value
    )
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    starter_name = models.CharField(_("started by"), max_length=150)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    is_cancel_asked = models.BooleanField(default=False)
    cancelled_by = models.CharField(_("cancelled by"), max_length=150, blank=True, default="")
    problem = models.JSONField(_("what went wrong"), null=True)
    result = models.JSONField(_("what came of it"), null=True)
    output_bytes = models.BigIntegerField(default=0)
    again_of = models.UUIDField(null=True)
    """The activity that this one does again."""
    owner = models.CharField(max_length=32)
    """The process that runs it: see apps.activities.owners."""
    told_at = models.DateTimeField(null=True)
    """When its starter was told of the end."""

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["again_of"], condition=models.Q(state=State.RUNNING.value), name="one_that_does_it_again"
            )
        ]
        indexes = [
            models.Index(fields=["state", "-started_at"], name="activity_by_state"),
            models.Index(fields=["started_by", "-started_at"], name="activity_by_starter"),
            models.Index(fields=["-started_at"], name="activity_by_start"),
        ]

    def __str__(self) -> str:
        """Say what it is, for logs."""
        return f"{self.kind} {self.id} on {self.host_slug}"

    @property
    def is_running(self) -> bool:
        """Whether it is under way, as far as the database knows."""
        return self.state == State.RUNNING
