from django.db import migrations

from anlan.authz.wall import RaiseWall


class Migration(migrations.Migration):
    dependencies = [("safeguards", "0001_initial")]

    operations = [RaiseWall("GuaranteedEvent"), RaiseWall("GuardedMatter")]
