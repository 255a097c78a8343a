from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sheets", "0004_has_header")]

    operations = [migrations.AddField("sheetimport", "sheets", models.JSONField(default=list))]
