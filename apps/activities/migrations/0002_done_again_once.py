"""Nothing is done again twice at the same time, whichever processes are asked."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget_twice(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let those that a former program has left as if they ran not forbid the constraint."""
    apps.get_model("activities", "Activity").objects.filter(state="running").update(again_of=None)


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_initial")]

    operations = [
        migrations.RunPython(forget_twice, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "running")), fields=("again_of",), name="one_that_does_it_again"
            ),
        ),
    ]
