"""Checklists with their versions, the record of one visit, and the monthly self-checks of enterprises."""

from django.db import models
from django.db.models import F, Q

from anlan.authz.choices import Sector
from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns, ScopedModel
from anlan.inspections.choices import (
    ActClass,
    Answer,
    AnswerKind,
    Arrival,
    InspectionKind,
    SelfCheckFindingState,
    Status,
    Verification,
)
from anlan.inspections.querysets import CheckRecordQuerySet
from anlan.lib import ids
from anlan.reads.loading import QuicklyLoaded


class Checklist(QuicklyLoaded):
    """检查表: one subject, in versions. ``owner_path`` is the county that keeps it; empty: delivered with the system.

    Questions are no data about anybody, so they stand outside the wall; a selector shows a county its own and the
    delivered ones.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    owner_path = PathField(blank=True)
    code = models.SlugField("代码", max_length=60)
    name = models.CharField("名称", max_length=60)
    for_self_check = models.BooleanField("企业自查可用", default=True)

    class Meta:
        verbose_name = "检查表"
        ordering = ("code",)
        constraints = [models.UniqueConstraint(fields=["owner_path", "code"], name="checklist_code_once")]

    def __str__(self) -> str:
        return self.name


class ChecklistVersion(QuicklyLoaded):
    """A published version; the database refuses every change of it. A new version replaces, a record keeps its own."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("版本")
    published_at = models.DateTimeField("发布时间")
    source = models.CharField("编制依据", max_length=200)

    class Meta:
        verbose_name = "检查表版本"
        ordering = ("checklist", "-number")
        constraints = [models.UniqueConstraint(fields=["checklist", "number"], name="checklist_version_once")]

    def __str__(self) -> str:
        return f"{self.checklist.name} 第 {self.number} 版"


