"""开始检查：什么性质、去哪里、用哪张表。"""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from anlan.authz.actors import Actor
from anlan.authz.choices import RegionLevel
from anlan.hidden_dangers import api as loop
from anlan.inspections import actions, policies, selectors
from anlan.inspections.choices import ActClass
from anlan.inspections.facts import Start
from anlan.inspections.models import CheckRecord
from anlan.lib import clock
from anlan.lib.refusals import Invalid, Refusal
from anlan.territory import api as territory
from anlan.ui.choices import BLANK

MONTHS = 6
NO_CHECKLIST = "none"


class BeginForm(forms.Form):
    """``site`` comes from the search of places, ``region`` from the list where there is no site."""

    act_class = forms.ChoiceField(label="检查性质", widget=forms.RadioSelect)
    is_unannounced = forms.BooleanField(label="暗查、四不两直（交办前只有本单位看得到）", required=False)
    month = forms.DateField(label="自查月份", required=False, widget=forms.Select)
    site = loop.PlaceField(label="企业、场所、监管对象", required=False)
    region = forms.ChoiceField(
        label="没有登记的地方，选村（社区）", required=False, widget=forms.Select(attrs={"data-search": True})
    )
    place = forms.CharField(
        label="具体位置",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "例：2 号厂房东侧"}),
    )
    checklist = forms.ChoiceField(label="检查表", error_messages={"required": "请选择检查表。"})

    use_required_attribute = False

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.actor = actor
        classes = policies.act_classes_for(actor)
        self._offer("act_class", [(one.value, one.label) for one in classes])
        self.fields["act_class"].initial = classes[0]
        versions = selectors.checklist_versions(actor)
        lists = [(str(v.id), f"{v.checklist.name}（{len(v.items.all())} 项）") for v in versions]
        none = [] if actor.is_enterprise else [(NO_CHECKLIST, "不用检查表，只写发现的问题")]
        self._offer("checklist", [BLANK, *lists, *none])
        if actor.is_enterprise:
            for name in ("region", "is_unannounced"):
                del self.fields[name]
            self.fields["act_class"].widget = forms.HiddenInput()
            self.fields["month"].widget.choices = _months()
        else:
            del self.fields["month"]
            self._offer("region", [BLANK, *_regions(actor)])
            if not policies.UNANNOUNCED & set(classes):
                del self.fields["is_unannounced"]

    def clean(self) -> dict[str, Any]:
        """Said together with what else is missing, not after it."""
        given = super().clean() or {}
        if (
            "region" in self.fields
            and not self.errors.get("site")
            and not given.get("site")
            and not given.get("region")
        ):
            self.add_error("site", "请选择企业、场所、监管对象，或者在下面选村（社区）。")
        return given

    def _offer(self, name: str, choices: Any) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen_place(self) -> loop.Place | None:
        """The place chosen before, so that it is still chosen when the form comes back."""
        return loop.chosen_place(self.actor, self["site"].value())

    def run(self) -> CheckRecord | None:
        """Begin. None when it was refused: the form says why and keeps what was typed."""
        if not self.is_valid():
            return None
        values = self.cleaned_data
        chosen: loop.Chosen = values["site"]
        start = Start(
            act_class=ActClass(values["act_class"]),
            site_id=chosen.site_id,
            object_id=chosen.object_id,
            region_id=UUID(values["region"]) if values.get("region") and not chosen else None,
            place=values.get("place", ""),
            checklist_version_id=None if values["checklist"] == NO_CHECKLIST else UUID(values["checklist"]),
            is_unannounced=bool(values.get("is_unannounced")),
            month=values.get("month"),
        )
        try:
            return actions.begin(actor=self.actor, start=start)
        except Invalid as refusal:
            for error in refusal.errors:
                name = error.pointer.strip("/").replace("object", "site")
                self.add_error(name if name in self.fields else None, ValidationError(error.message))
        except Refusal as refusal:
            cited = f"（依据{refusal.citation}）" if refusal.citation else ""
            self.add_error(None, ValidationError(f"{refusal.reason}{cited}"))
        return None


def _months() -> list[tuple[str, str]]:
    months: list[date] = [selectors.month_of(clock.today())]
    for _ in range(MONTHS - 1):
        months.append(selectors.month_of(date.fromordinal(months[-1].toordinal() - 1)))
    return [(month.isoformat(), f"{month.year} 年 {month.month} 月") for month in months]


def _regions(actor: Actor) -> list[tuple[str, Any]]:
    """Townships with their villages, as groups, by id."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for region in territory.regions_of(actor, RegionLevel.TOWNSHIP, RegionLevel.VILLAGE):
        is_township = region.level == RegionLevel.TOWNSHIP
        township = region.name if is_township or region.parent is None else region.parent.name
        words = region.name if is_township else f"{township} {region.name}"
        groups.setdefault(township, []).append((str(region.id), words))
    return list(groups.items())
