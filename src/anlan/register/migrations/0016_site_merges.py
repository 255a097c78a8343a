import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import anlan.authz.fields
import anlan.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("authz", "0004_stand_ins"),
        ("register", "0015_enterprise_references"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="site",
            name="merged_into",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="register.site",
                verbose_name="并入",
            ),
        ),
        migrations.CreateModel(
            name="DistinctSitePair",
            fields=[
                (
                    "id",
                    models.UUIDField(default=anlan.lib.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("region_path", anlan.authz.fields.PathField(db_collation="C", max_length=120)),
                ("judged_at", models.DateTimeField(verbose_name="认定时间")),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="register.site"
                    ),
                ),
                (
                    "judged_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="register.site"
                    ),
                ),
            ],
            options={
                "verbose_name": "不是重复的两处场所",
                "ordering": ("-judged_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="distinct_site_pair_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="distinct_site_pair_in_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SiteMerge",
            fields=[
                (
                    "id",
                    models.UUIDField(default=anlan.lib.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("region_path", anlan.authz.fields.PathField(db_collation="C", max_length=120)),
                ("reason", models.CharField(max_length=500, verbose_name="理由")),
                ("moved", models.JSONField(default=dict, verbose_name="转移的记录")),
                ("merged_at", models.DateTimeField(verbose_name="合并时间")),
                (
                    "merged",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merge",
                        to="register.site",
                        verbose_name="并入的场所",
                    ),
                ),
                (
                    "merged_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "merged_for",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="authz.organisation",
                        verbose_name="经办单位",
                    ),
                ),
                (
                    "survivor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absorbed",
                        to="register.site",
                        verbose_name="保留的场所",
                    ),
                ),
            ],
            options={
                "verbose_name": "场所合并",
                "ordering": ("-merged_at", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("survivor", models.F("merged")), _negated=True), name="merge_of_two_sites"
                    )
                ],
            },
        ),
    ]
