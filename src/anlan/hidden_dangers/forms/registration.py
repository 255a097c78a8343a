"""登记：三下上报——拍照、地点、一句话。其余可以以后补。"""

from typing import Any

from django import forms
from pydantic import ValidationError

from anlan.authz.actors import Actor
from anlan.authz.choices import Sector
from anlan.hidden_dangers import actions
from anlan.hidden_dangers.choices import Level
from anlan.hidden_dangers.commands import FindIn
from anlan.hidden_dangers.forms.base import CommandForm, EvidenceForm
from anlan.hidden_dangers.forms.choosing import regions_for, sources_for
from anlan.hidden_dangers.forms.evidence import Evidence, EvidenceField
from anlan.hidden_dangers.forms.places import FOUND, Chosen, Place, PlaceField, chosen_place
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.selectors import just_registered
from anlan.lib.refusals import Refusal
from anlan.register import api as enterprises
from anlan.ui.choices import BLANK


def _sentence() -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3, "placeholder": "例：二楼疏散通道堆放纸箱，安全出口锁闭。"})
    return forms.CharField(label="一句话说清楚", max_length=2000, widget=area)


def _place(**options: Any) -> forms.CharField:
    box = forms.TextInput(attrs={"placeholder": "例：2 号厂房东侧楼梯间"})
    return forms.CharField(label="具体位置", max_length=200, required=False, widget=box, **options)


def _optional(label: str, choices: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", "以后再定"), *choices], **options)


class RegisterForm(EvidenceForm):
    """A new find. ``site`` comes from the search of places, ``region`` from the list where there is none."""

    photos = EvidenceField(kind="BEFORE", label="现场照片", required=False)
    site = PlaceField(label="企业、场所、监管对象", required=False)
    region = forms.ChoiceField(
        label="乡镇（街道）、村（社区）", required=False, widget=forms.Select(attrs={"data-search": True})
    )
    place = _place()
    description = _sentence()
    source = forms.ChoiceField(label="排查渠道")
    sector = _optional("行业领域", Sector.choices, widget=forms.Select(attrs={"data-search": True}))
    suggested_level = _optional("您认为的等级", [(Level.GENERAL, "一般"), (Level.MAJOR, "疑似重大")])

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        sources = sources_for(self.actor)
        self.fields["source"].choices = [(one.value, one.label) for one in sources]  # type: ignore[attr-defined]
        self.fields["source"].initial = sources[0]
        if self.actor.is_enterprise:
            del self.fields["region"]
        else:
            regions = regions_for(self.actor)
            self.fields["region"].choices = [BLANK, *regions]  # type: ignore[attr-defined]
            self.fields["region"].initial = _only_region(regions)

    @property
    def chosen_place(self) -> Place | None:
        """The place chosen before, so that it is still chosen when the form comes back."""
        return chosen_place(self.actor, self["site"].value())

    def run(self) -> HiddenDanger | None:
        """Register. None when it was refused: the form says why and keeps what was typed."""
        self.store_uploads()
        if not self.is_valid() or self._was_sent_before():
            return None
        try:
            find = FindIn.model_validate(self.payload()).as_find()
            return actions.register(actor=self.actor, find=find)
        except ValidationError as wrong:
            self.refuse_all(wrong)
        except Refusal as refusal:
            self.refuse(refusal)
        return None

    def _was_sent_before(self) -> bool:
        """Back in the browser, and sent once more: nobody wants it twice."""
        chosen: Chosen = self.cleaned_data["site"]
        words = self.cleaned_data["description"].strip()
        before = just_registered(self.actor, words, chosen.site_id or chosen.object_id)
        if before is not None:
            said = f"您刚才已经登记过这一件，编号 {before.number}。确实是另一件的，请在描述里写明区别。"
            self.add_error("description", said)
        return before is not None

    def payload(self) -> dict[str, Any]:
        chosen: Chosen = self.cleaned_data["site"]
        where = {"site": chosen.site_id, "object": chosen.object_id}
        values = {name: value for name, value in self.cleaned_data.items() if value and not isinstance(value, Evidence)}
        return {**values, **where, "photos": self.evidence_ids("photos")}

    def field_of(self, pointer: str) -> str | None:
        return "site" if pointer == "/object" else super().field_of(pointer)


class RegisterAgainForm(CommandForm):
    """The reporter completes a returned matter; where it lies stays."""

    verb = "register"
    intro = "按退回理由补充后重新登记。"

    photos = EvidenceField(kind="BEFORE", label="补充照片", required=False)
    place = _place()
    description = _sentence()
    sector = _optional("行业领域", Sector.choices, widget=forms.Select(attrs={"data-search": True}))

    def starting_values(self, matter: HiddenDanger) -> dict[str, Any]:
        return {"place": matter.place, "description": matter.description, "sector": matter.sector}

    def payload(self) -> dict[str, Any]:
        return {**super().payload(), "source": self.matter.source}


def enterprises_matching(actor: Actor, text: str) -> list[enterprises.Enterprise]:
    found = enterprises.enterprises(actor, enterprises.EnterpriseFilters(q=text)).with_names()
    return list(found[:FOUND])


def _only_region(groups: list[tuple[str, Any]]) -> str:
    """The one village or township a person works in; empty when there are several."""
    choices = [choice for _, members in groups for choice in members]
    return choices[0][0] if len(groups) == 1 and choices else ""
