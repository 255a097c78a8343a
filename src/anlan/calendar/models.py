"""The working-day calendar: what the State Council has announced, one row a day."""

from django.db import models

from anlan.reads.loading import QuicklyLoaded


class Status(models.TextChoices):
    PUBLISHED = "PUBLISHED", "已公布"
    PENDING = "PENDING", "待公布"


class CalendarDay(QuicklyLoaded):
    """One day of an announced year. A year without rows is 待公布: its days are computed as weekends."""

    day = models.DateField("日期", primary_key=True)
    is_working = models.BooleanField("工作日")
    label = models.CharField("说明", max_length=60, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.PUBLISHED)

    class Meta:
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day} {self.label}"
