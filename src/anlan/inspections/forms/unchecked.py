"""The filters of the list of sites nobody has been to."""

from typing import Any

from django import forms
from django.db.models import Q

from anlan.authz.actors import Actor
from anlan.inspections.choices import Unchecked
from anlan.inspections.selectors import UncheckedFilters
from anlan.register import api as register
from anlan.territory import api as territory


class UncheckedForm(forms.Form):
    """What stands in the URL of the list; the same names as in the API."""

    q = forms.CharField(label="企业、场所、地址", required=False, max_length=60)
    unchecked = forms.ChoiceField(label="检查", required=False, choices=[("", "全部"), *Unchecked.choices])
    region = forms.ChoiceField(label="属地", required=False)
    tag = forms.ChoiceField(label="标签", required=False, choices=[("", "全部"), *register.TAG_CHOICES])

    use_required_attribute = False

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        own = Q(parent__path=actor.region_path)
        areas = [(one.code, one.name) for one in territory.inside(actor.region_path).filter(own)]
        self.fields["region"].choices = [("", "全部"), *areas]  # type: ignore[attr-defined]

    def as_filters(self) -> UncheckedFilters:
        """What was understood; a value that is none of the choices narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        code = given.get("region", "")
        return UncheckedFilters(
            q=given.get("q", "").strip(),
            unchecked=given.get("unchecked", ""),
            region_path=territory.find_region(code).path if code else "",
            tag=given.get("tag", ""),
        )
