"""What is asked once for several matters."""

from datetime import timedelta
from typing import Any

from django import forms

from anlan.authz.actors import Actor
from anlan.hidden_dangers.forms.choosing import leads_for
from anlan.hidden_dangers.forms.fields import day, line, organisation_choice, words
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.selectors import Filters, hidden_dangers
from anlan.lib import clock


class BulkForm(forms.Form):
    """``payload`` is what the verb's command takes."""

    use_required_attribute = False
    intro = ""

    def __init__(self, *args: Any, actor: Actor, first: HiddenDanger | None, **options: Any) -> None:
        self.actor, self.first = actor, first
        super().__init__(*args, **{"label_suffix": "", **options})
        for field in self.fields.values():
            verb = "选择" if isinstance(field, forms.ChoiceField) else "填写"
            field.error_messages["required"] = f"请{verb}{field.label}。"

    def payload(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class UrgeForm(BulkForm):
    intro = "向当前办理单位发送催办消息，整改中的也发给责任单位，并记入办理过程。一件一天只催一次。"
    note = words("催办的话", required=False, rows=2, placeholder="例：请于本周五前报验。")


class ReasonForm(BulkForm):
    reason = words("理由")


class ReportUpForm(ReasonForm):
    intro = "各报给初审单位的上一级，由上级核定。"


class RedispatchForm(BulkForm):
    intro = "只有被退件的才能转办；转办给同一个单位。"
    lead = organisation_choice("主办单位")
    due_on = day("整改期限")
    note = words("说明", required=False, rows=2)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["due_on"].initial = clock.today() + timedelta(days=7)
        if self.first is not None:
            self.fields["lead"].choices = leads_for(self.actor, self.first)  # type: ignore[attr-defined]


class MergeForm(BulkForm):
    intro = "所选的都并入同一件，上报人跟着看那一件的办理。"
    number = line("并入哪一件（编号）", maximum=24, placeholder="331082-2611-7K3QF")
    note = words("说明", required=False, rows=2)

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip().upper()
        self.into = hidden_dangers(self.actor, Filters(), clock.today()).filter(number=number).first()
        if self.into is None:
            raise forms.ValidationError("没有找到这个编号，或者不在您的管辖范围内。")
        return number

    def payload(self) -> dict[str, Any]:
        into = self.into.id if self.into is not None else None
        return {"into": into, "note": self.cleaned_data["note"]}


FORMS: dict[str, type[BulkForm]] = {
    "urge": UrgeForm,
    "redispatch": RedispatchForm,
    "report_up": ReportUpForm,
    "return_to_reporter": ReasonForm,
    "return": ReasonForm,
    "merge_duplicate": MergeForm,
}
