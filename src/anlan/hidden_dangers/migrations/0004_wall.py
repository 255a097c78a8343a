from django.db import migrations

from anlan.authz.wall import RaiseWall


class Migration(migrations.Migration):
    dependencies = [("hidden_dangers", "0003_remaining_verbs")]

    operations = [RaiseWall("Extension"), RaiseWall("LookBack")]
