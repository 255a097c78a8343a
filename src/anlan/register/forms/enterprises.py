"""What people fill in. A form only gathers; the action behind it decides what is right (one validation path)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.forms import BaseFormSet, formset_factory
from django.urls import reverse_lazy

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, RegionLevel, Sector
from anlan.authz.models import Region
from anlan.lib.refusals import FieldError, Invalid, Refusal
from anlan.organisations import api as organisations
from anlan.register import selectors
from anlan.register.choices import OperatingStatus, PersonPost, SourceCrs
from anlan.register.facts import EnterpriseFacts, ObjectFacts, PersonFacts, SiteFacts
from anlan.register.models import Enterprise, Site
from anlan.register.tags import TAG_CHOICES
from anlan.territory import api as territory
from anlan.ui.choices import BLANK

ALL = ("", "全部")
PLACED = [ALL, ("1", "已归入网格")]
NOWHERE = UUID(int=0)
PICK_A_REGION = {"required": "请选择所在村（社区），不能确定的选乡镇（街道）。"}
SIZES = [("true", "规上"), ("false", "规下")]
# The level that a list is narrowed by, for people whose region is of the key's level.
BELOW = {
    RegionLevel.PROVINCE: RegionLevel.CITY,
    RegionLevel.CITY: RegionLevel.COUNTY,
    RegionLevel.COUNTY: RegionLevel.TOWNSHIP,
}
_DEPTHS = list(RegionLevel)


def _yes_or_no(value: str) -> bool | None:
    return {"true": True, "false": False}.get(value)


def _searchable() -> forms.Select:
    return forms.Select(attrs={"data-search": True})


def words(sought: str) -> forms.CharField:
    """The words a list is searched for, with what they are looked for in."""
    return forms.CharField(
        label="关键词", required=False, max_length=60, widget=forms.TextInput(attrs={"placeholder": sought})
    )


class GatheringForm(forms.Form):
    """A form whose errors come from the action, by the pointer of what was sent."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def take(self, refusal: Refusal) -> None:
        """Show why it was refused beside the fields; nothing typed is lost."""
        errors = refusal.errors if isinstance(refusal, Invalid) else [FieldError("", refusal.reason)]
        for error in errors:
            name = error.pointer.strip("/").split("/")[0]
            self.add_error(name if name in self.fields else None, error.message)

    def _show(self, facts: EnterpriseFacts | SiteFacts | ObjectFacts) -> None:
        """Show all that is wrong at once, not first what the form and then what the action finds."""
        try:
            facts.checked()
        except Invalid as refusal:
            seen = set(self.errors)
            fresh = [error for error in refusal.errors if error.pointer.split("/")[1] not in seen]
            if fresh:
                self.take(Invalid(fresh))

    @property
    def if_versions(self) -> frozenset[int] | None:
        version = self.cleaned_data.get("version")
        return None if version is None else frozenset({version})


