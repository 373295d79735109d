"""Revisions belong together by a lineage, where their container's name was what they had in common."""

from uuid import uuid4

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def give_lineages(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Part what was kept under one name where another container begins: made here anew, or found with another id."""
    revisions = apps.get_model("containers", "Revision").objects
    before, lineage = None, ""
    for revision in revisions.order_by("host_slug", "name", "number"):
        is_same_name = before is not None and (before.host_slug, before.name) == (revision.host_slug, revision.name)
        is_other = revision.what == "created" or (
            revision.what == "found" and before is not None and before.container_id != revision.container_id
        )
        if not is_same_name or is_other:
            lineage = uuid4().hex
        revisions.filter(pk=revision.pk).update(lineage=lineage)
        before = revision


class Migration(migrations.Migration):
    dependencies = [("containers", "0002_revision")]

    operations = [
        migrations.RemoveConstraint(model_name="revision", name="one_revision_of_a_number"),
        migrations.AddField(
            model_name="revision",
            name="lineage",
            field=models.CharField(
                default="", help_text="What revisions of one container have in common.", max_length=32
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="revision",
            name="compose",
            field=models.CharField(
                blank=True, default="", help_text="Project and service, when compose made it.", max_length=500
            ),
            preserve_default=False,
        ),
        migrations.RunPython(give_lineages, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(fields=("lineage", "number"), name="one_revision_of_a_number"),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(fields=["host_slug", "container_id"], name="revisions_of_a_container"),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(fields=["host_slug", "name"], name="revisions_of_a_name"),
        ),
    ]
