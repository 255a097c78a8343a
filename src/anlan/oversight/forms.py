"""The filters of 统计. They stand in the address."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from anlan.authz.actors import Actor
from anlan.authz.choices import Sector
from anlan.hidden_dangers import api as loop
from anlan.lib import clock
from anlan.lib.refusals import Invalid
from anlan.oversight.questions import Question, question
from anlan.territory import api as territory

ALL = ("", "全部")


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class QuestionForm(forms.Form):
    """Where, when, of what. A field that is wrong says so and narrows nothing; a region outside is answered 404."""

    region = forms.CharField(label="属地", required=False, max_length=12)
    sector = forms.ChoiceField(label="行业领域", required=False, choices=[ALL, *Sector.choices])
    source = forms.ChoiceField(label="排查渠道", required=False, choices=[ALL, *loop.Source.choices])
    level = forms.ChoiceField(label="等级", required=False, choices=[ALL, *loop.Level.choices])

    use_required_attribute = False
    field_order = ("region", "from", "to", "sector", "source", "level")

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data, auto_id="filter_%s", label_suffix="")
        self.actor = actor
        for name, label in (("from", "自"), ("to", "至")):
            self.fields[name] = forms.DateField(label=label, required=False, widget=DateInput())
        self.order_fields(self.field_order)
        if actor.is_enterprise:
            del self.fields["source"], self.fields["region"]
        else:
            choices = self._areas()
            self.fields["region"].widget = forms.Select(choices=choices, attrs={"data-search": True})
            self.fields["region"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("from"), given.get("to") or clock.today()
        if first and first > last:
            self.add_error("from", "起始日期不能晚于截止日期。")
        return given

    def as_question(self) -> Question:
        """What the address asks; NotInScope (404) for a region outside."""
        self.is_valid()
        given = self.cleaned_data
        first: date | None = given.get("from")
        named = {name: given.get(name) or "" for name in ("sector", "source", "level")}
        try:
            return question(self.actor, region=given.get("region") or "", first=first, last=given.get("to"), **named)
        except Invalid as wrong:
            self.add_error("region", wrong.reason)
            return question(self.actor, first=first, last=given.get("to"), **named)

    def _areas(self) -> list[tuple[str, str]]:
        """The regions one level down, the one named and those below it."""
        named = self.data.get("region", "")[:12].replace("\0", "")
        near = Q(parent__path=self.actor.region_path) | Q(code=named) | Q(parent__code=named)
        return [ALL, *territory.inside(self.actor.region_path).filter(near).values_list("code", "name")]
