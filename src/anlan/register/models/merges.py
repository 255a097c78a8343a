"""Two rows for one enterprise: brought together, or known to be two."""

from django.db import models
from django.db.models import F, Q

from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.lib import ids

ENTERPRISE = "register.Enterprise"


class EnterpriseMerge(ScopedModel):
    """合并: ``merged`` is a tombstone from then on that leads to ``survivor``; ``moved`` counts what went along."""

    view_permission = Permission.ENTERPRISE_VIEW
    scope_columns = ScopeColumns(matter="survivor_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    survivor = models.ForeignKey(ENTERPRISE, models.PROTECT, related_name="absorbed", verbose_name="保留的企业")
    merged = models.OneToOneField(ENTERPRISE, models.PROTECT, related_name="merge", verbose_name="并入的企业")
    reason = models.CharField("理由", max_length=500)
    moved = models.JSONField("转移的记录", default=dict)
    merged_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+", verbose_name="经办人")
    merged_for = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+", verbose_name="经办单位")
    merged_at = models.DateTimeField("合并时间")

    class Meta:
        verbose_name = "企业合并"
        ordering = ("-merged_at", "-id")
        constraints = [models.CheckConstraint(condition=~Q(survivor=F("merged")), name="merge_of_two")]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.survivor_id}"


class DistinctPair(ScopedModel):
    """不是重复: somebody looked and they are two enterprises. The smaller id stands first."""

    view_permission = Permission.ENTERPRISE_VIEW
    scope_columns = ScopeColumns(matter="first_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    first = models.ForeignKey(ENTERPRISE, models.PROTECT, related_name="+")
    second = models.ForeignKey(ENTERPRISE, models.PROTECT, related_name="+")
    judged_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+", verbose_name="经办人")
    judged_at = models.DateTimeField("认定时间")

    class Meta:
        verbose_name = "不是重复的两家企业"
        ordering = ("-judged_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="distinct_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="distinct_pair_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"
