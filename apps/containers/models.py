"""What people keep about containers here. The containers themselves are the engine's."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A way to look at the list that somebody wants to come back to: its filter, order and the like, under a name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    query = models.TextField(_("query"), help_text=_("The list's query string, with its question mark."))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_view_of_a_name")]

    def __str__(self) -> str:
        """Say its name."""
        return self.name


class Revision(models.Model):
    """What a container was made of at one time, so that it can be made like that again.

    Revisions belong together by their `lineage`, not by the container's name: a name may be given to anything later.
    Each tells the id of the container that it was kept of. Re-creating here goes on with the old container's lineage
    under the new id; a rename changes no id. So the lineage of a container is that whose newest revision bears its id;
    one that was kept beside its successor has none any more, and begins another when it is edited itself.

    A container made elsewhere under a name that was known begins a lineage of its own, with one exception: compose
    re-creates containers too, so one with the name, project and service of the newest revision continues its lineage.
    """

    class What(models.TextChoices):
        """Why there is a new one."""

        CREATED = "created", _("Created")
        FOUND = "found", _("As it was found")
        EDITED = "edited", _("Edited")
        RENEWED = "renewed", _("Image renewed")
        RESTORED = "restored", _("Restored")
        AGAIN = "again", _("Re-created as it was")

    host_slug = models.SlugField(max_length=40)
    lineage = models.CharField(max_length=32, help_text=_("What revisions of one container have in common."))
    name = models.CharField(max_length=255, help_text=_("The container's name."))
    compose = models.CharField(max_length=500, blank=True, help_text=_("Project and service, when compose made it."))
    number = models.PositiveIntegerField()
    container_id = models.CharField(max_length=64)
    image = models.CharField(max_length=500, help_text=_("The reference that it was made from."))
    image_id = models.CharField(max_length=80, blank=True)
    what = models.CharField(max_length=10, choices=What.choices)
    restored_number = models.PositiveIntegerField(null=True, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_by_name = models.CharField(max_length=150)
    locked = models.TextField(help_text=_("The definition, encrypted: environments hold secrets."))

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["lineage", "number"], name="one_revision_of_a_number")]
        indexes = [
            models.Index(fields=["host_slug", "container_id"], name="revisions_of_a_container"),
            models.Index(fields=["host_slug", "name"], name="revisions_of_a_name"),
        ]

    def __str__(self) -> str:
        """Say whose and which it is."""
        return f"{self.name} {self.number}"
