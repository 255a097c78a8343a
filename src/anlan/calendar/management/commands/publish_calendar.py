"""``anlan publish_calendar``: enter what the installed ``chinesecalendar`` knows; run it after the yearly announcement."""

from typing import Any

from django.core.management.base import BaseCommand

from anlan.calendar.actions import publish_years
from anlan.calendar.announced import announced_years


class Command(BaseCommand):
    help = "写入国务院已公布年份的节假日与调休（可重复执行）"

    def handle(self, *args: Any, **options: Any) -> None:
        years = announced_years()
        count = publish_years(years=years)
        self.stdout.write(f"已写入 {years[0]}—{years[-1]} 年工作日历，共 {count} 天。")
