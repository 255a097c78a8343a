from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supervision", "0004_wall")]

    operations = [
        migrations.AddField(
            model_name="supervisionlisting",
            name="sector",
            field=models.CharField(blank=True, default="", max_length=30, verbose_name="行业领域"),
            preserve_default=False,
        ),
    ]
