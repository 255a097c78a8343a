"""What is supervised besides the sites of enterprises: small venues, houses, roads, waters."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from anlan.authz.choices import Sector
from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.lib import ids
from anlan.reads.loading import QuicklyLoaded
from anlan.register.choices import ObjectKind, ObjectStatus, PartyKind, SourceCrs
from anlan.register.querysets import ObjectQuerySet

ORGANISATION = "authz.Organisation"


class SupervisedObject(QuicklyLoaded):
    """监管对象. One responsible party: an enterprise of the register, an organisation, or a person by name.

    The position is WGS-84. Hidden dangers and checks hang on it as on a site, and it joins grids as one.
    """

    scope_columns = ScopeColumns()
    view_permission = Permission.OBJECT_VIEW

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    kind = models.CharField("类别", max_length=20, choices=ObjectKind)
    name = models.CharField("名称", max_length=120)
    address = models.CharField("地址", max_length=200)
    region = models.ForeignKey("authz.Region", models.PROTECT, related_name="+", verbose_name="所在村社区或乡镇街道")
    region_path = PathField()
    local_unit = models.ForeignKey(ORGANISATION, models.PROTECT, related_name="+", verbose_name="属地单位")
    status = models.CharField("状态", max_length=12, choices=ObjectStatus, default=ObjectStatus.IN_USE)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True)
    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=6, null=True)
    source_crs = models.CharField("坐标来源", max_length=8, choices=SourceCrs, blank=True)
    party_kind = models.CharField("责任主体类别", max_length=12, choices=PartyKind, blank=True)
    party_enterprise = models.ForeignKey(
        "register.Enterprise", models.PROTECT, null=True, related_name="objects_answered_for", verbose_name="责任企业"
    )
    party_organisation = models.ForeignKey(
        ORGANISATION, models.PROTECT, null=True, related_name="+", verbose_name="责任单位"
    )
    party_name = models.CharField("责任人", max_length=60, blank=True)
    party_phone = models.CharField("责任人电话", max_length=30, blank=True)
    registered_at = models.DateTimeField("登记时间")
    changed_at = models.DateTimeField("更新时间")
    confirmed_at = models.DateTimeField("确认无变化时间", null=True)
    version = models.PositiveIntegerField(default=0)
    former_names = ArrayField(models.CharField(max_length=120), default=list, verbose_name="曾用名")
    search_text = models.TextField("搜索文本")

    objects = ObjectQuerySet.as_manager()

    class Meta:
        verbose_name = "监管对象"
        ordering = ("-registered_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None, source_crs="")
                | (Q(longitude__isnull=False, latitude__isnull=False) & ~Q(source_crs="")),
                name="object_position_is_whole",
            ),
            models.CheckConstraint(condition=~Q(search_text=""), name="object_can_be_found"),
            models.CheckConstraint(
                condition=Q(party_kind="", party_enterprise=None, party_organisation=None)
                | Q(party_kind=PartyKind.ENTERPRISE, party_enterprise__isnull=False, party_organisation=None)
                | Q(party_kind=PartyKind.ORGANISATION, party_enterprise=None, party_organisation__isnull=False)
                | (Q(party_kind=PartyKind.PERSON, party_enterprise=None, party_organisation=None) & ~Q(party_name="")),
                name="object_one_party",
            ),
        ]
        indexes = [models.Index(fields=["region_path", "-registered_at", "-id"], name="object_region")]

    def __str__(self) -> str:
        return self.name


class ObjectRegulator(ScopedModel):
    """主管部门 of an object: one for each sector. Read through the object."""

    view_permission = Permission.OBJECT_VIEW
    scope_columns = ScopeColumns(matter="supervised_object_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    supervised_object = models.ForeignKey(SupervisedObject, models.CASCADE, related_name="regulators")
    region_path = PathField()
    sector = models.CharField("行业领域", max_length=30, choices=Sector)
    organisation = models.ForeignKey(ORGANISATION, models.PROTECT, related_name="+", verbose_name="主管部门")

    class Meta:
        verbose_name = "对象的主管部门"
        ordering = ("sector",)
        constraints = [
            models.UniqueConstraint(fields=["supervised_object", "sector"], name="object_sector_one_regulator")
        ]

    def __str__(self) -> str:
        return f"{self.get_sector_display()}：{self.organisation_id}"
