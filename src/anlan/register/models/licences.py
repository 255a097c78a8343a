"""证照: what an enterprise or one site of it may do, by whose paper, until when."""

from django.db import models
from django.db.models import F, Q

from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.lib import ids
from anlan.register.choices import LicenceState
from anlan.register.licence_terms import LICENCES


class Licence(ScopedModel):
    """A licence of the legal person, or of one site: it lies where that lies. ``valid_to`` null: 长期有效.

    The scan is in the files. Renewed, it is the same row: what was before stands in its history.
    """

    view_permission = Permission.ENTERPRISE_VIEW
    scope_columns = ScopeColumns(matter="enterprise_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    enterprise = models.ForeignKey("register.Enterprise", models.PROTECT, related_name="licences", verbose_name="企业")
    site = models.ForeignKey("register.Site", models.PROTECT, null=True, related_name="licences", verbose_name="场所")
    region_path = PathField()
    kind = models.CharField("类别", max_length=30)
    status = models.CharField("状态", max_length=12, choices=LicenceState)
    title = models.CharField("证照名称", max_length=80, blank=True)
    number = models.CharField("证号", max_length=60)
    issued_by = models.CharField("发证机关", max_length=80, blank=True)
    scope = models.CharField("许可范围", max_length=300, blank=True)
    valid_from = models.DateField("有效期起")
    valid_to = models.DateField("有效期止", null=True)
    cancelled_reason = models.CharField("注销原因", max_length=200, blank=True)
    registered_at = models.DateTimeField("登记时间")
    changed_at = models.DateTimeField("更新时间")
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "证照"
        ordering = (F("valid_to").asc(nulls_last=True), "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="licence_period"
            ),
            models.UniqueConstraint(
                fields=["enterprise", "site", "kind", "number"],
                condition=Q(status=LicenceState.IN_FORCE),
                nulls_distinct=False,
                name="licence_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["region_path", "valid_to"],
                condition=Q(status=LicenceState.IN_FORCE),
                name="licence_expiry",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.number}"

    @property
    def label(self) -> str:
        if self.title:
            return self.title
        return LICENCES[self.kind].label if self.kind in LICENCES else self.kind
