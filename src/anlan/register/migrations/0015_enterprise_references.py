import django.db.models.deletion
from django.db import migrations, models

from anlan.authz.references import CheckReference


class Migration(migrations.Migration):
    dependencies = [("register", "0014_wall_of_merges")]

    operations = [
        migrations.AlterField(
            "enterprise",
            "industry",
            models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="register.industry",
                verbose_name="国民经济行业",
            ),
        ),
        migrations.AlterField(
            "enterprise",
            "region",
            models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="authz.region",
                verbose_name="所在区划",
            ),
        ),
        CheckReference("Enterprise", "industry"),
        CheckReference("Enterprise", "region"),
    ]