class EnterpriseForm(GatheringForm):
    """Registering and editing an enterprise."""

    name = forms.CharField(
        label="企业名称",
        max_length=120,
        help_text="与营业执照一致。",
        error_messages={"required": "请填写企业名称。"},
    )
    unified_social_credit_code = forms.CharField(
        label="统一社会信用代码", required=False, max_length=40, help_text="暂时不知道的可以不填，系统给一个临时编号。"
    )
    short_name = forms.CharField(label="简称", required=False, max_length=40, help_text="大家平时怎么叫它。")
    region = forms.ChoiceField(label="所在村（社区）", widget=_searchable(), error_messages=PICK_A_REGION)
    registered_address = forms.CharField(label="注册地址", required=False, max_length=200)
    industry = forms.CharField(
        label="国民经济行业",
        required=False,
        max_length=60,
        help_text="输入代码或名称中的几个字，从列表中选。",
        widget=forms.TextInput(
            attrs={
                "list": "industries",
                "autocomplete": "off",
                "hx-get": reverse_lazy("register:industry-options"),
                "hx-trigger": "input changed delay:300ms",
                "hx-target": "#industries",
                "hx-swap": "innerHTML",
            }
        ),
    )
    above_designated_size = forms.TypedChoiceField(
        label="规模", required=False, choices=[("", "未定"), *SIZES], coerce=_yes_or_no, empty_value=None
    )
    employee_count = forms.IntegerField(label="从业人数", required=False, min_value=0)
    status = forms.ChoiceField(label="经营状态", choices=OperatingStatus.choices)
    legal_representative = forms.CharField(label="法定代表人", required=False, max_length=60)
    phone = forms.CharField(label="联系电话", required=False, max_length=30)

    def __init__(self, *args: Any, actor: Actor, now_in: Region | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        levels = [RegionLevel.TOWNSHIP, RegionLevel.VILLAGE]
        if len(_segments(actor.region_path)) <= _DEPTHS.index(RegionLevel.COUNTY) + 1:
            levels.append(RegionLevel.COUNTY)
        if now_in is not None:
            del self.fields["status"]  # of a record that is there, it is set on evidence
        self.fields["region"].choices = region_choices(actor, levels, now_in)  # type: ignore[attr-defined]

    @staticmethod
    def starting_values(enterprise: Enterprise) -> dict[str, Any]:
        facts = vars(EnterpriseFacts.of(enterprise))
        size = enterprise.above_designated_size
        return {
            **facts,
            "version": enterprise.version,
            "region": str(enterprise.region_id),
            "industry": str(enterprise.industry or ""),
            "above_designated_size": "" if size is None else str(size).lower(),
        }

    def clean(self) -> None:
        self._show(EnterpriseFacts(**{"name": "", "region_id": NOWHERE, **self.changes()}))

    def changes(self) -> dict[str, Any]:
        """What was filled in, under the names of ``EnterpriseFacts``; a field with an error is left out."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if "region" in values:
            values["region_id"] = UUID(values.pop("region"))
        values["industry_code"] = values.pop("industry", "").partition(" ")[0]
        return values

    def clean_industry(self) -> str:
        """A code, a code with its name, or a name."""
        text: str = self.cleaned_data["industry"].strip()
        named = None if not text or text[0].isascii() else selectors.industries(text).filter(name=text).last()
        return named.code if named else text


class SiteForm(GatheringForm):
    """Registering and editing a site; its people are a formset beside it."""

    name = forms.CharField(label="场所名称", max_length=120, error_messages={"required": "请填写场所名称。"})
    address = forms.CharField(label="地址", max_length=200, error_messages={"required": "请填写地址。"})
    region = forms.ChoiceField(label="所在村（社区）", widget=_searchable(), error_messages=PICK_A_REGION)
    local_unit = forms.ChoiceField(label="属地单位", required=False, help_text="园区内的选园区管委会。")
    status = forms.ChoiceField(label="经营状态", choices=OperatingStatus.choices)
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
        if now_in is not None:
            del self.fields["status"]  # of a record that is there, it is set on evidence
        levels = [RegionLevel.TOWNSHIP, RegionLevel.VILLAGE]
        self.fields["region"].choices = region_choices(actor, levels, now_in)  # type: ignore[attr-defined]
        self.fields["local_unit"].choices = local_unit_choices(actor)  # type: ignore[attr-defined]

    @staticmethod
    def starting_values(site: Site) -> dict[str, Any]:
        facts = vars(SiteFacts.of(site))
        unit = str(site.local_unit_id) if site.local_unit.kind == OrganisationKind.PARK else ""
        return {**facts, "version": site.version, "region": str(site.region_id), "local_unit": unit}

    def clean(self) -> None:
        self._show(SiteFacts(**{"name": "", "address": "", "region_id": NOWHERE, **self.changes()}))

    def changes(self) -> dict[str, Any]:
        """What was filled in, under the names of ``SiteFacts``; a field with an error is left out.

        The people come from their formset.
        """
        values = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if "region" in values:
            values["region_id"] = UUID(values.pop("region"))
        unit = values.pop("local_unit", "")
        values["local_unit_id"] = UUID(unit) if unit else None
        values["sectors"] = tuple(values.get("sectors", ()))
        return values


class PersonForm(forms.Form):
    name = forms.CharField(label="姓名", required=False, max_length=60)
    post = forms.ChoiceField(label="职务", required=False, choices=PersonPost.choices)
    phone = forms.CharField(label="电话", required=False, max_length=30)

    @property
    def is_filled(self) -> bool:
        return bool(self.cleaned_data.get("name") or self.cleaned_data.get("phone"))

    def facts(self) -> PersonFacts:
        given = self.cleaned_data
        return PersonFacts(name=given.get("name", ""), post=given.get("post", ""), phone=given.get("phone", ""))

    def clean(self) -> None:
        if self.is_filled:
            for error in self.facts().errors():
                self.add_error(error.pointer.strip("/"), error.message)


class PeopleFormSet(BaseFormSet):
    """The people of a site; a row without name and phone is left out."""

    def people(self) -> tuple[PersonFacts, ...]:
        return tuple(form.facts() for form in self.forms if form.is_filled)

    @staticmethod
    def starting_values(site: Site) -> list[dict[str, Any]]:
        return [vars(person) for person in SiteFacts.of(site).people]


PeopleForms = formset_factory(PersonForm, formset=PeopleFormSet, extra=2, max_num=50, absolute_max=50)


class EnterpriseFilterForm(forms.Form):
    """What stands in the URL of the list."""

    q = words("名称、代码、地址、电话、法定代表人")
    region = forms.ChoiceField(label="属地", required=False)
    industry = forms.ChoiceField(label="行业门类", required=False, widget=_searchable())
    above_designated_size = forms.TypedChoiceField(
        label="规模", required=False, choices=[ALL, *SIZES], coerce=_yes_or_no, empty_value=None
    )
    status = forms.ChoiceField(label="经营状态", required=False, choices=[ALL, *OperatingStatus.choices])
    sector = forms.ChoiceField(label="监管领域", required=False, choices=[ALL, *Sector.choices], widget=_searchable())

    tag = forms.ChoiceField(label="标签", required=False, choices=[ALL, *TAG_CHOICES])
    stale = forms.ChoiceField(label="更新", required=False, choices=[ALL, ("1", "久未更新")])

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        choices, self.paths = region_filter(actor)
        self.fields["region"].choices = choices  # type: ignore[attr-defined]
        sections = [(one.code, one.name) for one in selectors.industry_sections()]
        self.fields["industry"].choices = [ALL, *sections]  # type: ignore[attr-defined]

    def as_filters(self) -> selectors.EnterpriseFilters:
        """The filters in force; a value that is none of the choices narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        return selectors.EnterpriseFilters(
            q=given.get("q", "").strip(),
            region_path=self.paths.get(given.get("region", ""), ""),
            industry=given.get("industry", ""),
            above_designated_size=given.get("above_designated_size"),
            status=given.get("status", ""),
            sector=given.get("sector", ""),
            tag=given.get("tag", ""),
            stale=bool(given.get("stale")),
        )


def _segments(path: str) -> list[str]:
    return path.rstrip("/").split("/")


def _level_below(actor: Actor) -> RegionLevel:
    own = _DEPTHS[min(len(_segments(actor.region_path)), len(_DEPTHS)) - 1]
    return BELOW.get(own, RegionLevel.VILLAGE)


def region_filter(actor: Actor, asked: str = "") -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The regions a list is narrowed by, and the path of each code; the one ``asked`` for is among them, whatever its
    level, for a number of the map opens the list of its place."""
    found = regions_at(actor, _level_below(actor), asked)
    return [ALL, *((region.code, region.name) for region in found)], {region.code: region.path for region in found}


def regions_at(actor: Actor, level: RegionLevel, asked: str) -> list[Region]:
    """The regions of the level inside the actor's, and the one of the code ``asked`` for: one query."""
    code = asked if asked.isascii() and asked.isdigit() else ""
    return list(territory.inside(actor.region_path).filter(Q(level=level) | Q(code=code)))


def region_choices(actor: Actor, levels: Iterable[RegionLevel], now_in: Region | None = None) -> list[Any]:
    """The regions the actor works in, villages grouped under their township, and where the record is now."""
    where_it_is = []
    if now_in is not None and not now_in.path.startswith(actor.region_path):
        where_it_is = [("现在", [(str(now_in.id), now_in.name)])]
    return [BLANK, *where_it_is, *region_groups(territory.regions_of(actor, *levels))]


def region_groups(regions: Iterable[Region]) -> list[Any]:
    """The regions as options, villages grouped under their township."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for region in regions:
        groups.setdefault(_group_of(region), []).append((str(region.id), _name_of(region)))
    return list(groups.items())


def _group_of(region: Region) -> str:
    if region.level == RegionLevel.VILLAGE and region.parent:
        return region.parent.name
    return region.name


def _name_of(region: Region) -> str:
    if region.level == RegionLevel.VILLAGE and region.parent:
        return f"{region.parent.name} {region.name}"
    return f"{region.name}（不能确定到村）"


def local_unit_choices(actor: Actor) -> list[tuple[str, str]]:
    """The township of the place, or one of the parks."""
    parks = organisations.search_organisations(actor, kinds=[OrganisationKind.PARK])
    return [("", "所在乡镇（街道）"), *((str(park.id), park.short_name) for park in parks)]
