"""What people fill in about grids. A form only gathers; the action behind it decides."""

from typing import Any
from uuid import UUID

from django import forms

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, RegionLevel, Sector
from anlan.lib import clock
from anlan.lib.refusals import Invalid, Refusal
from anlan.organisations import api as organisations
from anlan.register.actions.grids import OfficialFacts
from anlan.register.forms.enterprises import ALL, GatheringForm, region_choices, regions_at, words
from anlan.register.selectors import grids as selectors
from anlan.territory import api as territory
from anlan.territory.api import Appointment, Grid, GridFacts, GridKind, GridLevel, GridPost, PersonInPost
from anlan.ui.choices import BLANK

SEARCHABLE = {"data-search": True}
LEADING = (
    OrganisationKind.COMMITTEE_OFFICE,
    OrganisationKind.DEPARTMENT,
    OrganisationKind.FIRE_RESCUE,
    OrganisationKind.PARK,
    OrganisationKind.TOWNSHIP,
    OrganisationKind.TOWNSHIP_OFFICE,
    OrganisationKind.VILLAGE,
)


def _select(label: str, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, widget=forms.Select(attrs=SEARCHABLE), **options)


def _day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def _uuid(value: str) -> UUID | None:
    return UUID(value) if value else None


def _choose(form: forms.Form, name: str, choices: list[Any]) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined]


def organisation_choices(actor: Actor) -> list[tuple[str, str]]:
    """The organs that can lead a grid or to which an official belongs."""
    found = organisations.visible_organisations(actor).filter(kind__in=LEADING, region__path__startswith=actor.wall[0])
    return [("", "不填"), *((str(one.id), one.short_name) for one in found.order_by("path"))]


class GridFilterForm(forms.Form):
    """What stands in the URL of the list."""

    q = words("网格名称、编码")
    region = forms.ChoiceField(label="属地", required=False)
    kind = forms.ChoiceField(label="类别", required=False, choices=[ALL, *GridKind.choices])
    level = forms.ChoiceField(label="层级", required=False, choices=[ALL, *GridLevel.choices])
    sector = forms.ChoiceField(
        label="行业领域", required=False, choices=[ALL, *Sector.choices], widget=forms.Select(attrs=SEARCHABLE)
    )
    without_holder = forms.ChoiceField(label="在岗", required=False, choices=[ALL, ("1", "没有网格长、网格员")])

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        places = regions_at(actor, RegionLevel.TOWNSHIP, self.data.get("region", ""))
        self.townships = [one for one in places if one.level == RegionLevel.TOWNSHIP]
        self.paths = {one.code: one.path for one in places}
        _choose(self, "region", [ALL, *((one.code, one.name) for one in places)])

    def as_filters(self) -> territory.GridFilters:
        """The filters in force; a value that is none of the choices narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        return territory.GridFilters(
            q=given.get("q", "").strip(),
            region_path=self.paths.get(given.get("region", ""), ""),
            kind=given.get("kind", ""),
            level=given.get("level", ""),
            sector=given.get("sector", ""),
            without_holder=bool(given.get("without_holder")),
        )

    @property
    def is_narrowed(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())


class ActForm(GatheringForm):
    """A form whose errors come from the action, under the names of the API."""

    def take(self, refusal: Refusal) -> None:
        """Show why beside the fields; nothing typed is lost."""
        if isinstance(refusal, Invalid):
            for error in refusal.errors:
                error.pointer = error.pointer.removesuffix("_id")
        super().take(refusal)


class GridEditForm(ActForm):
    """What may change once a grid is there."""

    name = forms.CharField(label="网格名称", max_length=60, error_messages={"required": "请填写网格名称。"})
    code = forms.CharField(label="网格编码", required=False, max_length=40, help_text="不填由系统按区划代码给。")
    parent = _select("上级网格", required=False)
    organisation = _select("牵头单位", required=False)

    def __init__(self, *args: Any, actor: Actor, grid: Grid | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        above = territory.grids(actor).exclude(level=GridLevel.ENTERPRISE).exclude(kind=GridKind.MICRO)
        parents = {str(one.id): one.name for one in above}
        if grid is not None:
            parents.pop(str(grid.id), None)
            if grid.parent:
                parents.setdefault(str(grid.parent_id), grid.parent.name)
        _choose(self, "parent", [("", "没有"), *parents.items()])
        units = dict(organisation_choices(actor))
        if grid is not None and grid.organisation:
            units.setdefault(str(grid.organisation_id), grid.organisation.short_name)
        _choose(self, "organisation", list(units.items()))

    @staticmethod
    def starting_values(grid: Grid) -> dict[str, Any]:
        return {
            "name": grid.name,
            "code": grid.code,
            "parent": str(grid.parent_id or ""),
            "organisation": str(grid.organisation_id or ""),
            "version": grid.version,
        }

    def changes(self) -> dict[str, Any]:
        """What was filled in, under the names of ``GridFacts``."""
        given = self.cleaned_data
        return {
            "name": given["name"],
            "code": given["code"],
            "parent_id": _uuid(given["parent"]),
            "organisation_id": _uuid(given["organisation"]),
        }


class GridForm(GridEditForm):
    """A new grid."""

    kind = forms.ChoiceField(label="类别", choices=GridKind.choices)
    level = forms.ChoiceField(label="层级", choices=GridLevel.choices, initial=GridLevel.VILLAGE)
    region = _select("所在区划", error_messages={"required": "请选择所在区划。"})
    sector = forms.ChoiceField(
        label="行业领域", required=False, choices=[("", "不分行业"), *Sector.choices], help_text="行业网格必选。"
    )
    field_order = ("name", "code", "kind", "level", "region", "sector", "parent", "organisation")

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        levels = [RegionLevel.COUNTY, RegionLevel.TOWNSHIP, RegionLevel.VILLAGE]
        groups = region_choices(actor, levels)
        _choose(self, "region", [BLANK, *_plain(groups)])

    def facts(self) -> GridFacts:
        given = self.cleaned_data
        return GridFacts(
            **self.changes(),
            kind=given["kind"],
            level=given["level"],
            region_id=UUID(given["region"]),
            sector=given["sector"],
        )


def _plain(groups: list[Any]) -> list[Any]:
    """The regions without the words that a site's form says of townships."""
    return [
        (name, [(key, label.removesuffix("（不能确定到村）")) for key, label in members])
        for name, members in groups
        if isinstance(members, list)
    ]


