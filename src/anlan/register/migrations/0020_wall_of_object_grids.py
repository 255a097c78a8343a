from django.db import migrations

from anlan.authz.wall import RaiseWall


class Migration(migrations.Migration):
    dependencies = [("register", "0019_object_grids"), ("authz", "0002_wall")]

    operations = [RaiseWall("ObjectGrid")]
