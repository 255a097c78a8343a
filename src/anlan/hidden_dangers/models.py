"""The matter and what belongs to it. Paired facts (who and when) are both set or both null, in the database."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from anlan.authz.choices import Sector
from anlan.authz.fields import PathField
from anlan.authz.permissions import Permission
from anlan.authz.scope import ScopeColumns
from anlan.hidden_dangers.choices import (
    Cause,
    Decision,
    HandlingMode,
    Level,
    LookBackResult,
    MajorState,
    PartyKind,
    Source,
    Status,
)
from anlan.hidden_dangers.querysets import AWAITING_RECTIFICATION, HiddenDangerQuerySet
from anlan.lib import ids
from anlan.processes.api import Event
from anlan.reads.loading import QuicklyLoaded

ORGANISATION = "authz.Organisation"


def _together(name: str, *fields: str) -> models.CheckConstraint:
    none = Q(**{f"{field}__isnull": True for field in fields})
    every = Q(**{f"{field}__isnull": False for field in fields})
    return models.CheckConstraint(condition=none | every, name=f"hidden_danger_{name}")


def _who_and_when(name: str, who: str, when: str) -> models.CheckConstraint:
    """Both or neither; of what a ledger brought it says the day, and who it was stays in its words."""
    imported = Q(**{f"{who}__isnull": True, f"{when}__isnull": False, "import_key__isnull": False})
    none = Q(**{f"{who}__isnull": True, f"{when}__isnull": True})
    every = Q(**{f"{who}__isnull": False, f"{when}__isnull": False})
    return models.CheckConstraint(condition=none | every | imported, name=f"hidden_danger_{name}")


def _organisation(label: str, *, null: bool = True) -> models.ForeignKey:
    return models.ForeignKey(ORGANISATION, models.PROTECT, null=null, related_name="+", verbose_name=label)


class HiddenDanger(QuicklyLoaded):
    """事故隐患：一件事，一个责任主体，一条时间线。 A place always, a ``site`` or a ``supervised_object`` often, never both.

    ``holder`` is the organisation that must act next: where the matter is stuck. ``sector`` is the matter's, not the
    enterprise's. ``import_key`` is set for what came in with a ledger: the same row is the same matter. ``concealed``
    hides an unannounced check from all but those taking part, until dispatch. ``history_read`` is its whole history,
    the oldest first, once a page has read it.
    """

    scope_columns = ScopeColumns(
        sector="sector",
        organisation="holder_path",
        concealed="concealed",
        holder_takes_part=True,
        parts_lie_with_it=True,
    )
    view_permission = Permission.HIDDEN_DANGER_VIEW
    history_read: list[Event] | None = None

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    number = models.CharField("编号", max_length=24, unique=True)
    status = models.CharField("状态", max_length=24, choices=Status)
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField("更新时间")
    level = models.CharField("等级", max_length=8, choices=Level, blank=True)
    suggested_level = models.CharField("建议等级", max_length=8, choices=Level, blank=True)
    source = models.CharField("排查渠道", max_length=20, choices=Source)
    concealed = models.BooleanField(default=False)

    description = models.TextField("隐患描述")
    place = models.CharField("地点", max_length=200)
    region = models.ForeignKey("authz.Region", models.PROTECT, related_name="+", verbose_name="属地")
    region_path = PathField()
    site = models.ForeignKey("register.Site", models.PROTECT, null=True, related_name="hidden_dangers")
    supervised_object = models.ForeignKey(
        "register.SupervisedObject",
        models.PROTECT,
        null=True,
        related_name="hidden_dangers",
        verbose_name="监管对象",
        db_index=False,
    )
    sector = models.CharField("行业领域", max_length=30, choices=Sector, blank=True)
    clause = models.CharField("依据条款", max_length=200, blank=True)
    cause = models.CharField("成因", max_length=16, choices=Cause, blank=True)

    party_kind = models.CharField("责任主体类别", max_length=12, choices=PartyKind, blank=True)
    party_enterprise = models.ForeignKey("register.Enterprise", models.PROTECT, null=True, related_name="+")
    party_organisation = _organisation("责任组织")
    party_person = models.CharField("责任人", max_length=60, blank=True)

    holder = _organisation("当前办理单位", null=False)
    holder_path = PathField()
    registered_at = models.DateTimeField("登记时间")
    registered_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+")
    reporter = _organisation("上报单位", null=False)
    screening = _organisation("初审单位", null=False)
    confirmed_at = models.DateTimeField("核定时间", null=True)
    confirmed_by = _organisation("核定单位")
    major_state = models.CharField("重大判定", max_length=10, choices=MajorState, default=MajorState.NONE)
    major_decider = _organisation("重大判定单位")
    major_proposed_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField("交办时间", null=True)
    dispatcher = _organisation("交办单位")
    lead = _organisation("主办单位")
    modes = ArrayField(models.CharField(max_length=16, choices=HandlingMode), default=list, blank=True)
    due_on = models.DateField("整改期限", null=True)
    original_due_on = models.DateField("原定期限", null=True)
    suggested_due_on = models.DateField("建议整改期限", null=True)
    review_on = models.DateField("暂缓复核日期", null=True)
    submitted_at = models.DateTimeField("报验时间", null=True)
    submitted_by = models.ForeignKey("authz.User", models.PROTECT, null=True, related_name="+")
    bounce_count = models.PositiveSmallIntegerField("退件次数", default=0)
    is_designated = models.BooleanField("指定承办", default=False)
    extension_count = models.PositiveSmallIntegerField("延期次数", default=0)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    recurrence_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="recurrences")
    return_count = models.PositiveSmallIntegerField("退回次数", default=0)
    accepted_at = models.DateTimeField("验收时间", null=True)
    accepted_by = models.ForeignKey("authz.User", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField("办结时间", null=True)
    external_system = models.CharField("来源系统", max_length=40, blank=True)
    external_no = models.CharField("原编号", max_length=80, blank=True)
    import_key = models.CharField(max_length=64, null=True, unique=True)

    objects = HiddenDangerQuerySet.as_manager()

    class Meta:
        verbose_name = "隐患"
        ordering = ("-registered_at", "-id")
        constraints = [
            _together("confirmed", "confirmed_at", "confirmed_by"),
            _together("major_proposed", "major_proposed_at", "major_decider"),
            _together("dispatched", "dispatched_at", "dispatcher", "lead", "due_on", "original_due_on"),
            _who_and_when("submitted", "submitted_by", "submitted_at"),
            _who_and_when("accepted", "accepted_by", "accepted_at"),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DISMISSED, Status.MERGED, Status.CLOSED, Status.TERMINATED])
                ^ Q(ended_at=None),
                name="hidden_danger_ended_with_its_time",
            ),
            models.CheckConstraint(
                condition=Q(party_kind="", party_enterprise=None, party_organisation=None, party_person="")
                | (
                    Q(party_kind=PartyKind.ENTERPRISE, party_enterprise__isnull=False, party_organisation=None)
                    & Q(party_person="")
                )
                | (
                    Q(party_kind=PartyKind.ORGANISATION, party_organisation__isnull=False, party_enterprise=None)
                    & Q(party_person="")
                )
                | (
                    Q(party_kind=PartyKind.PERSON, party_enterprise=None, party_organisation=None) & ~Q(party_person="")
                ),
                name="hidden_danger_one_party",
            ),
            models.CheckConstraint(
                condition=Q(site=None) | Q(supervised_object=None), name="hidden_danger_site_or_object"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | (~Q(level="") & ~Q(party_kind="") & ~Q(cause="")),
                name="hidden_danger_confirmed_is_graded",
            ),
            models.CheckConstraint(
                condition=~Q(level=Level.MAJOR) | Q(major_state=MajorState.CONFIRMED),
                name="hidden_danger_major_was_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["region_path", "-registered_at", "-id"], name="hd_region_registered"),
            models.Index(fields=["-registered_at", "-id"], name="hd_registered"),
            models.Index(fields=["status", "region_path"], name="hd_status"),
            models.Index(fields=["holder_path", "status"], name="hd_holder"),
            models.Index(fields=["site"], name="hd_site"),
            models.Index(fields=["supervised_object"], condition=Q(supervised_object__isnull=False), name="hd_object"),
            models.Index(fields=["party_enterprise"], name="hd_party_enterprise"),
            models.Index(fields=["id"], condition=Q(concealed=True), name="hd_concealed"),
            models.Index(fields=["-registered_at", "-id"], condition=Q(level=Level.MAJOR), name="hd_major"),
            models.Index(fields=["due_on"], condition=Q(status__in=AWAITING_RECTIFICATION), name="hd_due"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_major(self) -> bool:
        return self.level == Level.MAJOR

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_imported(self) -> bool:
        return self.import_key is not None


class MatterRecord(QuicklyLoaded):
    """What belongs to one matter; read only through it, which is scoped."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    region_path = PathField()

    class Meta:
        abstract = True


