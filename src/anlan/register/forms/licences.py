"""Forms of licences, and the filters of their list."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from anlan.authz.actors import Actor
from anlan.files.api import EvidenceField, Kind
from anlan.register.choices import LicenceExpiry
from anlan.register.facts import LicenceFacts
from anlan.register.forms.base import ActForm, DateInput, textarea
from anlan.register.forms.enterprises import ALL, region_filter
from anlan.register.licence_terms import LICENCE_CHOICES, LICENCES
from anlan.register.models import Licence, Site
from anlan.register.selectors.licences import LicenceFilters
from anlan.ui.choices import BLANK


class LicenceForm(ActForm):
    """Registering a licence, renewing it, putting it right: the same fields."""

    kind = forms.ChoiceField(label="类别")
    title = forms.CharField(
        label="证照名称", required=False, max_length=80, help_text="类别选“其他证照”的，写清楚是什么证。"
    )
    number = forms.CharField(label="证号", max_length=60)
    site = forms.ChoiceField(label="场所", required=False, help_text="只管一处场所的（如特种设备使用登记证）选那一处。")
    issued_by = forms.CharField(label="发证机关", required=False, max_length=80)
    scope = forms.CharField(label="许可范围", required=False, max_length=300)
    valid_from = forms.DateField(label="有效期起", widget=DateInput())
    valid_to = forms.DateField(label="有效期止", required=False, widget=DateInput(), help_text="长期有效的不填。")
    papers = EvidenceField(
        label="扫描件",
        kind=Kind.OTHER,
        photos_only=False,
        required=False,
        help_text="证照的照片或者扫描件，PDF 也可以。",
    )

    def __init__(self, *args: Any, sites: Iterable[Site], intro: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.intro = intro
        usable = [(code, kind.label) for code, kind in LICENCES.items() if not kind.closed]
        self.fields["kind"].choices = [BLANK, *usable]  # type: ignore[attr-defined]
        self.fields["site"].choices = [("", "整个企业"), *((str(site.id), site.name) for site in sites)]  # type: ignore[attr-defined]

    @staticmethod
    def starting_values(licence: Licence) -> dict[str, Any]:
        facts = vars(LicenceFacts.of(licence))
        return {**facts, "version": licence.version, "site": str(licence.site_id or "")}

    def changes(self) -> dict[str, Any]:
        """What was filled in, under the names of ``LicenceFacts``."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("version", "papers", "site")}
        site = self.cleaned_data.get("site", "")
        return {**given, "site_id": UUID(site) if site else None}


class CancelLicenceForm(ActForm):
    intro = "注销以后不再提醒到期，记录和扫描件都留着。"
    reason = forms.CharField(label="原因", widget=textarea(), max_length=200)


class LicenceFilterForm(forms.Form):
    """What stands in the URL of 证照到期表."""

    q = forms.CharField(label="企业、证号", required=False, max_length=60)
    expiry = forms.ChoiceField(label="到期", required=False, choices=[ALL, *LicenceExpiry.choices])
    kind = forms.ChoiceField(label="类别", required=False, choices=[ALL, *LICENCE_CHOICES])
    region = forms.ChoiceField(label="属地", required=False)
    cancelled = forms.ChoiceField(label="状态", required=False, choices=[("", "在册"), ("1", "已注销")])

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        choices, self.paths = region_filter(actor)
        self.fields["region"].choices = choices  # type: ignore[attr-defined]

    def as_filters(self) -> LicenceFilters:
        """The filters in force; a value that is none of the choices narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        return LicenceFilters(
            q=given.get("q", "").strip(),
            kind=given.get("kind", ""),
            region_path=self.paths.get(given.get("region", ""), ""),
            expiry=given.get("expiry", ""),
            cancelled=bool(given.get("cancelled")),
        )
