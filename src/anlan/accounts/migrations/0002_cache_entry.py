"""The table of Django's DatabaseCache, where the limits of signing in are kept (``CACHES`` in the settings)."""

from django.db import migrations

_CREATE = """
CREATE TABLE cache_entry (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX cache_entry_expires ON cache_entry (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(_CREATE, "DROP TABLE cache_entry")]
