"""督办函：逾期自动拟发，一件一函。挂牌督办：一件隐患可以几家挂牌，各摘各的。文号按单位、年度连续。"""

from django.db import models

from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.lib import clock, ids
from anlan.reads.loading import QuicklyLoaded
from anlan.supervision.choices import ControlsState, ListerLevel, ListingStatus, ListLevel, PeriodKind


class SupervisionLetter(ScopedModel):
    """A letter that urges the lead of an overdue matter. ``event_id`` makes it exactly one per lateness."""

    view_permission = Permission.SUPERVISION_LETTER_VIEW
    scope_columns = ScopeColumns(organisation="issuer_path", matter="hidden_danger_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    document_number = models.CharField("文号", max_length=60)
    issuer = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+", verbose_name="发函单位")
    issuer_path = PathField()
    addressee = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+", verbose_name="收函单位")
    hidden_danger = models.ForeignKey("hidden_dangers.HiddenDanger", models.PROTECT, related_name="letters")
    reason = models.CharField("事由", max_length=200)
    event_id = models.UUIDField(unique=True)
    issued_at = models.DateTimeField("发函时间")
    reply_due_on = models.DateField("回复期限")

    class Meta:
        verbose_name = "督办函"
        ordering = ("-issued_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "year", "serial"], name="supervision_letter_serial"),
        ]

    def __str__(self) -> str:
        return self.document_number


class SupervisionListing(ScopedModel):
    """挂牌督办 of one matter by one lister."""

    view_permission = Permission.SUPERVISION_LISTING_VIEW
    scope_columns = ScopeColumns(sector="sector", organisation="lister_path", matter="hidden_danger_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    hidden_danger = models.ForeignKey("hidden_dangers.HiddenDanger", models.PROTECT, related_name="listings")
    sector = models.CharField("行业领域", max_length=30, blank=True)
    lister = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+", verbose_name="挂牌单位")
    lister_path = PathField()
    level = models.CharField("挂牌层级", max_length=20, choices=ListerLevel)
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    document_number = models.CharField("文号", max_length=60)
    leader = models.CharField("包抓领导", max_length=60)
    due_on = models.DateField("督办期限")
    status = models.CharField("状态", max_length=20, choices=ListingStatus)
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField("更新时间")
    progress_count = models.PositiveSmallIntegerField("进展次数", default=0)
    controls_check_on = models.DateField("管控措施复查日期", null=True)
    listed_at = models.DateTimeField("挂牌时间")
    released_at = models.DateTimeField("摘牌时间", null=True)

    class Meta:
        verbose_name = "挂牌督办"
        ordering = ("-listed_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["lister", "year", "serial"], name="supervision_listing_serial"),
            models.UniqueConstraint(
                fields=["hidden_danger", "lister"],
                condition=~models.Q(status=ListingStatus.RELEASED),
                name="supervision_listing_once",
            ),
            models.CheckConstraint(
                condition=models.Q(status=ListingStatus.RELEASED) ^ models.Q(released_at=None),
                name="supervision_listing_released_with_its_time",
            ),
        ]

    def __str__(self) -> str:
        return self.document_number

    @property
    def is_open(self) -> bool:
        return self.released_at is None

    @property
    def days_listed(self) -> int:
        """Days since it was listed; once released, the days it was."""
        until = clock.today() if self.released_at is None else clock.legal_date(self.released_at)
        return (until - clock.legal_date(self.listed_at)).days

    @property
    def controls_state(self) -> ControlsState:
        """The next check is in force to the end of its day."""
        if self.controls_check_on is None:
            return ControlsState.MISSING
        return ControlsState.IN_FORCE if self.controls_check_on >= clock.today() else ControlsState.CHECK_PASSED


class ListingProgress(QuicklyLoaded):
    """A month's progress; read only through its listing."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    listing = models.ForeignKey(SupervisionListing, models.PROTECT, related_name="progress")
    note = models.TextField("进展")
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ("reported_at",)

    def __str__(self) -> str:
        return f"{self.listing_id} {self.reported_at:%Y-%m}"


class ListingControl(QuicklyLoaded):
    """What holds the danger down until it is put right, who holds it, and when that is looked at next. A renewal is a new
    row; the last one counts. Read only through its listing."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    listing = models.ForeignKey(SupervisionListing, models.PROTECT, related_name="controls")
    measures = models.TextField("管控措施")
    holder = models.CharField("管控责任人", max_length=60)
    holder_phone = models.CharField("电话", max_length=30, blank=True)
    check_on = models.DateField("下次复查")
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ("set_at",)

    def __str__(self) -> str:
        return f"{self.listing_id} {self.check_on}"


class SignedList(ScopedModel):
    """隐患清单 of one organisation and period, as it was when it was signed (S1-18). Never changed: when the matters have
    changed since, a new edition is signed (D32) and this one stays to be read and verified."""

    append_only = True
    view_permission = Permission.SIGNED_LIST_VIEW
    scope_columns = ScopeColumns(organisation="organisation_path")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    organisation = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+", verbose_name="单位")
    organisation_path = PathField()
    level = models.CharField("层级", max_length=12, choices=ListLevel)
    period_kind = models.CharField("周期", max_length=8, choices=PeriodKind)
    starts_on = models.DateField("起")
    ends_on = models.DateField("止")
    edition = models.PositiveSmallIntegerField("版次")
    row_count = models.PositiveIntegerField("件数")
    major_count = models.PositiveIntegerField("重大件数")
    content_hash = models.CharField("内容校验值", max_length=64)
    signatory = models.CharField("分管负责人", max_length=60)
    post = models.CharField("职务", max_length=60, blank=True)
    signed_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+", verbose_name="办理人")
    signed_at = models.DateTimeField("签字时间")

    class Meta:
        verbose_name = "隐患清单"
        ordering = ("-signed_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "period_kind", "starts_on", "edition"], name="signed_list_edition"
            ),
            models.CheckConstraint(condition=models.Q(ends_on__gt=models.F("starts_on")), name="signed_list_period"),
        ]
        indexes = [models.Index(fields=["region_path", "-signed_at", "-id"], name="signed_list_region")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.starts_on} {self.edition}"


class SignedListRow(ScopedModel):
    """A line of a signed list: what was known of a matter when it was signed. Read only through its list."""

    append_only = True
    view_permission = Permission.SIGNED_LIST_VIEW
    scope_columns = ScopeColumns(matter=None)

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    signed_list = models.ForeignKey(SignedList, models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField("序号")
    hidden_danger = models.ForeignKey("hidden_dangers.HiddenDanger", models.PROTECT, related_name="+")
    number = models.CharField("编号", max_length=24)
    description = models.TextField("隐患描述")
    place = models.CharField("地点", max_length=200)
    level = models.CharField("等级", max_length=20)
    party = models.CharField("责任主体", max_length=120)
    lead = models.CharField("主办单位", max_length=120)
    due_on = models.DateField("整改期限", null=True)
    status = models.CharField("期末状态", max_length=20)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["signed_list", "position"], name="signed_list_row_position")]

    def __str__(self) -> str:
        return self.number
