"""Forms of statuses, moves and tenancies."""

from typing import Any

from django import forms

from anlan.authz.choices import RegionLevel
from anlan.files.api import EvidenceField, Kind
from anlan.lib import clock
from anlan.register import selectors
from anlan.register.choices import OperatingStatus
from anlan.register.forms.base import ActForm, DateInput, textarea
from anlan.register.forms.enterprises import local_unit_choices, region_groups
from anlan.register.models import Enterprise, Site
from anlan.register.open_matters import in_words, open_matters
from anlan.territory import api as territory
from anlan.ui.choices import BLANK


def _papers(label: str, help_text: str) -> EvidenceField:
    return EvidenceField(label=label, kind=Kind.REPORT, photos_only=False, help_text=help_text)


class SetStatusForm(ActForm):
    """A new operating status, on evidence."""

    intro = "状态凭证明材料变更，以前的状态和材料都留着。停产后恢复生产请用“申请复产验收”。"
    to_status = forms.ChoiceField(label="变更为")
    since_on = forms.DateField(label="自何日起", widget=DateInput())
    reason = forms.CharField(label="事由", widget=textarea(), max_length=500)
    papers = _papers("证明材料", "照片、通知书、工商登记截图等，至少一份。")

    def __init__(self, *args: Any, holder: Enterprise | Site, **options: Any) -> None:
        options["initial"] = {"since_on": clock.today(), "version": holder.version}
        super().__init__(*args, **options)
        others = [choice for choice in OperatingStatus.choices if choice[0] != holder.status]
        self.fields["to_status"].choices = [BLANK, *others]  # type: ignore[attr-defined]


class ResumptionForm(ActForm):
    """Asking for 复产验收."""

    intro = "停产后恢复生产要经过验收。提交后由属地单位或者主管部门验收，验收人不能是申请人。"
    since_on = forms.DateField(label="拟复产日期", widget=DateInput())
    reason = forms.CharField(label="整改和准备情况", widget=textarea(), max_length=500)
    papers = _papers("证明材料", "复产方案、自查记录、照片等，至少一份。")


class AcceptResumptionForm(ActForm):
    note = forms.CharField(label="验收意见", widget=textarea(), max_length=500)
    papers = _papers("验收材料", "复产验收表、现场照片，至少一份。")


class AnswerForm(ActForm):
    """A refusal, with its reason."""

    note = forms.CharField(label="理由", widget=textarea(), max_length=500)


class RemarkForm(ActForm):
    """An answer that needs no reason."""

    note = forms.CharField(label="说明", widget=textarea(), max_length=500, required=False)


class ReceiveForm(RemarkForm):
    """Taking a site over: what is open there comes along."""

    def __init__(self, *args: Any, site: Site, **options: Any) -> None:
        super().__init__(*args, **options)
        self.intro = "接收以后由本单位负责。"
        if found := in_words(open_matters(site)):
            self.intro += f"这处场所还有 {found}没有办结，随场所一起移交过来，由本单位接着办。"


class TransferForm(ActForm):
    """A move to another 属地 unit."""

    intro = "移交后由接收单位确认；确认以前仍由原属地单位负责。"
    region = forms.ChoiceField(label="迁入村（社区）", widget=forms.Select(attrs={"data-search": True}))
    local_unit = forms.ChoiceField(label="接收单位", required=False, help_text="园区内的选园区管委会。")
    new_address = forms.CharField(
        label="新地址", required=False, max_length=200, help_text="只是属地划转、没有搬动的不填。"
    )
    reason = forms.CharField(label="事由", widget=textarea(), max_length=500)

    def __init__(self, *args: Any, site: Site, **options: Any) -> None:
        super().__init__(*args, **{**options, "initial": {"version": site.version}})
        if found := in_words(open_matters(site)):
            self.intro += f"还有 {found}没有办结，接收时随场所一起移交。"
        levels = [RegionLevel.TOWNSHIP, RegionLevel.VILLAGE]
        county = territory.inside(site.enterprise.wall_path, levels=levels).select_related("parent")
        self.fields["region"].choices = [BLANK, *region_groups(county)]  # type: ignore[attr-defined]
        self.fields["local_unit"].choices = local_unit_choices(self.actor)  # type: ignore[attr-defined]


class TenancyForm(ActForm):
    """From whom a site rents."""

    landlord = forms.CharField(
        label="出租方", max_length=120, help_text="企业全称，或者统一社会信用代码、临时编号。",
        widget=forms.TextInput(attrs={"list": "landlords", "autocomplete": "off"}),
    )  # fmt: skip
    valid_from = forms.DateField(label="起租日期", widget=DateInput())

    def clean_landlord(self) -> Enterprise:
        found = selectors.enterprise_called(self.actor, self.cleaned_data["landlord"].strip())
        if found is None:
            raise forms.ValidationError("没有找到这家企业，请填写全称或者编号；没有登记的请先登记。")
        return found


class EndTenancyForm(ActForm):
    valid_to = forms.DateField(label="退租日期", widget=DateInput())
