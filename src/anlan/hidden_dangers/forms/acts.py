"""One form for each verb of the loop that a person fires."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms

from anlan.hidden_dangers.advice import Advice, advice_of
from anlan.hidden_dangers.choices import HandlingMode
from anlan.hidden_dangers.forms import detours
from anlan.hidden_dangers.forms.base import CommandForm
from anlan.hidden_dangers.forms.choosing import leads_for
from anlan.hidden_dangers.forms.directing import DirectForm
from anlan.hidden_dangers.forms.evidence import EvidenceField
from anlan.hidden_dangers.forms.fields import CLAUSE_HELP, day, line, sector_choice, words
from anlan.hidden_dangers.forms.parties import PartyForm
from anlan.hidden_dangers.forms.registration import RegisterAgainForm
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.selectors import SHOWN_FINDINGS, pending_suspension, plan_of, rule_findings
from anlan.hidden_dangers.workflow import PROCESS
from anlan.lib import clock

QUICK_DAYS = (3, 7, 15, 30)


class ReasonForm(CommandForm):
    """A verb that needs nothing but its reason."""

    reason = words("理由")


class NoteForm(CommandForm):
    """A verb that needs nothing; a word may be added."""

    note = words("说明", required=False, rows=2)


class ReturnToReporterForm(ReasonForm):
    verb = "return_to_reporter"
    intro = "退回后由上报人补充，重新登记。请写清楚缺什么。"
    reason = words("退回理由", placeholder="例：照片看不清，请补拍配电箱近照。")


class DismissForm(ReasonForm):
    verb = "dismiss"
    intro = "认定后这件事不再作为隐患统计，上报人会收到您的答复。"
    reason = words("不成立的理由")


class ConfirmForm(PartyForm):
    verb = "confirm"
    intro = "这里核定一般隐患。认为可能是重大隐患的，请改用“提请判定重大”，由主管部门判定。"

    clause = line("依据条款", required=False, help_text="现在不确定的，可以留空。")
    sector = sector_choice(help_text="按事项的性质选：工厂里的消防问题选“消防”。")
    due_on = day("建议整改期限", required=False)
    note = words("核定意见", required=False, rows=2)

    field_order = ("cause", "party_kind", "clause", "sector", "due_on", "note")


class ProposeMajorForm(ReasonForm):
    verb = "propose_major"
    intro = "由这个行业领域的主管部门在规定时限内判定。判定之前不能交办、报验。"
    sector = sector_choice(required=True)
    clause = line("认为符合的条款", required=False, help_text=CLAUSE_HELP)
    reason = words("提请理由")

    field_order = ("sector", "clause", "reason")

    def starting_values(self, matter: HiddenDanger) -> Mapping[str, Any]:
        return {"sector": matter.sector, "clause": matter.clause}


class AdvisedForm(CommandForm):
    """A decision for which a rule may have been asked; without a finding there is nothing to choose."""

    finding = forms.ChoiceField(label="参考的规则判断", required=False, help_text="规则只是参考，由您单位判定。")

    def __init__(self, *args: Any, **options: Any) -> None:
        self.advice = [advice_of(kept) for kept in rule_findings(options["matter"])[:SHOWN_FINDINGS]]
        super().__init__(*args, **options)
        if not self.advice:
            del self.fields["finding"]
            return
        self.offer("finding", [("", "不引用"), *((str(one.id), _in_a_line(one)) for one in self.advice)])

    def newest_saying(self, is_major: bool) -> Advice | None:
        """The newest finding that says so."""
        return next((one for one in self.advice if one.says_major is is_major), None)

    def advised_values(self, matter: HiddenDanger) -> dict[str, Any]:
        """The newest finding that says 重大, with its clause."""
        newest = self.newest_saying(True)
        if newest is None:
            return {"clause": matter.clause}
        return {"finding": str(newest.id), "clause": newest.clause[:200]}


def _in_a_line(one: Advice) -> str:
    return f"{one.asked_at.astimezone(clock.SHANGHAI):%m-%d %H:%M} {one.finding.label}（{one.asked_for}）"


class ConfirmMajorForm(AdvisedForm):
    """After confirmation only the clause is asked for."""

    verb = "confirm_major"
    intro = "判定后按重大事故隐患办理：须五到位，由您单位到场验收，两名以上执法人员。"
    clause = line("判定依据的条款", help_text=CLAUSE_HELP)
    note = words("判定意见", required=False, rows=2)

    field_order = ("finding", "clause", "note")

    def starting_values(self, matter: HiddenDanger) -> Mapping[str, Any]:
        return self.advised_values(matter)


class ConfirmMajorAndGradeForm(AdvisedForm, PartyForm):
    """From REGISTERED the decision also confirms the matter."""

    verb = "confirm_major"
    intro = ConfirmMajorForm.intro
    clause = line("判定依据的条款", help_text=CLAUSE_HELP)
    note = words("判定意见", required=False, rows=2)

    field_order = ("finding", "clause", "cause", "party_kind", "note")

    def starting_values(self, matter: HiddenDanger) -> Mapping[str, Any]:
        return {**super().starting_values(matter), **self.advised_values(matter)}


class RefuseMajorForm(AdvisedForm):
    verb = "refuse_major"
    reason = words("不属重大的理由")

    field_order = ("finding", "reason")

    def starting_values(self, matter: HiddenDanger) -> Mapping[str, Any]:
        newest = self.newest_saying(False)
        return {"finding": str(newest.id)} if newest else {}


class DispatchForm(CommandForm):
    verb = "dispatch"
    template = "hidden_dangers/forms/_dispatch.html"

    lead = forms.ChoiceField(label="主办单位", widget=forms.Select(attrs={"data-search": True}))
    due_on = day("整改期限")
    mode = forms.MultipleChoiceField(
        label="处置方式",
        choices=HandlingMode.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[HandlingMode.BY_ENTERPRISE],
    )
    assisting = forms.MultipleChoiceField(
        label="协办单位", required=False, widget=forms.SelectMultiple(attrs={"data-search": True})
    )
    note = words("交办要求", required=False, rows=2)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        leads = leads_for(self.actor, self.matter)
        self.offer("lead", leads)
        self.offer("assisting", leads[1:])
        self.fields["due_on"].widget.attrs["min"] = clock.today().isoformat()

    def starting_values(self, matter: HiddenDanger) -> Mapping[str, Any]:
        return {"due_on": matter.suggested_due_on, "lead": matter.lead_id or ""}

    @property
    def quick_days(self) -> list[tuple[int, date]]:
        return [(days, clock.today() + timedelta(days=days)) for days in QUICK_DAYS]


class RedispatchForm(DispatchForm):
    verb = "redispatch"
    intro = "被退件的，转给另一个主办单位。"


class DesignateForm(DispatchForm):
    verb = "designate"
    intro = "指定承办的不能再退件。"


class AcknowledgeForm(NoteForm):
    verb = "acknowledge"
    intro = "签收后由您单位负责督促整改，直到报验。"


class FillFiveForm(CommandForm):
    verb = "fill_five"
    template = "hidden_dangers/forms/_five.html"
    intro = "可以分几次填；五项都到位以后才能报验。"

    plan = words("方案", required=False, help_text="怎么治理，分哪几步。")
    due_on = day("时限", required=False)
    person = line("责任人", required=False, maximum=60)
    funds_cny = forms.DecimalField(
        label="资金（元）", required=False, min_value=0, max_digits=14, decimal_places=2, help_text="不需要资金的填 0。"
    )
    measures = words("措施", required=False, help_text="治理期间怎样防止出事：停用、警戒、专人看守等。")

    def starting_values(self, matter: HiddenDanger) -> Mapping[str, Any]:
        plan = plan_of(matter)
        if plan is None:
            return {}
        return {name: getattr(plan, name) for name in ("plan", "due_on", "person", "funds_cny", "measures")}


class RequestSuspensionForm(CommandForm):
    verb = "request_suspension"
    intro = "一时确实改不了的，先采取防范措施，经交办单位批准后暂缓；到复核日期再看。暂缓不是延期。"
    controls = words("防范措施")
    review_on = day("复核日期")


class ApproveSuspensionForm(NoteForm):
    verb = "approve_suspension"

    @property
    def request(self) -> Any:
        return pending_suspension(self.matter)

    template = "hidden_dangers/forms/_suspension.html"


class RefuseSuspensionForm(ReasonForm):
    verb = "refuse_suspension"
    template = "hidden_dangers/forms/_suspension.html"
    reason = words("不批准的理由")

    @property
    def request(self) -> Any:
        return pending_suspension(self.matter)


class ResumeForm(NoteForm):
    verb = "resume"


class SubmitRectificationForm(CommandForm):
    verb = "submit_rectification"
    intro = "请从整改前照片的同一角度拍，让人一眼看得出改好了。"
    photos = EvidenceField(kind="AFTER", label="整改后照片")
    note = words("整改情况说明", placeholder="例：已更换报警器 4 只，并与风机联锁，试运行正常。")


class ReturnForm(ReasonForm):
    verb = "return"
    intro = "退回后重新整改，计入退回次数。"
    reason = words("退回理由")
    due_on = day("新的整改期限", required=False, help_text="不填的沿用原期限；已过期的按规定另给期限。")


class AcceptRectificationForm(CommandForm):
    verb = "accept_rectification"
    intro = "验收通过即销号。"
    note = words("验收意见", placeholder="例：现场核查，已整改到位。")
    photos = EvidenceField(kind="OTHER", label="验收照片", required=False)


class AcceptMajorForm(CommandForm):
    """A major one needs the enterprise's own acceptance report and two officers on site."""

    verb = "accept_rectification"
    intro = "重大隐患须到场验收：企业自验报告、两名以上执法人员。验收通过即销号。"
    report = EvidenceField(kind="REPORT", label="企业自验报告", photos_only=False, help_text="PDF、Word 或照片。")
    officers = line("到场执法人员", help_text="两名以上，用顿号或者空格分开。")
    note = words("验收意见")
    photos = EvidenceField(kind="OTHER", label="验收照片", required=False)

    def clean_officers(self) -> list[str]:
        text: str = self.cleaned_data["officers"]
        for mark in "，,；;/":
            text = text.replace(mark, "、")
        return [name for part in text.split("、") for name in part.split()]


