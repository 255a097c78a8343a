import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authz", "0004_stand_ins"),
        ("register", "0017_wall_of_site_merges"),
    ]

    operations = [
        migrations.AlterField(
            model_name="enterprise",
            name="industry",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="register.industry",
                verbose_name="国民经济行业",
            ),
        ),
        migrations.AlterField(
            model_name="enterprise",
            name="merged_into",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="register.enterprise",
                verbose_name="并入",
            ),
        ),
        migrations.AlterField(
            model_name="enterprise",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enterprises",
                to="authz.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="enterprise",
            name="region",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="authz.region",
                verbose_name="所在区划",
            ),
        ),
        migrations.AddIndex(
            model_name="enterprise",
            index=models.Index(
                condition=models.Q(("organisation__isnull", False)),
                fields=["organisation"],
                name="enterprise_organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="enterprise",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merged_into"],
                name="enterprise_merged_into",
            ),
        ),
    ]
