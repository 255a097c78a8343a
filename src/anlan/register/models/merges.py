"""Two rows for one enterprise, or for one site of it: brought together, or known to be two."""

from django.db import models
from django.db.models import F, Q

from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.lib import ids

ENTERPRISE = "register.Enterprise"
SITE = "register.Site"


class Merge(ScopedModel):
    """合并: ``merged`` is a tombstone from then on that leads to ``survivor``; ``moved`` counts what went along."""

    view_permission = Permission.ENTERPRISE_VIEW
    scope_columns = ScopeColumns(matter="survivor_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    reason = models.CharField("理由", max_length=500)
    moved = models.JSONField("转移的记录", default=dict)
    merged_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+", verbose_name="经办人")
    merged_for = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+", verbose_name="经办单位")
    merged_at = models.DateTimeField("合并时间")

    class Meta:
        abstract = True
        ordering = ("-merged_at", "-id")

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.survivor_id}"  # type: ignore[attr-defined]


class EnterpriseMerge(Merge):
    survivor = models.ForeignKey(ENTERPRISE, models.PROTECT, related_name="absorbed", verbose_name="保留的企业")
    merged = models.OneToOneField(ENTERPRISE, models.PROTECT, related_name="merge", verbose_name="并入的企业")

    class Meta(Merge.Meta):
        verbose_name = "企业合并"
        constraints = [models.CheckConstraint(condition=~Q(survivor=F("merged")), name="merge_of_two")]


class SiteMerge(Merge):
    survivor = models.ForeignKey(SITE, models.PROTECT, related_name="absorbed", verbose_name="保留的场所")
    merged = models.OneToOneField(SITE, models.PROTECT, related_name="merge", verbose_name="并入的场所")

    class Meta(Merge.Meta):
        verbose_name = "场所合并"
        constraints = [models.CheckConstraint(condition=~Q(survivor=F("merged")), name="merge_of_two_sites")]


class Distinct(ScopedModel):
    """不是重复: somebody looked and they are two. The smaller id stands first."""

    view_permission = Permission.ENTERPRISE_VIEW
    scope_columns = ScopeColumns(matter="first_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    judged_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+", verbose_name="经办人")
    judged_at = models.DateTimeField("认定时间")

    class Meta:
        abstract = True
        ordering = ("-judged_at", "-id")

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"  # type: ignore[attr-defined]


class DistinctPair(Distinct):
    first = models.ForeignKey(ENTERPRISE, models.PROTECT, related_name="+")
    second = models.ForeignKey(ENTERPRISE, models.PROTECT, related_name="+")

    class Meta(Distinct.Meta):
        verbose_name = "不是重复的两家企业"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="distinct_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="distinct_pair_in_order"),
        ]


class DistinctSitePair(Distinct):
    first = models.ForeignKey(SITE, models.PROTECT, related_name="+")
    second = models.ForeignKey(SITE, models.PROTECT, related_name="+")

    class Meta(Distinct.Meta):
        verbose_name = "不是重复的两处场所"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="distinct_site_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="distinct_site_pair_in_order"),
        ]
