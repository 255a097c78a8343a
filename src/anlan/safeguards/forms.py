"""Forms of 活动保障. A form only gathers; the action decides what is right."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from anlan.authz.actors import Actor
from anlan.lib.refusals import FieldError, Invalid, Refusal
from anlan.safeguards import selectors
from anlan.safeguards.facts import EventFacts
from anlan.safeguards.models import GuaranteedEvent

BETWEEN_NUMBERS = re.compile(r"[\s,，;；、]+")


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SafeguardForm(forms.Form):
    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        for field in self.fields.values():
            verb = "选择" if isinstance(field, forms.ChoiceField) else "填写"
            field.error_messages["required"] = f"请{verb}{field.label}。"

    def run(self, act: Callable[[dict[str, Any]], object]) -> bool:
        """Whether it was done; otherwise the form says why not, with everything that was typed."""
        if not self.is_valid():
            return False
        try:
            act(self.cleaned_data)
        except Refusal as refusal:
            errors = refusal.errors if isinstance(refusal, Invalid) else [FieldError("", refusal.reason)]
            for error in errors:
                name = error.pointer.strip("/").split("/")[0]
                self.add_error(name if name in self.fields else None, error.message)
            return False
        return True


class EventForm(SafeguardForm):
    """An event; without a choice of regions where one is edited, for the region stays."""

    name = forms.CharField(label="活动名称", max_length=60)
    region = forms.ChoiceField(label="属地")
    place = forms.CharField(label="地点", max_length=120, required=False)
    opens_on = forms.DateField(label="开幕日期", widget=DateInput())
    ends_on = forms.DateField(label="闭幕日期", required=False, widget=DateInput())
    note = forms.CharField(label="保障要求", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, actor: Actor, event: GuaranteedEvent | None = None, **options: Any) -> None:
        super().__init__(*args, initial=vars(EventFacts.of(event)) if event else None, **options)
        if event is not None:
            del self.fields["region"]
        else:
            regions = list(selectors.regions_for(actor))
            self.fields["region"].choices = [(str(one.id), one.name) for one in regions]  # type: ignore[attr-defined]

    def facts(self) -> EventFacts:
        return EventFacts(**{name: value for name, value in self.cleaned_data.items() if name != "region"})

    def region_id(self) -> UUID:
        return UUID(self.cleaned_data["region"])


class NumbersForm(SafeguardForm):
    numbers = forms.CharField(
        label="隐患编号",
        max_length=150_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="一行一个，或者用逗号、空格隔开；可以从表格里整列复制过来。已经列入的会跳过。",
    )

    def listed(self) -> list[str]:
        return [one for one in BETWEEN_NUMBERS.split(self.cleaned_data["numbers"]) if one]


class RegisteredForm(SafeguardForm):
    """All open matters of the region registered within the days; ``expected`` is what the person was shown."""

    first = forms.DateField(label="登记自", widget=DateInput())
    last = forms.DateField(label="登记至", widget=DateInput())
    expected = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=1_000_000)

    def days(self) -> tuple[date, date]:
        return self.cleaned_data["first"], self.cleaned_data["last"]


class ReleaseForm(SafeguardForm):
    reason = forms.CharField(label="移出原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class NothingForm(SafeguardForm):
    """Nothing to fill in, only to say yes."""