class ImportedMatter(MatterRecord):
    """What the office's ledger says of a matter that came in with it, by the names of the columns of the import."""

    hidden_danger = models.OneToOneField(HiddenDanger, models.PROTECT, related_name="imported")
    facts = models.JSONField(default=dict)
    imported_at = models.DateTimeField("导入时间")
    imported_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "台账记载"

    def __str__(self) -> str:
        return f"{self.hidden_danger_id} 台账记载"


class RectificationPlan(MatterRecord):
    """五到位 of a major hidden danger (S0-69): 方案 时限 责任 资金 措施."""

    hidden_danger = models.OneToOneField(HiddenDanger, models.PROTECT, related_name="plan")
    plan = models.TextField("治理方案", blank=True)
    due_on = models.DateField("治理时限", null=True)
    person = models.CharField("责任人", max_length=60, blank=True)
    funds_cny = models.DecimalField("资金（元）", max_digits=14, decimal_places=2, null=True)
    measures = models.TextField("治理措施", blank=True)
    filled_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.hidden_danger_id} 五到位"

    def missing(self) -> list[str]:
        """The Chinese names of what is not there yet."""
        values = {
            "方案": self.plan,
            "时限": self.due_on,
            "责任": self.person,
            "资金": self.funds_cny is not None,
            "措施": self.measures,
        }
        return [name for name, value in values.items() if not value]