class ChecklistItem(QuicklyLoaded):
    """One question. ``danger_text``, ``sector`` and ``level`` are proposed when the answer is 不合格."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.ForeignKey(ChecklistVersion, models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField("序号")
    section = models.CharField("部分", max_length=40, blank=True)
    text = models.CharField("检查内容", max_length=200)
    basis = models.CharField("依据", max_length=120, blank=True)
    answer_kind = models.CharField("答法", max_length=10, choices=AnswerKind, default=AnswerKind.PASS_FAIL)
    unit = models.CharField("单位", max_length=12, blank=True)
    danger_text = models.CharField("隐患描述", max_length=200, blank=True)
    sector = models.CharField("行业领域", max_length=30, choices=Sector, blank=True)
    level = models.CharField("建议等级", max_length=8, blank=True)

    class Meta:
        verbose_name = "检查项"
        ordering = ("version", "number")
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="checklist_item_once")]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"


class CheckRecord(QuicklyLoaded):
    """检查记录: one visit, by one organisation, with what was looked at and found.

    At a ``site`` or a ``supervised_object``, or at neither; ``enterprise`` is whoever answers for it, where that is one.
    ``concealed`` hides an unannounced visit until its findings are dispatched; ``month`` (its first day) is set for a
    self-check. ``draft`` is what the maker has typed so far, nothing else reads it. ``import_key`` and ``stated`` are those
    of a record that came in with a ledger: what makes its row the same, and what the row says.
    """

    scope_columns = ScopeColumns(organisation="organisation_path", concealed="concealed", parts_lie_with_it=True)
    view_permission = Permission.CHECK_VIEW

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    number = models.CharField("编号", max_length=24, unique=True)
    status = models.CharField("状态", max_length=12, choices=Status)
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField("更新时间")
    act_class = models.CharField("检查性质", max_length=28, choices=ActClass)
    inspection_kind = models.CharField("行政检查类别", max_length=12, choices=InspectionKind, blank=True)
    is_unannounced = models.BooleanField("暗查、四不两直", default=False)
    concealed = models.BooleanField(default=False)

    region = models.ForeignKey("authz.Region", models.PROTECT, related_name="+", verbose_name="属地")
    region_path = PathField()
    site = models.ForeignKey("register.Site", models.PROTECT, null=True, related_name="checks")
    supervised_object = models.ForeignKey(
        "register.SupervisedObject",
        models.PROTECT,
        null=True,
        related_name="checks",
        verbose_name="监管对象",
        db_index=False,
    )
    enterprise = models.ForeignKey("register.Enterprise", models.PROTECT, null=True, related_name="+")
    place = models.CharField("地点", max_length=200)
    organisation = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+", verbose_name="检查单位")
    organisation_path = PathField()
    registered_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+")

    started_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间", null=True)
    filed_at = models.DateTimeField("提交时间", null=True)
    arrival = models.CharField("告知方式", max_length=12, choices=Arrival, blank=True)
    scan_no = models.CharField("扫码入企编号", max_length=60, blank=True)
    no_scan_reason = models.CharField("未扫码原因", max_length=200, blank=True)
    plan_reference = models.CharField("检查计划、方案", max_length=120, blank=True)
    told_to = models.CharField("结果告知", max_length=60, blank=True)
    led_by = models.CharField("带队人", max_length=60, blank=True)
    led_by_principal = models.BooleanField("主要负责人带队", default=False)
    checklist_version = models.ForeignKey(ChecklistVersion, models.PROTECT, null=True, related_name="+")
    item_count = models.PositiveSmallIntegerField("检查项数", default=0)
    fail_count = models.PositiveSmallIntegerField("不合格项数", default=0)
    finding_count = models.PositiveSmallIntegerField("发现问题数", default=0)
    note = models.TextField("检查情况", blank=True)
    month = models.DateField("自查月份", null=True)
    rating = models.PositiveSmallIntegerField("企业评分", null=True)
    rating_words = models.CharField("企业评价", max_length=500, blank=True)
    rated_at = models.DateTimeField("评价时间", null=True)
    draft = models.JSONField(default=dict)
    import_key = models.CharField(max_length=64, null=True, unique=True)
    stated = models.JSONField("台账记载", null=True)

    objects = CheckRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "检查记录"
        ordering = ("-started_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT) | Q(status=Status.VOIDED) | Q(filed_at__isnull=False),
                name="check_filed_with_its_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="check_ends_after_it_started"
            ),
            models.CheckConstraint(
                condition=Q(rating=None, rated_at=None) | Q(rating__range=(1, 5), rated_at__isnull=False),
                name="check_rating",
            ),
            models.CheckConstraint(
                condition=Q(act_class=ActClass.SELF_CHECK, month__isnull=False)
                | (~Q(act_class=ActClass.SELF_CHECK) & Q(month=None)),
                name="check_month_of_self_check",
            ),
            models.CheckConstraint(
                condition=Q(act_class=ActClass.ADMINISTRATIVE_INSPECTION)
                | Q(inspection_kind="", arrival="", scan_no="", no_scan_reason="", plan_reference=""),
                name="check_only_inspections_enforce",
            ),
            models.CheckConstraint(condition=Q(site=None) | Q(supervised_object=None), name="check_site_or_object"),
            models.CheckConstraint(
                condition=Q(import_key=None, stated__isnull=True) | Q(import_key__isnull=False, stated__isnull=False),
                name="check_imported_with_its_row",
            ),
            models.UniqueConstraint(
                fields=["enterprise", "month"],
                condition=Q(act_class=ActClass.SELF_CHECK, status=Status.FILED),
                name="check_one_self_check_a_month",
            ),
        ]
        indexes = [
            models.Index(fields=["region_path", "-started_at", "-id"], name="check_region_started"),
            models.Index(fields=["-started_at", "-id"], name="check_started"),
            models.Index(fields=["organisation_path", "-started_at"], name="check_organisation"),
            models.Index(fields=["site"], name="check_site"),
            models.Index(
                fields=["supervised_object"], condition=Q(supervised_object__isnull=False), name="check_object"
            ),
            models.Index(fields=["enterprise", "month"], name="check_enterprise_month"),
            models.Index(fields=["id"], condition=Q(concealed=True), name="check_concealed"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_inspection(self) -> bool:
        return self.act_class == ActClass.ADMINISTRATIVE_INSPECTION

    @property
    def is_self_check(self) -> bool:
        return self.act_class == ActClass.SELF_CHECK

    @property
    def is_imported(self) -> bool:
        return self.import_key is not None


class CheckPart(ScopedModel):
    """What belongs to one check; read only through it."""

    view_permission = Permission.CHECK_VIEW
    scope_columns = ScopeColumns(matter="check_record_id")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()

    class Meta:
        abstract = True


class CheckOfficer(CheckPart):
    """检查人员, with the number of the enforcement certificate where there is one."""

    check_record = models.ForeignKey(CheckRecord, models.PROTECT, related_name="officers")
    position = models.PositiveSmallIntegerField()
    name = models.CharField("姓名", max_length=60)
    certificate_no = models.CharField("执法证号", max_length=40, blank=True)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.name


class CheckAnswer(CheckPart):
    """The answer to one item of the checklist."""

    check_record = models.ForeignKey(CheckRecord, models.PROTECT, related_name="answers")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="+")
    answer = models.CharField("结果", max_length=14, choices=Answer, blank=True)
    number = models.DecimalField("数值", max_digits=14, decimal_places=3, null=True)
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        ordering = ("item__number",)
        constraints = [models.UniqueConstraint(fields=["check_record", "item"], name="check_answer_once")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.answer}"


class CheckFinding(CheckPart):
    """A finding that became a hidden danger in the same act."""

    check_record = models.ForeignKey(CheckRecord, models.PROTECT, related_name="findings")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, null=True, related_name="+")
    hidden_danger = models.OneToOneField("hidden_dangers.HiddenDanger", models.PROTECT, related_name="check_finding")

    class Meta:
        verbose_name = "检查发现的问题"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.check_record_id} {self.hidden_danger_id}"


class SelfCheckFinding(CheckPart):
    """企业自查自改: found, put right and accepted inside the enterprise; on its own line, never in the official rate.

    Handed over to the government it becomes a hidden danger and leaves this line.
    """

    check_record = models.ForeignKey(CheckRecord, models.PROTECT, related_name="self_check_findings")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, null=True, related_name="+")
    description = models.CharField("问题描述", max_length=500)
    place = models.CharField("部位", max_length=200, blank=True)
    sector = models.CharField("行业领域", max_length=30, choices=Sector, blank=True)
    state = models.CharField("状态", max_length=12, choices=SelfCheckFindingState)
    due_on = models.DateField("整改期限")
    measure = models.CharField("整改措施", max_length=500, blank=True)
    rectified_by = models.CharField("整改人", max_length=60, blank=True)
    accepted_by = models.CharField("验收人", max_length=60, blank=True)
    salt = models.CharField(max_length=32, blank=True)
    closed_at = models.DateTimeField("自改时间", null=True)
    hidden_danger = models.OneToOneField(
        "hidden_dangers.HiddenDanger", models.PROTECT, null=True, related_name="self_check_finding"
    )

    class Meta:
        verbose_name = "企业自查问题"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(state=SelfCheckFindingState.CLOSED, closed_at__isnull=False)
                    & ~Q(measure="")
                    & ~Q(rectified_by="")
                    & ~Q(accepted_by="")
                    & ~Q(accepted_by=F("rectified_by"))
                )
                | (~Q(state=SelfCheckFindingState.CLOSED) & Q(closed_at=None)),
                name="self_check_finding_accepted_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state=SelfCheckFindingState.HANDED_OVER) ^ Q(hidden_danger=None),
                name="self_check_finding_handed_over",
            ),
        ]

    def __str__(self) -> str:
        return self.description


class SelfCheckSample(ScopedModel):
    """抽查: the filings of a month that a township verifies on site. Whoever has the seed can repeat the draw."""

    view_permission = Permission.SELF_CHECK_SAMPLE
    scope_columns = ScopeColumns(matter=None)

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    organisation = models.ForeignKey("authz.Organisation", models.PROTECT, related_name="+")
    month = models.DateField("自查月份")
    seed = models.CharField("随机种子", max_length=64)
    population_count = models.PositiveIntegerField("报送数")
    population_sha256 = models.CharField("名单校验值", max_length=64)
    drawn_at = models.DateTimeField("抽取时间")
    drawn_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "企业自查抽查"
        ordering = ("-month",)
        constraints = [models.UniqueConstraint(fields=["organisation", "month"], name="self_check_sample_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.month:%Y-%m}"


class SelfCheckSampleItem(ScopedModel):
    """One drawn filing, and whether it was true on site."""

    view_permission = Permission.SELF_CHECK_SAMPLE
    scope_columns = ScopeColumns(matter=None)

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()
    sample = models.ForeignKey(SelfCheckSample, models.PROTECT, related_name="items")
    position = models.PositiveIntegerField("抽取次序")
    check_record = models.ForeignKey(CheckRecord, models.PROTECT, related_name="samples")
    result = models.CharField("核查结果", max_length=8, choices=Verification, blank=True)
    note = models.CharField("核查情况", max_length=500, blank=True)
    verified_at = models.DateTimeField("核查时间", null=True)
    verified_by = models.ForeignKey("authz.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "抽中的企业自查"
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["sample", "check_record"], name="self_check_sample_item_once"),
            models.CheckConstraint(
                condition=Q(result="", verified_at=None, verified_by=None)
                | (~Q(result="") & Q(verified_at__isnull=False, verified_by__isnull=False)),
                name="self_check_sample_item_verified",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.position}"
