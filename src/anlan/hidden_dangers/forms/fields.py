"""The fields forms are made of."""

from typing import Any

from django import forms

from anlan.authz.choices import Sector
from anlan.hidden_dangers.forms.base import DateInput
from anlan.ui.choices import BLANK


def words(label: str, *, required: bool = True, rows: int = 3, **options: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, "placeholder": options.pop("placeholder", "")})
    return forms.CharField(label=label, required=required, widget=area, max_length=2000, **options)


def line(label: str, *, required: bool = True, maximum: int = 200, **options: Any) -> forms.CharField:
    box = forms.TextInput(attrs={"placeholder": options.pop("placeholder", "")})
    return forms.CharField(label=label, required=required, max_length=maximum, widget=box, **options)


def day(label: str, *, required: bool = True, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=DateInput(), **options)


def sector_choice(*, required: bool = False, **options: Any) -> forms.ChoiceField:
    choices = [BLANK, *Sector.choices]
    widget = forms.Select(attrs={"data-search": True})
    return forms.ChoiceField(label="行业领域", required=required, choices=choices, widget=widget, **options)


CLAUSE_HELP = "例：《工贸企业重大事故隐患判定标准》第三条。"


def organisation_choice(label: str, *, required: bool = True, **options: Any) -> forms.ChoiceField:
    """Its choices are offered by the form, from what the actor sees."""
    return forms.ChoiceField(
        label=label, required=required, widget=forms.Select(attrs={"data-search": True}), **options
    )
