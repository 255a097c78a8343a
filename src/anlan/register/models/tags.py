"""What a site is marked with, from–to."""

from django.db import models
from django.db.models import F, Q

from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.lib import ids
from anlan.register.models.enterprises import Site
from anlan.register.tags import TAGS


class SiteTag(ScopedModel):
    """标签: one of a kind at a time; who set it, who took it off. ``batch`` is the act of the ledger that set it."""

    view_permission = Permission.ENTERPRISE_VIEW
    scope_columns = ScopeColumns(matter="site_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    site = models.ForeignKey(Site, models.CASCADE, related_name="tags", verbose_name="场所")
    region_path = PathField()
    kind = models.CharField("标签", max_length=30)
    since_on = models.DateField("自何日起")
    note = models.CharField("说明", max_length=200, blank=True)
    batch = models.UUIDField(editable=False)
    set_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+", verbose_name="经办人")
    set_for = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+", verbose_name="经办单位")
    set_at = models.DateTimeField("设定时间")
    removed_on = models.DateField("到何日止", null=True)
    removed_note = models.CharField("去掉的理由", max_length=200, blank=True)
    removed_by = models.ForeignKey("authz.User", models.PROTECT, null=True, related_name="+", verbose_name="去掉的人")
    removed_at = models.DateTimeField("去掉的时间", null=True)

    class Meta:
        verbose_name = "场所标签"
        ordering = ("set_at", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["site", "kind"], condition=Q(removed_at=None), name="site_one_tag_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(removed_on=None, removed_by=None, removed_at=None)
                | Q(removed_on__isnull=False, removed_by__isnull=False, removed_at__isnull=False),
                name="site_tag_removal_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(removed_on=None) | Q(removed_on__gte=F("since_on")), name="site_tag_period"
            ),
        ]
        indexes = [models.Index(fields=["kind", "site"], name="site_tag_now", condition=Q(removed_at=None))]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return TAGS[self.kind].label if self.kind in TAGS else self.kind
