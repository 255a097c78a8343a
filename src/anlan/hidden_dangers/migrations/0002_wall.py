from django.db import migrations

from anlan.authz.wall import RaiseWall


class Migration(migrations.Migration):
    dependencies = [("hidden_dangers", "0001_initial"), ("authz", "0002_wall")]

    operations = [
        RaiseWall("HiddenDanger"),
        RaiseWall("RectificationPlan"),
        RaiseWall("Suspension"),
    ]
