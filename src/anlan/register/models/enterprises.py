"""The register's tables. Every one but the industries stands behind the wall."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from anlan.authz.choices import Sector
from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.lib import ids
from anlan.reads.loading import QuicklyLoaded
from anlan.register.choices import OperatingStatus, PersonPost, SourceCrs
from anlan.register.models.keys import address_key, name_key, person_key
from anlan.register.querysets import EnterpriseQuerySet, SiteQuerySet


class Industry(QuicklyLoaded):
    """A heading of GB/T 4754-2017: a section (C), division (26), group (261) or class (2614). Public."""

    code = models.CharField("代码", max_length=4, primary_key=True)
    section = models.CharField("门类", max_length=1)
    name = models.CharField("名称", max_length=60)

    class Meta:
        verbose_name = "国民经济行业"
        ordering = ("section", "code")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Enterprise(QuicklyLoaded):
    """The legal person, as one county knows it: another county that knows it too has its own row.

    Merged into another (``merged_into``) it is a tombstone that leads there; nothing hangs on it any more.
    ``region`` is its home inside the county, as fine as it is known. ``organisation`` appears when the enterprise gets
    an account; from then on it sees its own record by taking part in it.
    """

    scope_columns = ScopeColumns(only_its_party=True)
    view_permission = Permission.ENTERPRISE_VIEW

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    name = models.CharField("名称", max_length=120)
    short_name = models.CharField("简称", max_length=40, blank=True)
    unified_social_credit_code = models.CharField("统一社会信用代码", max_length=18, null=True)
    own_no = models.CharField("临时编号", max_length=18, null=True)
    legal_representative = models.CharField("法定代表人", max_length=60, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    # region and industry are checked once a statement, see anlan.authz.references; each index less makes an import quicker
    industry = models.ForeignKey(
        Industry,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="国民经济行业",
        db_constraint=False,
        db_index=False,
    )
    above_designated_size = models.BooleanField("规模以上", null=True)
    employee_count = models.PositiveIntegerField("从业人数", null=True)
    status = models.CharField("经营状态", max_length=12, choices=OperatingStatus, default=OperatingStatus.OPERATING)
    registered_address = models.CharField("注册地址", max_length=200, blank=True)
    region = models.ForeignKey(
        "authz.Region",
        models.PROTECT,
        related_name="+",
        verbose_name="所在区划",
        db_constraint=False,
        db_index=False,
    )
    region_path = PathField()
    wall_path = PathField()
    organisation = models.ForeignKey(
        "authz.Organisation", models.PROTECT, null=True, related_name="enterprises", db_index=False
    )
    registered_at = models.DateTimeField("登记时间")
    changed_at = models.DateTimeField("更新时间")
    confirmed_at = models.DateTimeField("确认无变化的时间", null=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name="并入", db_index=False
    )
    version = models.PositiveIntegerField(default=0)
    former_names = ArrayField(models.CharField(max_length=120), default=list, verbose_name="曾用名")
    search_text = models.TextField("搜索文本")
    name_key = name_key()
    person_key = person_key()
    address_key = address_key()

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = "企业"
        ordering = ("-registered_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["wall_path", "unified_social_credit_code"],
                condition=Q(unified_social_credit_code__isnull=False),
                name="enterprise_credit_code_once",
            ),
            models.UniqueConstraint(
                fields=["wall_path", "own_no"], condition=Q(own_no__isnull=False), name="enterprise_own_no_once"
            ),
            models.UniqueConstraint(
                fields=["wall_path", "organisation"],
                condition=Q(organisation__isnull=False),
                name="enterprise_organisation_once",
            ),
            models.CheckConstraint(
                condition=Q(unified_social_credit_code__isnull=False) | Q(own_no__isnull=False),
                name="enterprise_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(region_path__startswith=models.F("wall_path")), name="enterprise_inside_its_wall"
            ),
            models.CheckConstraint(condition=~Q(search_text=""), name="enterprise_can_be_found"),
        ]
        indexes = [
            models.Index(fields=["region_path", "-registered_at", "-id"], name="enterprise_region"),
            *(
                models.Index(fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"enterprise_{name}")
                for name in ("organisation", "merged_into")
            ),
            *(
                models.Index(
                    fields=["wall_path", key],
                    condition=Q(merged_into=None) & ~Q(**{key: ""}),
                    name=f"enterprise_{key}",
                )
                for key in ("name_key", "person_key", "address_key")
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def number(self) -> str:
        """The credit code, or the temporary own number until that is known."""
        return self.unified_social_credit_code or self.own_no or ""

    @property
    def size_label(self) -> str:
        return {True: "规上", False: "规下", None: "未定"}[self.above_designated_size]


class Site(QuicklyLoaded):
    """生产经营场所: where people work; risks, checks and hidden dangers hang on it. The position is WGS-84.

    Merged into another of its enterprise (``merged_into``) it is a tombstone that leads there.
    """

    scope_columns = ScopeColumns(only_its_party=True)
    view_permission = Permission.ENTERPRISE_VIEW

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="sites", verbose_name="企业")
    name = models.CharField("名称", max_length=120)
    address = models.CharField("地址", max_length=200)
    region = models.ForeignKey("authz.Region", models.PROTECT, related_name="+", verbose_name="所在村社区或乡镇街道")
    region_path = PathField()
    local_unit = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+", verbose_name="属地单位")
    status = models.CharField("经营状态", max_length=12, choices=OperatingStatus, default=OperatingStatus.OPERATING)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True)
    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=6, null=True)
    source_crs = models.CharField("坐标来源", max_length=8, choices=SourceCrs, blank=True)
    registered_at = models.DateTimeField("登记时间")
    changed_at = models.DateTimeField("更新时间")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name="并入")
    version = models.PositiveIntegerField(default=0)
    former_names = ArrayField(models.CharField(max_length=120), default=list, verbose_name="曾用名")
    search_text = models.TextField("搜索文本")

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = "场所"
        ordering = ("-registered_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None, source_crs="")
                | (Q(longitude__isnull=False, latitude__isnull=False) & ~Q(source_crs="")),
                name="site_position_is_whole",
            ),
            models.CheckConstraint(condition=~Q(search_text=""), name="site_can_be_found"),
        ]
        indexes = [models.Index(fields=["region_path", "-registered_at", "-id"], name="site_region")]

    def __str__(self) -> str:
        return self.name


class SitePerson(ScopedModel):
    """Who answers for safety at a site. Read through the site."""

    view_permission = Permission.ENTERPRISE_VIEW
    scope_columns = ScopeColumns(matter="site_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    site = models.ForeignKey(Site, models.CASCADE, related_name="people")
    region_path = PathField()
    name = models.CharField("姓名", max_length=60)
    post = models.CharField("职务", max_length=16, choices=PersonPost)
    phone = models.CharField("电话", max_length=30, blank=True)

    class Meta:
        verbose_name = "场所人员"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.name}（{self.get_post_display()}）"


class SiteRegulator(ScopedModel):
    """主管部门: one organisation for each sector of a site (三管三必须). Read through the site."""

    view_permission = Permission.ENTERPRISE_VIEW
    scope_columns = ScopeColumns(matter="site_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    site = models.ForeignKey(Site, models.CASCADE, related_name="regulators")
    region_path = PathField()
    sector = models.CharField("行业领域", max_length=30, choices=Sector)
    organisation = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+", verbose_name="主管部门")

    class Meta:
        verbose_name = "主管部门"
        ordering = ("sector",)
        constraints = [models.UniqueConstraint(fields=["site", "sector"], name="site_sector_one_regulator")]
        indexes = [models.Index(fields=["organisation", "sector"], name="site_regulator_organisation")]

    def __str__(self) -> str:
        return f"{self.get_sector_display()}：{self.organisation_id}"
