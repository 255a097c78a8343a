"""登记：三下上报——拍照、地点、一句话。其余可以以后补。"""

from typing import Any
from uuid import UUID

from django import forms
from pydantic import ValidationError

from anlan.authz.actors import Actor
from anlan.authz.choices import Sector
from anlan.hidden_dangers import actions
from anlan.hidden_dangers.choices import Level
from anlan.hidden_dangers.commands import FindIn
from anlan.hidden_dangers.forms.base import CommandForm, EvidenceForm
from anlan.hidden_dangers.forms.choosing import BLANK, regions_for, sources_for
from anlan.hidden_dangers.forms.evidence import Evidence, EvidenceField
from anlan.hidden_dangers.models import HiddenDanger
from anlan.lib.refusals import Refusal
from anlan.register import api as enterprises

FOUND = 8
AT_HAND = 4


def _sentence() -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3, "placeholder": "例：二楼疏散通道堆放纸箱，安全出口锁闭。"})
    return forms.CharField(label="一句话说清楚", max_length=2000, widget=area)


def _place(**options: Any) -> forms.CharField:
    box = forms.TextInput(attrs={"placeholder": "例：2 号厂房东侧楼梯间"})
    return forms.CharField(label="具体位置", max_length=200, required=False, widget=box, **options)


def _optional(label: str, choices: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", "以后再定"), *choices], **options)


class RegisterForm(EvidenceForm):
    """A new find. ``site`` comes from the search of places, ``region`` from the list where there is no site."""

    photos = EvidenceField(kind="BEFORE", label="现场照片", required=False)
    site = forms.UUIDField(label="企业、场所", required=False)
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
    def chosen_site(self) -> enterprises.Site | None:
        """The site chosen before, so that it is still chosen when the form comes back."""
        return chosen_site(self.actor, str(self["site"].value() or ""))

    def run(self) -> HiddenDanger | None:
        """Register. None when it was refused: the form says why and keeps what was typed."""
        self.store_uploads()
        if not self.is_valid():
            return None
        try:
            find = FindIn.model_validate(self.payload()).as_find()
            return actions.register(actor=self.actor, find=find)
        except ValidationError as wrong:
            self.refuse_all(wrong)
        except Refusal as refusal:
            self.refuse(refusal)
        return None

    def payload(self) -> dict[str, Any]:
        values = {name: value for name, value in self.cleaned_data.items() if value and not isinstance(value, Evidence)}
        return {**values, "photos": self.evidence_ids("photos")}


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


def chosen_site(actor: Actor, text: str) -> enterprises.Site | None:
    try:
        site_id = UUID(text)
    except ValueError:
        return None
    return enterprises.sites(actor, enterprises.SiteFilters()).with_names().filter(id=site_id).first()


def sites_matching(actor: Actor, text: str) -> list[enterprises.Site]:
    """The first sites whose name, address or enterprise contains the text; without a text, some at hand."""
    found = enterprises.sites(actor, enterprises.SiteFilters(q=text)).with_names()
    return list(found[: FOUND if text or actor.is_enterprise else AT_HAND])


def enterprises_matching(actor: Actor, text: str) -> list[enterprises.Enterprise]:
    found = enterprises.enterprises(actor, enterprises.EnterpriseFilters(q=text)).with_names()
    return list(found[:FOUND])


def _only_region(groups: list[tuple[str, Any]]) -> str:
    """The one village or township a person works in; empty when there are several."""
    choices = [choice for _, members in groups for choice in members]
    return choices[0][0] if len(groups) == 1 and choices else ""
