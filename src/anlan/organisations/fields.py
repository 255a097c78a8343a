"""Choosing one organisation of many in the filters of a list: one types a few characters of its name."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse_lazy
from django.utils.http import urlencode
from django.utils.text import format_lazy

from anlan.authz.actors import Actor
from anlan.organisations.selectors import visible_organisations

ALL = ("", "全部")
FOUND = 50
"""So many of what is found are shown."""


class OrganisationFilter(forms.ChoiceField):
    """The page carries the person's own organisation and the chosen ones; the API finds the others, of these kinds."""

    def __init__(self, label: str, kinds: Collection[str]) -> None:
        super().__init__(label=label, required=False, choices=[ALL], widget=forms.Select(attrs={"data-search": True}))
        query = urlencode([*(("kind", kind) for kind in sorted(kinds)), ("page_size", FOUND)])
        self.widget.attrs["data-finds"] = format_lazy("{}?{}", reverse_lazy("api:organisation_list"), query)


def offer_organisations(form: forms.Form, actor: Actor, *names: str) -> None:
    """Let the fields of these names know what may be chosen in them: at most one query, for what the address names."""
    chosen: set[str] = {value for name in names if (value := form.data.get(name, ""))}
    own = str(actor.organisation_id)
    found: list[Any] = [ALL, (own, actor.organisation_name)]
    others = [UUID(value) for value in chosen - {own} if _is_uuid(value)]
    if others:
        found += [(str(one.id), one.name) for one in visible_organisations(actor).filter(id__in=others)]
    for name in names:
        form.fields[name].choices = found  # type: ignore[attr-defined]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
