"""The filters of the list of sites, and the forms of their tags."""

from typing import Any
from uuid import UUID

from django import forms

from anlan.authz.actors import Actor
from anlan.authz.choices import Sector
from anlan.lib import clock
from anlan.register import selectors
from anlan.register.choices import Gap, OperatingStatus
from anlan.register.forms.base import ActForm, DateInput, textarea
from anlan.register.forms.enterprises import ALL, PLACED, region_filter, words
from anlan.register.tags import TAG_CHOICES, TAGS
from anlan.ui.choices import BLANK


class SiteFilterForm(forms.Form):
    """What stands in the URL of the list."""

    q = words("企业、场所、地址、电话")
    region = forms.ChoiceField(label="属地", required=False)
    tag = forms.ChoiceField(label="标签", required=False, choices=[ALL, *TAG_CHOICES])
    gap = forms.ChoiceField(label="缺什么", required=False, choices=[ALL, *Gap.choices])
    sector = forms.ChoiceField(label="监管领域", required=False, choices=[ALL, *Sector.choices])
    status = forms.ChoiceField(label="经营状态", required=False, choices=[ALL, *OperatingStatus.choices])
    placed = forms.ChoiceField(label="网格", required=False, choices=PLACED)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        choices, self.paths = region_filter(actor, self.data.get("region", ""))
        self.fields["region"].choices = choices  # type: ignore[attr-defined]

    def as_filters(self) -> selectors.SiteFilters:
        """The filters in force; a value that is none of the choices narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        return selectors.SiteFilters(
            q=given.get("q", "").strip(),
            region_path=self.paths.get(given.get("region", ""), ""),
            status=given.get("status", ""),
            sector=given.get("sector", ""),
            tag=given.get("tag", ""),
            gap=given.get("gap", ""),
            placed=bool(given.get("placed")),
        )


class IdsField(forms.MultipleChoiceField):
    """The rows that were ticked, as ids."""

    widget = forms.MultipleHiddenInput

    def valid_value(self, value: str) -> bool:
        try:
            UUID(value)
        except ValueError:
            return False
        return True

    def clean(self, value: Any) -> list[UUID]:
        return [UUID(one) for one in super().clean(value)]


class TagForm(ActForm):
    """Putting a tag on the ticked sites."""

    ids = IdsField(label="场所", required=False)
    kind = forms.ChoiceField(label="标签", choices=[BLANK, *TAG_CHOICES])
    since_on = forms.DateField(label="自何日起", widget=DateInput())
    note = forms.CharField(label="说明", widget=textarea(), max_length=200, required=False)

    def __init__(self, *args: Any, intro: str, **options: Any) -> None:
        options["initial"] = {"since_on": clock.today(), **options.get("initial", {})}
        super().__init__(*args, **options)
        self.intro = intro
        usable = [(code, f"{kind.label}：{kind.words}") for code, kind in TAGS.items() if not kind.closed]
        self.fields["kind"].choices = [BLANK, *usable]  # type: ignore[attr-defined]


class UntagForm(ActForm):
    """Taking a tag off the ticked sites."""

    ids = IdsField(label="场所", required=False)
    kind = forms.ChoiceField(label="标签", choices=[BLANK, *TAG_CHOICES])
    removed_on = forms.DateField(label="到何日止", widget=DateInput())
    note = forms.CharField(label="理由", widget=textarea(), max_length=200)

    def __init__(self, *args: Any, intro: str, **options: Any) -> None:
        options["initial"] = {"removed_on": clock.today(), **options.get("initial", {})}
        super().__init__(*args, **options)
        self.intro = intro
