from django.db import migrations

from anlan.authz.wall import RaiseWall


class Migration(migrations.Migration):
    dependencies = [("register", "0016_site_merges"), ("authz", "0002_wall")]

    operations = [RaiseWall("SiteMerge"), RaiseWall("DistinctSitePair")]
