from django.db import migrations

from anlan.authz.wall import RaiseWall


class Migration(migrations.Migration):
    dependencies = [("sheets", "0001_initial"), ("authz", "0002_wall")]

    operations = [RaiseWall("SheetImport"), RaiseWall("ImportedRow"), RaiseWall("ColumnMemory")]
