"""What an administrator fills in. A form only gathers; the action behind it decides what is right."""

from typing import Any
from uuid import UUID

from django import forms

from anlan.accounts import selectors
from anlan.accounts.choices import AccountState
from anlan.accounts.facts import GrantFacts, PersonFacts
from anlan.accounts.policies import roles_to_give
from anlan.authz.actors import Actor
from anlan.authz.choices import Sector
from anlan.authz.models import Grant, Organisation, User
from anlan.authz.roles import AT_HOME_IN, ROLE_CHOICES
from anlan.lib import clock
from anlan.lib.refusals import FieldError, Invalid, Refusal
from anlan.ui.choices import BLANK

ALL = ("", "全部")


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class GatheringForm(forms.Form):
    """A form whose errors come from the action, by the pointer of what was sent."""

    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        for field in self.fields.values():
            verb = "选择" if isinstance(field, forms.ChoiceField) else "填写"
            field.error_messages["required"] = f"请{verb}{field.label}。"

    def take(self, refusal: Refusal) -> None:
        """Show why it was refused beside the fields; nothing typed is lost."""
        errors = refusal.errors if isinstance(refusal, Invalid) else [FieldError("", refusal.reason)]
        for error in errors:
            name = error.pointer.strip("/").split("/")[0]
            self.add_error(name if name in self.fields else None, error.message)


class AccountFilterForm(forms.Form):
    """The filters of the list."""

    q = forms.CharField(label="姓名、用户名、手机", required=False, max_length=60)
    organisation = forms.CharField(label="单位", required=False, max_length=60)
    role = forms.ChoiceField(label="角色", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[ALL, *AccountState.choices])

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        given = roles_to_give(actor)
        self.fields["role"].choices = [ALL, *(choice for choice in ROLE_CHOICES if choice[0] in given)]  # type: ignore[attr-defined]

    def as_filters(self) -> selectors.AccountFilters:
        """What was asked for, as far as it makes sense."""
        asked = self.cleaned_data if self.is_valid() else {}
        return selectors.AccountFilters(
            text=asked.get("q", ""),
            organisation=asked.get("organisation", ""),
            role=asked.get("role", ""),
            state=asked.get("state", ""),
        )


class GrantForm(GatheringForm):
    """A role in one organisation."""

    role = forms.ChoiceField(label="角色")
    region = forms.ChoiceField(label="管辖区域", help_text="不能超出单位所在的区域。")
    sectors = forms.MultipleChoiceField(
        label="负责行业", required=False, widget=forms.CheckboxSelectMultiple, help_text="一个都不选，就是全部行业。"
    )
    valid_from = forms.DateField(label="生效日期", widget=DateInput())
    valid_to = forms.DateField(
        label="失效日期", required=False, widget=DateInput(), help_text="不填就一直有效，直到收回。"
    )

    def __init__(self, *args: Any, actor: Actor, organisation: Organisation, **options: Any) -> None:
        initial = {"region": str(organisation.region_id), "valid_from": clock.today(), **options.pop("initial", {})}
        super().__init__(*args, initial=initial, **options)
        self.organisation = organisation
        given = roles_to_give(actor)
        roles = [
            (code, label) for code, label in ROLE_CHOICES if code in given and organisation.kind in AT_HOME_IN[code]
        ]
        self.fields["role"].choices = roles if len(roles) == 1 else [BLANK, *roles]  # type: ignore[attr-defined]
        regions = [(str(region.id), region.name) for region in selectors.regions_of(organisation)]
        self.fields["region"].choices = regions  # type: ignore[attr-defined]
        sectors = [(code, label) for code, label in Sector.choices if not actor.sectors or code in actor.sectors]
        self.fields["sectors"].choices = sectors  # type: ignore[attr-defined]
        self.has_roles = bool(roles)

    def grant(self) -> GrantFacts:
        given = self.cleaned_data
        return GrantFacts(
            role=given["role"],
            organisation_id=self.organisation.id,
            region_id=UUID(given["region"]),
            sectors=tuple(given["sectors"]),
            valid_from=given["valid_from"],
            valid_to=given["valid_to"],
        )


class PersonFields(GatheringForm):
    """Who it is."""

    display_name = forms.CharField(label="姓名", max_length=60)
    phone = forms.CharField(label="手机", required=False, max_length=20)


class OpenAccountForm(GrantForm):
    """A new account with its first grant."""

    username = forms.CharField(label="用户名", max_length=60, help_text="登录时输入的名字，开通后不能改。")
    display_name = forms.CharField(label="姓名", max_length=60)
    phone = forms.CharField(label="手机", required=False, max_length=20)
    field_order = ("username", "display_name", "phone", "role", "region", "sectors", "valid_from", "valid_to")

    def person(self) -> PersonFacts:
        given = self.cleaned_data
        return PersonFacts(username=given["username"], display_name=given["display_name"], phone=given["phone"])


class StandInForm(GatheringForm):
    """Who acts for whom, from when to when."""

    grant = forms.ChoiceField(label="代办哪个身份")
    colleague = forms.ChoiceField(label="代办人", help_text="同一单位在岗的同事。")
    valid_from = forms.DateField(label="开始日期", widget=DateInput())
    valid_to = forms.DateField(label="结束日期", widget=DateInput(), help_text="含当天，到期自动结束，也可以提前结束。")

    def __init__(self, *args: Any, grants: list[Grant], colleagues: list[User], **options: Any) -> None:
        super().__init__(*args, initial={"valid_from": clock.today()}, **options)
        lent = [(str(one.id), f"{one.organisation.short_name} · {one.get_role_display()}") for one in grants]
        self.fields["grant"].choices = lent if len(lent) == 1 else [BLANK, *lent]  # type: ignore[attr-defined]
        people = [(str(one.id), f"{one.display_name}（{one.username}）") for one in colleagues]
        self.fields["colleague"].choices = [BLANK, *people]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "grant_id": UUID(given["grant"]),
            "colleague_id": UUID(given["colleague"]),
            "valid_from": given["valid_from"],
            "valid_to": given["valid_to"],
        }
