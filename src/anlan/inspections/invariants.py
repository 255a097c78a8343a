"""What holds for every check record, however it came to be; see ``hidden_dangers.invariants``."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from anlan.authz.actors import Actor
from anlan.authz.participation import lies_elsewhere
from anlan.hidden_dangers import api as loop
from anlan.inspections.choices import ActClass, Answer, InspectionKind, Status
from anlan.inspections.models import CheckAnswer, CheckFinding, CheckOfficer, SelfCheckFinding
from anlan.inspections.policies import OFFICERS_AT_LEAST
from anlan.inspections.selectors import all_records
from anlan.inspections.workflow import PROCESS
from anlan.processes.api import Breach
from anlan.processes.api import invariants as processes

MADE_HERE = Q(import_key=None) & ~Q(status=Status.DRAFT)
INSPECTED = MADE_HERE & Q(act_class=ActClass.ADMINISTRATIVE_INSPECTION)


def check_invariants(actor: Actor) -> Iterator[Breach]:
    """Every breach among the checks of the actor's county."""
    rows = all_records(actor)
    yield from processes.broken_histories(PROCESS, rows)
    counted = rows.annotate(
        officers_there=_number(CheckOfficer.objects.all()),
        answers_there=_number(CheckAnswer.objects.all()),
        fails_there=_number(CheckAnswer.objects.filter(answer=Answer.FAIL)),
        findings_there=_number(CheckFinding.objects.all()),
        own_findings_there=_number(SelfCheckFinding.objects.all()),
    )
    yield from processes.broken_rows(counted, RULES)
    yield from processes.named(rows.filter(lies_elsewhere()), "参与检查的属地与检查的不符")
    astray = CheckFinding.objects.filter(check_record__in=rows.filter(import_key=None).values("pk"))
    for number in astray.exclude(FOUND_BY_CHECK).values_list("check_record__number", flat=True):
        yield Breach(number, "发现的隐患与检查的单位、场所或者时间不符")


RULES = {
    "行政检查的检查人员不足两名": INSPECTED & Q(officers_there__lt=OFFICERS_AT_LEAST),
    "行政检查没有检查计划": INSPECTED & ~Q(inspection_kind=InspectionKind.INDIVIDUAL) & Q(plan_reference=""),
    "行政检查没有扫码入企编号，也没有原因": INSPECTED & Q(scan_no="", no_scan_reason=""),
    "提交早于结束": MADE_HERE & Q(filed_at__lt=F("ended_at")),
    "检查项数与答案不符": MADE_HERE & ~Q(item_count=F("answers_there")),
    "不合格项数与答案不符": MADE_HERE & ~Q(fail_count=F("fails_there")),
    "发现问题数与登记的不符": MADE_HERE
    & (
        (Q(act_class=ActClass.SELF_CHECK) & ~Q(finding_count=F("own_findings_there")))
        | (~Q(act_class=ActClass.SELF_CHECK) & ~Q(finding_count=F("findings_there")))
    ),
    "检查单位或者属地的路径不符": ~Q(organisation_path=F("organisation__path")) | ~Q(region_path=F("region__path")),
    "企业不是场所的企业": Q(site__isnull=False, import_key=None) & ~Q(enterprise=F("site__enterprise")),
}
ONE_ACT = timedelta(minutes=1)
"""What a check found is registered while it is filed, a moment later."""
FOUND_BY_CHECK = Q(
    region_path=F("check_record__region_path"),
    hidden_danger__reporter=F("check_record__organisation"),
    hidden_danger__registered_at__gte=F("check_record__filed_at"),
    hidden_danger__registered_at__lte=F("check_record__filed_at") + ONE_ACT,
) & (
    Q(hidden_danger__region=F("check_record__region"))
    | Q(processes.happened_to_the("hidden_danger_id", event=loop.TRAVELLED))
)
"""Where the check was, unless it has been handed over with its site since."""


def _number(rows: QuerySet) -> Coalesce:
    """How many of the rows belong to the check."""
    mine = rows.filter(check_record=OuterRef("pk")).order_by().values("check_record")
    return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), 0)


def count_checks(actor: Actor) -> int:
    return all_records(actor).count()


def register_invariants() -> None:
    """Called when Django is ready."""
    processes.register_invariants(processes.Kind("检查", "次", count_checks, check_invariants))
