from django.db import migrations

from anlan.authz.wall import RaiseWall


class Migration(migrations.Migration):
    dependencies = [("notify", "0001_initial")]

    operations = [RaiseWall("Message")]
