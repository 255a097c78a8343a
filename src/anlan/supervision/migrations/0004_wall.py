from django.db import migrations

from anlan.authz.wall import RaiseWall


class Migration(migrations.Migration):
    dependencies = [("supervision", "0003_listings")]

    operations = [RaiseWall("SupervisionListing"), RaiseWall("ListingProgress")]
