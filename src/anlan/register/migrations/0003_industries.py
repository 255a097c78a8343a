import csv
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import migrations

INDUSTRIES = Path(settings.BASE_DIR).parents[1] / "data" / "reference" / "gbt4754" / "industries.csv"


def load(apps: Any, schema_editor: Any) -> None:
    """GB/T 4754-2017; a later edition is a later migration."""
    industry = apps.get_model("register", "Industry")
    with INDUSTRIES.open(encoding="utf-8", newline="") as file:
        industry.objects.bulk_create(industry(**row) for row in csv.DictReader(file))


class Migration(migrations.Migration):
    dependencies = [("register", "0002_wall")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
