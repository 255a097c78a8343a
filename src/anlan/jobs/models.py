"""Long work that a person started and waits for."""

from django.conf import settings
from django.db import models

from anlan.jobs.choices import OPEN_STATES, State
from anlan.lib import ids
from anlan.reads.loading import QuicklyLoaded


class Job(QuicklyLoaded):
    """One piece of long work. Not behind the wall (DESIGN §4): it is seen only by the person who started it.

    ``result_path`` is below the exports folder; ``error`` is a sentence in Chinese for that person.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    kind = models.CharField("种类", max_length=60)
    title = models.CharField("名称", max_length=120)
    params = models.JSONField(default=dict)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    grant = models.ForeignKey("authz.Grant", models.PROTECT, related_name="+")
    organisation_id = models.UUIDField()
    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("总数", null=True)
    note = models.CharField("说明", max_length=200, blank=True)
    result_name = models.CharField("结果文件名", max_length=120, blank=True)
    result_path = models.CharField(max_length=200, blank=True)
    error = models.CharField("原因", max_length=500, blank=True)
    created_at = models.DateTimeField("提交时间")
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["user", "-id"], name="job_of_user")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=OPEN_STATES, finished_at=None)
                | ~models.Q(state__in=OPEN_STATES) & models.Q(finished_at__isnull=False),
                name="job_finished_at",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def percent(self) -> int | None:
        """0 to 100, or None while the total is not known."""
        return min(100, self.done * 100 // self.total) if self.total else None
