"""The filters of the list. They stand in the address, so that a list can be sent to a colleague."""

from typing import Any
from uuid import UUID

from django import forms

from anlan.authz.actors import Actor
from anlan.authz.choices import Sector
from anlan.hidden_dangers.actions.dispatching import MAY_LEAD
from anlan.hidden_dangers.choices import Level, Source, Status
from anlan.hidden_dangers.forms.base import DateInput
from anlan.hidden_dangers.forms.choosing import areas_for
from anlan.hidden_dangers.selectors import STATES, Filters
from anlan.lib.refusals import NotInScope
from anlan.organisations import api as organisations
from anlan.register import api as enterprises
from anlan.territory import api as territory

STATE_LABELS = {
    "open": "未销号",
    "mine": "轮到我办",
    "overdue": "整改逾期",
    "due_soon": "3 天内到期",
    "unacknowledged": "超期未签收",
    "major_pending": "待判定重大",
    "to_decide": "由我单位判定重大",
    "without_five": "五到位未齐",
    "undirected": "重大未调度",
    "reported": "我单位上报的",
    "registered_by_me": "我登记的",
    "bounced": "退件待转办",
    "found": "计入整改率",
}


IMPORTED = {"yes": True, "no": False}


class FilterForm(forms.Form):
    """What narrows the list; the same names as in the API."""

    q = forms.CharField(
        label="关键词",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "编号、描述、地点、企业"}),
    )
    state = forms.ChoiceField(
        label="办理情况",
        required=False,
        choices=[("", "全部"), *((name, STATE_LABELS[name]) for name in STATE_LABELS if name in STATES)],
    )
    status = forms.MultipleChoiceField(
        label="状态",
        required=False,
        choices=Status.choices,
        widget=forms.SelectMultiple(attrs={"data-search": True, "placeholder": "全部"}),
    )
    level = forms.ChoiceField(label="等级", required=False, choices=[("", "全部"), *Level.choices])
    region = forms.ChoiceField(label="属地", required=False, widget=forms.Select(attrs={"data-search": True}))
    sector = forms.ChoiceField(
        label="行业领域",
        required=False,
        choices=[("", "全部"), *Sector.choices],
        widget=forms.Select(attrs={"data-search": True}),
    )
    source = forms.ChoiceField(label="渠道", required=False, choices=[("", "全部"), *Source.choices])
    holder = organisations.OrganisationFilter("当前办理", MAY_LEAD)
    lead = organisations.OrganisationFilter("主办单位", MAY_LEAD)
    imported = forms.ChoiceField(
        label="导入",
        required=False,
        choices=[("", "全部"), ("yes", "随台账导入的"), ("no", "在平台登记的")],
    )
    enterprise = forms.ChoiceField(label="企业", required=False, widget=forms.HiddenInput)
    object = forms.ChoiceField(label="监管对象", required=False, widget=forms.HiddenInput)
    registered_from = forms.DateField(label="登记自", required=False, widget=DateInput())
    registered_to = forms.DateField(label="登记至", required=False, widget=DateInput())

    use_required_attribute = False

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data, auto_id="filter_%s", label_suffix="")
        self.actor = actor
        if actor.is_enterprise:
            for name in ("source", "holder", "lead", "region", "imported"):
                del self.fields[name]
        else:
            self._offer("region", [("", "全部"), *areas_for(actor, self.data.get("region", ""))])
            organisations.offer_organisations(self, actor, "holder", "lead")
        self._offer("enterprise", self._enterprise())
        self._offer("object", self._object())

    def _offer(self, name: str, choices: Any) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _enterprise(self) -> list[tuple[str, str]]:
        """Only the enterprise the address names: lists of one are reached from its own page."""
        try:
            found = enterprises.enterprise(self.actor, UUID(self.data.get("enterprise", "")))
        except (ValueError, NotInScope):
            return []
        return [(str(found.id), found.name)]

    def _object(self) -> list[tuple[str, str]]:
        """The same of a supervised object."""
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
            status=tuple(values.get("status", ())),
            level=values.get("level", ""),
            source=values.get("source", ""),
            sector=values.get("sector", ""),
            region_path=territory.find_region(code).path if code else "",
            holder_id=_uuid(values.get("holder")),
            lead_id=_uuid(values.get("lead")),
            enterprise_id=_uuid(values.get("enterprise")),
            object_id=_uuid(values.get("object")),
            registered_from=values.get("registered_from"),
            registered_to=values.get("registered_to"),
            state=values.get("state", ""),
            imported=IMPORTED.get(values.get("imported", "")),
        )


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def query_of(filters: Filters) -> dict[str, Any]:
    """The address of a list with these filters; what `FilterForm` reads back. ``region_path`` has no address."""
    named = {
        "q": filters.q,
        "status": list(filters.status),
        "level": filters.level,
        "source": filters.source,
        "sector": filters.sector,
        "holder": filters.holder_id,
        "lead": filters.lead_id,
        "enterprise": filters.enterprise_id,
        "object": filters.object_id,
        "registered_from": filters.registered_from,
        "registered_to": filters.registered_to,
        "state": filters.state,
        "imported": next((word for word, means in IMPORTED.items() if means is filters.imported), ""),
    }
    return {name: str(value) if not isinstance(value, list) else value for name, value in named.items() if value}
