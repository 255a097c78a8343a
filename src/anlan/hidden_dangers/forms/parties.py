"""Naming the responsible party: an enterprise, an organisation or a person."""

from collections.abc import Mapping
from typing import Any

from django import forms

from anlan.hidden_dangers.choices import CAUSES_TO_CHOOSE, PartyKind
from anlan.hidden_dangers.forms.base import CommandForm
from anlan.hidden_dangers.forms.choosing import assisting_for
from anlan.hidden_dangers.forms.fields import line, organisation_choice
from anlan.hidden_dangers.models import HiddenDanger
from anlan.ui.choices import BLANK


class PartyForm(CommandForm):
    """Forms that name the responsible party: an enterprise, an organisation or a person."""

    template = "hidden_dangers/forms/_grading.html"

    cause = forms.ChoiceField(label="成因", choices=CAUSES_TO_CHOOSE, widget=forms.RadioSelect)
    party_kind = forms.ChoiceField(
        label="责任主体",
        choices=[(kind.value, kind.label) for kind in PartyKind],
        widget=forms.RadioSelect(attrs={"data-party": True}),
        initial=PartyKind.ENTERPRISE,
    )
    party_enterprise = forms.CharField(required=False, label="责任企业")
    party_organisation = organisation_choice("责任机关、组织", required=False)
    party_person = line("责任人姓名", required=False, maximum=60)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer("party_organisation", [BLANK, *assisting_for(self.actor, self.matter)])

    def starting_values(self, matter: HiddenDanger) -> Mapping[str, Any]:
        found = matter.supervised_object
        party = {} if found is None or not found.party_kind else {
            "party_kind": found.party_kind,
            "party_organisation": found.party_organisation_id,
            "party_person": found.party_name if found.party_kind == PartyKind.PERSON else "",
        }  # fmt: skip
        return {"clause": matter.clause, "sector": matter.sector, "cause": matter.cause or None, **party}

    def payload(self) -> dict[str, Any]:
        values = super().payload()
        kind = values.pop("party_kind")
        chosen = {
            PartyKind.ENTERPRISE: values.pop("party_enterprise", ""),
            PartyKind.ORGANISATION: values.pop("party_organisation", ""),
            PartyKind.PERSON: values.pop("party_person", ""),
        }[PartyKind(kind)]
        for name in ("party_enterprise", "party_organisation", "party_person"):
            values.pop(name, None)
        key = "name" if kind == PartyKind.PERSON else "id"
        return {**values, "responsible_party": {"kind": kind, **({key: chosen} if chosen else {})}}

    def field_of(self, pointer: str) -> str | None:
        if pointer.startswith("/responsible_party"):
            kind = self.data.get("party_kind", PartyKind.ENTERPRISE)
            return f"party_{kind.lower()}" if kind in PartyKind.values else "party_kind"
        return super().field_of(pointer)
