"""What happens to a record over the years: its statuses, moves to another 属地 unit, who rents from whom."""

from django.db import models
from django.db.models import F, Q

from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.lib import ids
from anlan.register.choices import ChangeState, OperatingStatus, TransferState

ORGANISATION = "authz.Organisation"
REGION = "authz.Region"


class StatusChange(ScopedModel):
    """A change of the operating status of an enterprise, or of one site of it, with its evidence in the files.

    Resuming after a stop waits as REQUESTED until somebody else has accepted it (复产验收).
    """

    view_permission = Permission.ENTERPRISE_VIEW
    scope_columns = ScopeColumns(matter="enterprise_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    enterprise = models.ForeignKey("register.Enterprise", models.PROTECT, related_name="status_changes")
    site = models.ForeignKey("register.Site", models.PROTECT, null=True, related_name="status_changes")
    status = models.CharField("办理状态", max_length=12, choices=ChangeState)
    from_status = models.CharField("原状态", max_length=12, choices=OperatingStatus)
    to_status = models.CharField("新状态", max_length=12, choices=OperatingStatus)
    since_on = models.DateField("自何日起")
    reason = models.CharField("事由", max_length=500)
    asked_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+", verbose_name="经办人")
    asked_for = models.ForeignKey(ORGANISATION, models.PROTECT, related_name="+", verbose_name="经办单位")
    asked_at = models.DateTimeField("办理时间")
    acceptance = models.CharField("验收意见", max_length=500, blank=True)
    accepted_by = models.ForeignKey("authz.User", models.PROTECT, null=True, related_name="+", verbose_name="验收人")
    accepted_for = models.ForeignKey(ORGANISATION, models.PROTECT, null=True, related_name="+", verbose_name="验收单位")
    accepted_at = models.DateTimeField("验收时间", null=True)
    changed_at = models.DateTimeField("更新时间")
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "状态变更"
        ordering = ("-asked_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "site"],
                condition=Q(status=ChangeState.REQUESTED),
                nulls_distinct=False,
                name="status_change_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None, accepted_for=None, accepted_at=None)
                | Q(accepted_by__isnull=False, accepted_for__isnull=False, accepted_at__isnull=False),
                name="status_change_acceptance_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | ~Q(accepted_by=F("asked_by")), name="status_change_by_somebody_else"
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "-asked_at"], name="status_change_enterprise")]

    def __str__(self) -> str:
        return f"{self.get_from_status_display()} → {self.get_to_status_display()}"


class SiteTransfer(ScopedModel):
    """移交: a site goes to another 属地 unit once that unit has confirmed; until then the old one answers.

    It lies where the site was; the receiver sees it by taking part.
    """

    view_permission = Permission.ENTERPRISE_VIEW

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    site = models.ForeignKey("register.Site", models.PROTECT, related_name="transfers", verbose_name="场所")
    status = models.CharField("状态", max_length=12, choices=TransferState)
    from_region = models.ForeignKey(REGION, models.PROTECT, related_name="+", verbose_name="原区划")
    from_unit = models.ForeignKey(ORGANISATION, models.PROTECT, related_name="+", verbose_name="原属地单位")
    to_region = models.ForeignKey(REGION, models.PROTECT, related_name="+", verbose_name="迁入区划")
    to_unit = models.ForeignKey(ORGANISATION, models.PROTECT, related_name="+", verbose_name="接收单位")
    new_address = models.CharField("新地址", max_length=200, blank=True)
    reason = models.CharField("事由", max_length=500)
    answer = models.CharField("答复", max_length=500, blank=True)
    proposed_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+", verbose_name="提出人")
    proposed_at = models.DateTimeField("提出时间")
    answered_at = models.DateTimeField("答复时间", null=True)
    changed_at = models.DateTimeField("更新时间")
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "移交"
        ordering = ("-proposed_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["site"], condition=Q(status=TransferState.PROPOSED), name="site_transfer_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(status=TransferState.PROPOSED, answered_at=None)
                | (~Q(status=TransferState.PROPOSED) & Q(answered_at__isnull=False)),
                name="site_transfer_answered_with_its_time",
            ),
            models.CheckConstraint(condition=~Q(from_unit=F("to_unit")), name="site_transfer_goes_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.from_unit_id} → {self.to_unit_id}"


class SiteTenancy(ScopedModel):
    """厂中厂: a site rents from an enterprise, or from one site of it; the landlord answers for the whole yard."""

    view_permission = Permission.ENTERPRISE_VIEW
    scope_columns = ScopeColumns(matter="tenant_site_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    landlord = models.ForeignKey("register.Enterprise", models.PROTECT, related_name="tenancies", verbose_name="出租方")
    landlord_site = models.ForeignKey(
        "register.Site", models.PROTECT, null=True, related_name="tenancies", verbose_name="出租场所"
    )
    tenant_site = models.ForeignKey("register.Site", models.PROTECT, related_name="rented", verbose_name="承租场所")
    valid_from = models.DateField("起租日期")
    valid_to = models.DateField("退租日期", null=True)
    registered_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "租赁关系"
        ordering = ("-valid_from", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["landlord", "landlord_site", "tenant_site"],
                condition=Q(valid_to=None),
                nulls_distinct=False,
                name="site_tenancy_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="site_tenancy_period"
            ),
        ]
        indexes = [models.Index(fields=["tenant_site"], name="site_tenancy_tenant")]

    def __str__(self) -> str:
        return f"{self.landlord_id} → {self.tenant_site_id}"
