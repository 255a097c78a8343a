"""活动保障: an event, and the hidden dangers that must be closed before it opens (requirements S0-20)."""

from datetime import date

from django.db import models

from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.lib import ids


class GuaranteedEvent(ScopedModel):
    """An event of a region. The townships below take part: they see it, and of its matters their own."""

    view_permission = Permission.SAFEGUARD_VIEW
    scope_columns = ScopeColumns()

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region = models.ForeignKey("authz.Region", models.PROTECT, related_name="+", verbose_name="属地")
    region_path = PathField()
    name = models.CharField("活动名称", max_length=60)
    place = models.CharField("地点", max_length=120, blank=True)
    opens_on = models.DateField("开幕日期")
    ends_on = models.DateField("闭幕日期", null=True)
    note = models.CharField("保障要求", max_length=500, blank=True)
    created_at = models.DateTimeField("登记时间")
    created_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+", verbose_name="登记人")
    concluded_at = models.DateTimeField("结束时间", null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "保障活动"
        ordering = ("opens_on", "-id")
        constraints = [
            models.UniqueConstraint(fields=["region", "name", "opens_on"], name="guaranteed_event_once"),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("opens_on")),
                name="guaranteed_event_ends_after_opening",
            ),
        ]
        indexes = [models.Index(fields=["region_path", "opens_on"], name="guaranteed_event_region")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_running(self) -> bool:
        return self.concluded_at is None

    def days_to_opening(self, on: date) -> int:
        """Negative after it."""
        return (self.opens_on - on).days


class GuardedMatter(ScopedModel):
    """A hidden danger that an event waits for. Seen with its event; the matter itself has a scope of its own."""

    view_permission = Permission.SAFEGUARD_VIEW
    scope_columns = ScopeColumns(matter="event_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    event = models.ForeignKey(GuaranteedEvent, models.PROTECT, related_name="matters", verbose_name="保障活动")
    hidden_danger = models.ForeignKey("hidden_dangers.HiddenDanger", models.PROTECT, related_name="+")
    added_at = models.DateTimeField("列入时间")
    added_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+", verbose_name="列入人")
    removed_at = models.DateTimeField("移出时间", null=True)
    removed_by = models.ForeignKey("authz.User", models.PROTECT, null=True, related_name="+", verbose_name="移出人")
    removed_reason = models.CharField("移出原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "保障隐患"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["event", "hidden_danger"],
                condition=models.Q(removed_at=None),
                name="guarded_matter_once",
            ),
            models.CheckConstraint(
                condition=models.Q(removed_at=None, removed_by=None, removed_reason="")
                | (models.Q(removed_at__isnull=False, removed_by__isnull=False) & ~models.Q(removed_reason="")),
                name="guarded_matter_removed_with_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.hidden_danger_id}"
