from django.db import migrations

from anlan.calendar.announced import announced_days, announced_years


def publish(apps, schema_editor):
    calendar_day = apps.get_model("calendar", "CalendarDay")
    rows = [
        calendar_day(day=found.day, is_working=found.is_working, label=found.label, status="PUBLISHED")
        for year in announced_years()
        for found in announced_days(year)
    ]
    calendar_day.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("calendar", "0001_initial")]

    operations = [migrations.RunPython(publish, migrations.RunPython.noop)]
