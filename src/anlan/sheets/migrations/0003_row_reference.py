import django.db.models.deletion
from django.db import migrations, models

from anlan.authz.references import CheckReference


class Migration(migrations.Migration):
    dependencies = [("sheets", "0002_wall")]

    operations = [
        migrations.AlterField(
            "importedrow",
            "sheet_import",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="sheets.sheetimport",
            ),
        ),
        CheckReference("ImportedRow", "sheet_import"),
    ]
