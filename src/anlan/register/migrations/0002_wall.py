from django.db import migrations

from anlan.authz.wall import RaiseWall


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial"), ("authz", "0002_wall")]

    operations = [RaiseWall("Enterprise"), RaiseWall("Site"), RaiseWall("SitePerson"), RaiseWall("SiteRegulator")]
