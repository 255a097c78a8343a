"""Forms of supervised objects."""

from typing import Any
from uuid import UUID

from django import forms

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, RegionLevel, Sector
from anlan.authz.models import Region
from anlan.organisations import api as organisations
from anlan.register import selectors
from anlan.register.choices import Gap, ObjectKind, ObjectStatus, PartyKind, SourceCrs
from anlan.register.facts import ObjectFacts
from anlan.register.forms.enterprises import (
    ALL,
    NOWHERE,
    PICK_A_REGION,
    PLACED,
    GatheringForm,
    region_choices,
    region_filter,
    words,
)
from anlan.register.models import SupervisedObject
from anlan.register.selectors.objects import ObjectFilters
from anlan.ui.choices import BLANK

MAY_ANSWER = frozenset(OrganisationKind) - {OrganisationKind.ENTERPRISE, OrganisationKind.COMMITTEE}


def _searchable() -> forms.Select:
    return forms.Select(attrs={"data-search": True})


class ObjectForm(GatheringForm):
    """Registering and editing an object."""

    kind = forms.ChoiceField(
        label="类别", choices=[BLANK, *ObjectKind.choices], error_messages={"required": "请选择类别。"}
    )
    name = forms.CharField(label="名称", max_length=120, error_messages={"required": "请填写名称。"})
    address = forms.CharField(label="地址", max_length=200, error_messages={"required": "请填写地址。"})
    region = forms.ChoiceField(label="所在村（社区）", widget=_searchable(), error_messages=PICK_A_REGION)
    status = forms.ChoiceField(label="状态", choices=ObjectStatus.choices)
    party_kind = forms.ChoiceField(label="责任主体", required=False, choices=[("", "还不清楚"), *PartyKind.choices])
    party_enterprise = forms.CharField(
        label="责任企业", required=False, max_length=120, help_text="企业全称，或者统一社会信用代码、临时编号。"
    )
    party_organisation = forms.ChoiceField(label="责任单位", required=False, widget=_searchable())
    party_name = forms.CharField(label="责任人", required=False, max_length=60, help_text="产权人、使用人或者联系人。")
    party_phone = forms.CharField(label="责任人电话", required=False, max_length=30)
    sectors = forms.MultipleChoiceField(
        label="行业领域",
        required=False,
        choices=Sector.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="每个行业领域按县级职责自动确定主管部门。",
    )
    longitude = forms.DecimalField(label="经度", required=False, max_digits=9, decimal_places=6)
    latitude = forms.DecimalField(label="纬度", required=False, max_digits=8, decimal_places=6)
    source_crs = forms.ChoiceField(label="坐标来源", required=False, choices=[("", "没有坐标"), *SourceCrs.choices])

    def __init__(self, *args: Any, actor: Actor, now_in: Region | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor
        levels = [RegionLevel.TOWNSHIP, RegionLevel.VILLAGE]
        self.fields["region"].choices = region_choices(actor, levels, now_in)  # type: ignore[attr-defined]
        units = organisations.visible_organisations(actor).filter(kind__in=MAY_ANSWER).order_by("path")
        choices = [BLANK, *((str(unit.id), unit.name) for unit in units)]
        self.fields["party_organisation"].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def starting_values(found: SupervisedObject) -> dict[str, Any]:
        party = found.party_enterprise
        return {
            **vars(ObjectFacts.of(found)),
            "version": found.version,
            "region": str(found.region_id),
            "party_enterprise": party.name if party is not None else "",
            "party_organisation": str(found.party_organisation_id or ""),
        }

    def clean_party_enterprise(self) -> UUID | None:
        text = self.cleaned_data["party_enterprise"].strip()
        if not text or self.cleaned_data.get("party_kind") != PartyKind.ENTERPRISE:
            return None
        found = selectors.enterprise_called(self.actor, text)
        if found is None:
            raise forms.ValidationError("没有找到这家企业，请填写全称或者编号；没有登记的请先登记。")
        return found.id

    def clean_party_organisation(self) -> UUID | None:
        text = self.cleaned_data["party_organisation"]
        return UUID(text) if text and self.cleaned_data.get("party_kind") == PartyKind.ORGANISATION else None

    def clean(self) -> None:
        self._show(ObjectFacts(**{"kind": "OTHER", "name": "", "address": "", "region_id": NOWHERE, **self.changes()}))

    def changes(self) -> dict[str, Any]:
        """What was filled in, under the names of ``ObjectFacts``; a field with an error is left out."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if "region" in values:
            values["region_id"] = UUID(values.pop("region"))
        for name in ("party_enterprise", "party_organisation"):
            if name in values:
                values[f"{name}_id"] = values.pop(name)
        values["sectors"] = tuple(values.get("sectors", ()))
        return values


class ObjectFilterForm(forms.Form):
    """What stands in the URL of the list."""

    q = words("名称、地址、责任主体")
    kind = forms.ChoiceField(label="类别", required=False, choices=[ALL, *ObjectKind.choices])
    region = forms.ChoiceField(label="属地", required=False)
    sector = forms.ChoiceField(label="监管领域", required=False, choices=[ALL, *Sector.choices], widget=_searchable())
    status = forms.ChoiceField(label="状态", required=False, choices=[ALL, *ObjectStatus.choices])
    gap = forms.ChoiceField(label="缺什么", required=False, choices=[ALL, *Gap.choices])
    unheld = forms.ChoiceField(label="网格人员", required=False, choices=[ALL, ("1", "所在网格没有人")])
    stale = forms.ChoiceField(label="更新", required=False, choices=[ALL, ("1", "久未更新")])
    placed = forms.ChoiceField(label="网格", required=False, choices=PLACED)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        choices, self.paths = region_filter(actor, self.data.get("region", ""))
        self.fields["region"].choices = choices  # type: ignore[attr-defined]

    def as_filters(self) -> ObjectFilters:
        """The filters in force; a value that is none of the choices narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        return ObjectFilters(
            q=given.get("q", "").strip(),
            kind=given.get("kind", ""),
            region_path=self.paths.get(given.get("region", ""), ""),
            status=given.get("status", ""),
            sector=given.get("sector", ""),
            gap=given.get("gap", ""),
            unheld=bool(given.get("unheld")),
            placed=bool(given.get("placed")),
            stale=bool(given.get("stale")),
        )
