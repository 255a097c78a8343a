"""One form for each verb of a listing. What was typed stays when something is refused."""

from typing import Any, ClassVar

from django import forms

from anlan.authz.actors import Actor
from anlan.lib import clock
from anlan.lib.refusals import Invalid, Refusal
from anlan.supervision import actions
from anlan.supervision.models import SupervisionListing
from anlan.supervision.selectors import controls_of
from anlan.supervision.workflow import PROCESS


def _words(label: str, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ListingForm(forms.Form):
    """``run`` answers with the listing, or None when it was refused: the form then says why."""

    use_required_attribute = False
    verb: ClassVar[str]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}。"

    @classmethod
    def initial_of(cls, listing: SupervisionListing) -> dict[str, Any]:
        """What stands in the form before anything is typed."""
        return {}

    @property
    def label(self) -> str:
        return PROCESS.rows_of(self.verb)[0].label

    def run(self, actor: Actor, **subject: Any) -> SupervisionListing | None:
        """Run the verb on ``listing_id`` (or, to list, on ``hidden_danger_id``)."""
        if not self.is_valid():
            return None
        action = actions.list_matter if self.verb == "list" else getattr(actions, self.verb)
        try:
            done: SupervisionListing = action(actor=actor, **subject, **self.cleaned_data)
            return done
        except Invalid as invalid:
            for error in invalid.errors:
                name = error.pointer.strip("/")
                self.add_error(name if name in self.fields else None, error.message)
        except Refusal as refusal:
            self.add_error(None, refusal.reason)
        return None


class ListForm(ListingForm):
    verb = "list"
    due_on = forms.DateField(label="督办期限", widget=forms.DateInput(attrs={"type": "date"}))
    leader = forms.CharField(label="包抓领导", max_length=60)
    note = _words("督办要求", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["due_on"].widget.attrs["min"] = clock.today().isoformat()


class ReportProgressForm(ListingForm):
    verb = "report_progress"
    note = _words("本月进展")


class SetControlsForm(ListingForm):
    verb = "set_controls"
    measures = _words("管控措施")
    holder = forms.CharField(label="管控责任人", max_length=60)
    holder_phone = forms.CharField(label="电话", max_length=30, required=False)
    check_on = forms.DateField(label="下次复查日期", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["check_on"].widget.attrs["min"] = clock.today().isoformat()

    @classmethod
    def initial_of(cls, listing: SupervisionListing) -> dict[str, Any]:
        """A renewal starts from what is in force; its date has to be chosen."""
        last = next(iter(controls_of([listing])[listing.id]), None)
        if last is None:
            return {}
        return {"measures": last.measures, "holder": last.holder, "holder_phone": last.holder_phone}


class RequestReleaseForm(ListingForm):
    verb = "request_release"
    note = _words("整改情况", required=False)


class RecheckForm(ListingForm):
    verb = "recheck"
    note = _words("复查情况")


class RefuseReleaseForm(ListingForm):
    verb = "refuse_release"
    reason = _words("不合格的理由")


class ReleaseForm(ListingForm):
    verb = "release"
    note = _words("说明", required=False)


FORMS: dict[str, type[ListingForm]] = {
    form.verb: form
    for form in (
        ReportProgressForm,
        SetControlsForm,
        RequestReleaseForm,
        RecheckForm,
        RefuseReleaseForm,
        ReleaseForm,
    )
}