class PersonForm(ActForm):
    """Who: an account, or a name with a phone."""

    user = _select("账号", required=False, help_text="有账号的选账号，姓名和电话可以不填。")
    name = forms.CharField(label="姓名", required=False, max_length=60)
    phone = forms.CharField(label="电话", required=False, max_length=30)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        people = territory.appointable_users(actor).values_list("id", "display_name", "phone")
        accounts = [(str(key), f"{name} {phone}".strip()) for key, name, phone in people]
        _choose(self, "user", [("", "没有账号"), *accounts])

    def person(self) -> PersonInPost:
        given = self.cleaned_data
        return PersonInPost(name=given["name"], phone=given["phone"], user_id=_uuid(given["user"]))


class AppointForm(PersonForm):
    """Somebody for a post."""

    post = forms.ChoiceField(label="岗位")
    valid_from = _day("任职日期")
    valid_to = _day("离任日期", required=False, help_text="含当日；长期任职不填。")
    field_order = ("post", "user", "name", "phone", "valid_from", "valid_to")

    def __init__(self, *args: Any, actor: Actor, grid: Grid, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        posts = territory.establishment(clock.today()).of(grid.level)
        _choose(self, "post", [(post.value, post.label) for post in posts])
        self.fields["valid_from"].initial = clock.today()

    def appointment(self) -> Appointment:
        given = self.cleaned_data
        return Appointment(
            person=self.person(),
            post=GridPost(given["post"]),
            valid_from=given["valid_from"],
            valid_to=given["valid_to"],
        )


class OfficialForm(PersonForm):
    """A 包保人."""

    duty = forms.CharField(label="职务", required=False, max_length=60)
    organisation = _select("所在单位", required=False)
    valid_from = _day("起始日期")

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        _choose(self, "organisation", organisation_choices(actor))
        self.fields["valid_from"].initial = clock.today()

    def facts(self) -> OfficialFacts:
        given = self.cleaned_data
        return OfficialFacts(
            person=self.person(),
            duty=given["duty"],
            organisation_id=_uuid(given["organisation"]),
            valid_from=given["valid_from"],
        )


class ReasonForm(ActForm):
    """Why."""

    reason = forms.CharField(label="原因", max_length=200, error_messages={"required": "请写明原因。"})


class HandOverForm(PersonForm):
    """Who takes over, and why; who hands over is chosen before."""

    reason = forms.CharField(label="原因", max_length=200, error_messages={"required": "请写明原因，如“调任”。"})
    expected = forms.IntegerField(widget=forms.HiddenInput)


class HolderForm(forms.Form):
    """Whose posts are handed over."""

    of = _select("移交人")

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        found = [(str(one.key), f"{one.name} {one.phone}（{one.count} 项）") for one in selectors.holders(actor)]
        _choose(self, "of", [BLANK, *found])
