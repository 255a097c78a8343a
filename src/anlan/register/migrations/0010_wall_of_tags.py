from django.db import migrations

from anlan.authz.wall import RaiseWall


class Migration(migrations.Migration):
    dependencies = [("register", "0009_tags"), ("authz", "0002_wall")]

    operations = [RaiseWall("SiteTag")]
