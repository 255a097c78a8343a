"""The filters of the lists of sites nobody has been to, and of grids nobody patrolled."""

from typing import Any

from django import forms
from django.db.models import Q

from anlan.authz.actors import Actor
from anlan.inspections.choices import Unchecked
from anlan.inspections.selectors import UncheckedFilters, UnpatrolledFilters
from anlan.register import api as register
from anlan.territory import api as territory


class AreaForm(forms.Form):
    """Words, and one of the regions just below the actor's own."""

    q = forms.CharField(required=False, max_length=60)
    region = forms.ChoiceField(label="属地", required=False)

    use_required_attribute = False

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        own = Q(parent__path=actor.region_path)
        areas = [(one.code, one.name) for one in territory.inside(actor.region_path).filter(own)]
        self.fields["region"].choices = [("", "全部"), *areas]  # type: ignore[attr-defined]

    def understood(self) -> dict[str, str]:
        """The filters in force; a value that is none of the choices narrows nothing."""
        self.is_valid()
        given = {name: value.strip() for name, value in self.cleaned_data.items()}
        code = given.pop("region", "")
        return {**given, "region_path": territory.find_region(code).path if code else ""}


class UncheckedForm(AreaForm):
    """What stands in the URL of the list; the same names as in the API."""

    q = forms.CharField(label="企业、场所、地址", required=False, max_length=60)
    unchecked = forms.ChoiceField(label="检查", required=False, choices=[("", "全部"), *Unchecked.choices])
    tag = forms.ChoiceField(label="标签", required=False, choices=[("", "全部"), *register.TAG_CHOICES])
    field_order = ("q", "unchecked", "region", "tag")

    def as_filters(self) -> UncheckedFilters:
        return UncheckedFilters(**self.understood())


class UnpatrolledForm(AreaForm):
    """The same for grids."""

    q = forms.CharField(label="网格、编码、人员", required=False, max_length=60)

    def as_filters(self) -> UnpatrolledFilters:
        return UnpatrolledFilters(**self.understood())
