from django.db import migrations

from anlan.authz.wall import RaiseWall


class Migration(migrations.Migration):
    dependencies = [("territory", "0001_grids"), ("authz", "0002_wall")]

    operations = [RaiseWall("Grid"), RaiseWall("GridMember")]
