"""The forms of the loop's detours: sent back, sent up, folded into another, more time, looked at again, corrected."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms

from anlan.authz.actors import Actor
from anlan.authz.choices import Sector
from anlan.hidden_dangers.choices import CAUSES_TO_CHOOSE, LookBackResult
from anlan.hidden_dangers.forms.base import CommandForm
from anlan.hidden_dangers.forms.choosing import leads_for
from anlan.hidden_dangers.forms.evidence import EvidenceField
from anlan.hidden_dangers.forms.fields import day, line, organisation_choice, words
from anlan.hidden_dangers.forms.parties import PartyForm
from anlan.hidden_dangers.models import Extension, HiddenDanger
from anlan.hidden_dangers.selectors import Filters, hidden_dangers, pending_extension
from anlan.lib import clock
from anlan.ui.choices import BLANK

LIKELY = 8


class BounceForm(CommandForm):
    verb = "bounce"
    intro = "一件只能退一次。请写清楚为什么不归您单位办，最好建议由谁办。"
    reason = words("退件理由")
    suggested = organisation_choice("建议主办单位", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer("suggested", leads_for(self.actor, self.matter))


class ReportUpForm(CommandForm):
    verb = "report_up"
    intro = "报上去后由上级单位核定；上报人随时看得到进展。"
    reason = words("上报理由")
    to_organisation = organisation_choice("报给", required=False, help_text="不选的，报给上一级单位。")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer("to_organisation", leads_for(self.actor, self.matter))


class MergeDuplicateForm(CommandForm):
    """The matters of the same place are offered; any other by its number."""

    verb = "merge_duplicate"
    intro = "并入以后，上报人跟着看那一件的办理。"
    into = forms.ChoiceField(label="并入哪一件", required=False, widget=forms.RadioSelect)
    number = line("或者填编号", required=False, maximum=24, placeholder="331082-2611-7K3QF")
    note = words("说明", required=False, rows=2)

    field_order = ("into", "number", "note")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        likely = _likely_twins(self.actor, self.matter)
        self.offer("into", [(str(one.id), f"{one.number}　{one.description[:40]}") for one in likely])
        if not likely:
            del self.fields["into"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        number = cleaned.pop("number", "").strip().upper()
        if number:
            cleaned["into"] = self._by_number(number)
        if not cleaned.get("into"):
            self.add_error("number", "请选择或者填写并入哪一件。")
        return cleaned

    def _by_number(self, number: str) -> UUID | None:
        found = hidden_dangers(self.actor, Filters(), clock.today()).filter(number=number).first()
        if found is None:
            self.add_error("number", "没有找到这个编号，或者不在您的管辖范围内。")
        return found.id if found else None

    def field_of(self, pointer: str) -> str | None:
        return "number" if pointer.startswith("/into") else super().field_of(pointer)


class FixOnTheSpotForm(CommandForm):
    """Graded already: the photos and a word are enough."""

    verb = "fix_on_the_spot"
    intro = "当场改好的一般隐患，拍照即可报验；验收仍由另一个人。"
    after = EvidenceField(kind="AFTER", label="整改后照片")
    note = words("整改情况")


class GradeAndFixOnTheSpotForm(PartyForm):
    """Not graded yet: in the same act."""

    verb = "fix_on_the_spot"
    intro = FixOnTheSpotForm.intro
    after = EvidenceField(kind="AFTER", label="整改后照片")
    note = words("整改情况")

    field_order = ("after", "note", "cause", "party_kind")


class RequestExtensionForm(CommandForm):
    verb = "request_extension"
    intro = "由定期限的单位审批。原定期限保留，按时整改率仍按原定期限计算。"
    until = day("延至")
    reason = words("延期理由")


class _DecidesExtension(CommandForm):
    template = "hidden_dangers/forms/_extension.html"

    @property
    def request(self) -> Extension | None:
        return pending_extension(self.matter)


class ApproveExtensionForm(_DecidesExtension):
    verb = "approve_extension"
    note = words("审批意见", required=False, rows=2)


class RefuseExtensionForm(_DecidesExtension):
    verb = "refuse_extension"
    reason = words("不批准的理由")


class LookBackForm(CommandForm):
    verb = "look_back"
    intro = "复发的另立一件，与这件相连；这件仍然是已销号。"
    result = forms.ChoiceField(label="结果", choices=LookBackResult.choices, widget=forms.RadioSelect)
    note = words("回头看情况")
    photos = EvidenceField(kind="OTHER", label="现场照片", required=False)


class WithdrawForm(CommandForm):
    """The actor's own last step."""

    verb = "withdraw"
    intro = "撤回您刚才办的这一步，回到上一步；别人接着办理以后就不能撤回了。"
    reason = words("撤回理由", required=False, rows=2)


class CorrectForm(CommandForm):
    """One field at a time; what it becomes is typed or chosen, by the field."""

    verb = "correct"
    template = "hidden_dangers/forms/_correct.html"
    intro = "更正会留下痕迹：原来是什么、改成什么、为什么，都在办理过程里。"

    field = forms.ChoiceField(
        label="更正哪一项",
        choices=[
            ("description", "描述"),
            ("place", "地点"),
            ("clause", "依据条款"),
            ("sector", "行业领域"),
            ("cause", "成因"),
        ],
    )
    text = words("改成", required=False)
    sector = forms.ChoiceField(label="改成", required=False, choices=[BLANK, *Sector.choices])
    cause = forms.ChoiceField(label="改成", required=False, choices=[BLANK, *CAUSES_TO_CHOOSE])
    reason = words("更正理由", rows=2)

    def starting_values(self, matter: HiddenDanger) -> Mapping[str, Any]:
        return {"text": matter.description, "sector": matter.sector, "cause": matter.cause}

    def payload(self) -> dict[str, Any]:
        values = super().payload()
        field = values["field"]
        value = values.get(field if field in ("sector", "cause") else "text", "")
        return {"field": field, "value": value, "reason": values["reason"]}

    def field_of(self, pointer: str) -> str | None:
        if pointer.startswith("/value"):
            chosen = self.data.get("field", "")
            return chosen if chosen in ("sector", "cause") else "text"
        return super().field_of(pointer)


def _likely_twins(actor: Actor, matter: HiddenDanger) -> list[HiddenDanger]:
    """Open matters of the same site or object, or of the same village or township."""
    at_spot = {"site_id": matter.site_id, "object_id": matter.supervised_object_id}
    where: dict[str, Any] = at_spot if any(at_spot.values()) else {"region_path": matter.region_path}
    same = Filters(state="open", **where)
    return list(hidden_dangers(actor, same, clock.today()).exclude(id=matter.id)[:LIKELY])
