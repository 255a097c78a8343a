"""The filters of the list. They stand in the address, so that a list can be sent to a colleague."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind
from anlan.inspections.choices import ActClass, Status
from anlan.inspections.selectors import Filters
from anlan.lib.refusals import NotInScope
from anlan.organisations import api as organisations
from anlan.register import api as enterprises
from anlan.territory import api as territory

MAY_CHECK = frozenset(OrganisationKind) - {OrganisationKind.ENTERPRISE, OrganisationKind.GOVERNMENT}


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class FilterForm(forms.Form):
    """What narrows the list; the same names as in the API."""

    q = forms.CharField(
        label="关键词",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "编号、企业、地点"}),
    )
    act_class = forms.ChoiceField(label="性质", required=False, choices=[("", "全部"), *ActClass.choices])
    region = forms.ChoiceField(label="属地", required=False, widget=forms.Select(attrs={"data-search": True}))
    organisation = organisations.OrganisationFilter("检查单位", MAY_CHECK)
    started_from = forms.DateField(label="检查自", required=False, widget=DateInput())
    started_to = forms.DateField(label="检查至", required=False, widget=DateInput())
    with_findings = forms.ChoiceField(label="发现问题", required=False, choices=[("", "全部"), ("on", "只看有问题的")])
    status = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *Status.choices])
    imported = forms.ChoiceField(
        label="导入",
        required=False,
        choices=[("", "全部"), ("yes", "随台账导入的"), ("no", "在平台登记的")],
    )
    enterprise = forms.ChoiceField(label="企业", required=False, widget=forms.HiddenInput)
    object = forms.ChoiceField(label="监管对象", required=False, widget=forms.HiddenInput)

    use_required_attribute = False

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data, auto_id="filter_%s", label_suffix="")
        self.actor = actor
        if actor.is_enterprise:
            for name in ("region", "organisation", "imported"):
                del self.fields[name]
        else:
            self._offer("region", self._areas())
            organisations.offer_organisations(self, actor, "organisation")
        self._offer("enterprise", self._enterprise())
        self._offer("object", self._object())

    def _offer(self, name: str, choices: Any) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _areas(self) -> list[tuple[str, str]]:
        named = self.data.get("region", "")
        below = territory.inside(self.actor.region_path)
        found = below.filter(Q(parent__path=self.actor.region_path) | Q(code=named))
        return [("", "全部"), *((region.code, region.name) for region in found)]

    def _enterprise(self) -> list[tuple[str, str]]:
        try:
            found = enterprises.enterprise(self.actor, UUID(self.data.get("enterprise", "")))
        except (ValueError, NotInScope):
            return []
        return [(str(found.id), found.name)]

    def _object(self) -> list[tuple[str, str]]:
        try:
            found = enterprises.object_in_brief(self.actor, UUID(self.data.get("object", "")))
        except (ValueError, NotInScope):
            return []
        return [(str(found.id), found.name)]

    def as_filters(self) -> Filters:
        """What was understood; a wrong filter is left out and said at its field."""
        self.is_valid()
        values = self.cleaned_data
        code = values.get("region", "")
        return Filters(
            q=values.get("q", "").strip(),
            act_class=values.get("act_class", ""),
            status=values.get("status", ""),
            region_path=territory.find_region(code).path if code else "",
            organisation_id=_uuid(values.get("organisation")),
            enterprise_id=_uuid(values.get("enterprise")),
            object_id=_uuid(values.get("object")),
            started_from=values.get("started_from"),
            started_to=values.get("started_to"),
            with_findings=bool(values.get("with_findings")),
            imported={"yes": True, "no": False}.get(values.get("imported", "")),
        )


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