class Suspension(MatterRecord):
    """A request to put rectification off under interim controls (S2-55); not an extension."""

    hidden_danger = models.ForeignKey(HiddenDanger, models.PROTECT, related_name="suspensions")
    controls = models.TextField("防范措施")
    review_on = models.DateField("复核日期")
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.PENDING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("authz.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("requested_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["hidden_danger"], condition=Q(decision=Decision.PENDING), name="suspension_one_pending"
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.PENDING, decided_at=None, decided_by=None)
                | (~Q(decision=Decision.PENDING) & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="suspension_decided_with_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hidden_danger_id} {self.decision}"


class Extension(MatterRecord):
    """A request for more time. The original due date stays on record and the on-time rate uses it (DOMAIN §4)."""

    hidden_danger = models.ForeignKey(HiddenDanger, models.PROTECT, related_name="extensions")
    until = models.DateField("延至")
    reason = models.TextField("理由")
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.PENDING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("authz.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("requested_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["hidden_danger"], condition=Q(decision=Decision.PENDING), name="extension_one_pending"
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.PENDING, decided_at=None, decided_by=None)
                | (~Q(decision=Decision.PENDING) & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="extension_decided_with_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hidden_danger_id} {self.until}"


class LookBack(MatterRecord):
    """A visit after closing, by somebody other than the acceptor (S3-44)."""

    hidden_danger = models.ForeignKey(HiddenDanger, models.PROTECT, related_name="look_backs")
    result = models.CharField("结果", max_length=8, choices=LookBackResult)
    note = models.TextField("情况")
    looked_at = models.DateTimeField()
    looked_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ("looked_at",)

    def __str__(self) -> str:
        return f"{self.hidden_danger_id} {self.result}"


class RuleFinding(MatterRecord):
    """What a rule said of the matter: advice, never a decision. Never changed; it can be reckoned again under its own
    version. ``content`` is the finding's canonical JSON with the facts it was given, ``sha256`` the hash of its UTF-8;
    ``value`` is empty while facts are missing."""

    append_only = True

    hidden_danger = models.ForeignKey(HiddenDanger, models.PROTECT, related_name="rule_findings")
    rule = models.CharField("规则", max_length=40)
    version = models.CharField("版本", max_length=20)
    on = models.DateField("法定日期")
    value = models.CharField("结论", max_length=40, blank=True)
    content = models.TextField("判断全文")
    sha256 = models.CharField("校验值", max_length=64)
    asked_at = models.DateTimeField("判断时间")
    asked_by = models.ForeignKey("authz.User", models.PROTECT, related_name="+")
    asked_for = _organisation("判断单位", null=False)

    class Meta:
        verbose_name = "规则判断"
        ordering = ("-asked_at", "-id")
        indexes = [models.Index(fields=["hidden_danger", "-asked_at", "-id"], name="rule_finding_newest")]

    def __str__(self) -> str:
        return f"{self.hidden_danger_id} {self.rule} {self.version}"