class CloseForm(CommandForm):
    verb = "close"


class TerminateForm(ReasonForm):
    verb = "terminate"
    intro = "单位已关闭等无法再整改的才可以终结；不计入整改率。"
    reason = words("终结理由")


FORMS: dict[str, type[CommandForm]] = {
    form.verb: form
    for form in (
        RegisterAgainForm,
        ReturnToReporterForm,
        DismissForm,
        ConfirmForm,
        ProposeMajorForm,
        ConfirmMajorForm,
        RefuseMajorForm,
        DispatchForm,
        AcknowledgeForm,
        FillFiveForm,
        DirectForm,
        RequestSuspensionForm,
        ApproveSuspensionForm,
        RefuseSuspensionForm,
        ResumeForm,
        SubmitRectificationForm,
        ReturnForm,
        AcceptRectificationForm,
        CloseForm,
        TerminateForm,
        RedispatchForm,
        DesignateForm,
        detours.BounceForm,
        detours.ReportUpForm,
        detours.MergeDuplicateForm,
        detours.FixOnTheSpotForm,
        detours.RequestExtensionForm,
        detours.ApproveExtensionForm,
        detours.RefuseExtensionForm,
        detours.LookBackForm,
        detours.WithdrawForm,
        detours.CorrectForm,
    )
}


def form_for(verb: str, matter: HiddenDanger) -> type[CommandForm]:
    """The form of a verb on this matter. KeyError for a verb that has none."""
    if verb == "accept_rectification" and matter.is_major:
        return AcceptMajorForm
    if verb == "confirm_major" and not matter.confirmed_at:
        return ConfirmMajorAndGradeForm
    if verb == "fix_on_the_spot" and not matter.confirmed_at:
        return detours.GradeAndFixOnTheSpotForm
    return FORMS[verb]


def label_of(verb: str) -> str:
    if verb == DirectForm.verb:
        return DirectForm.label
    return PROCESS.rows_of(verb)[0].label
