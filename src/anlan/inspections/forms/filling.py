"""检查表单：每项一个大按钮，不合格的当场拍照。What was typed is kept as a draft; nothing is lost on the way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from pydantic import ValidationError

from anlan.authz.actors import Actor
from anlan.files import api as files
from anlan.inspections import actions, selectors
from anlan.inspections.choices import Answer, AnswerKind, Arrival, InspectionKind
from anlan.inspections.commands import FactsIn
from anlan.inspections.models import ChecklistItem, CheckRecord
from anlan.lib.ids import as_id
from anlan.lib.refusals import FieldError, Invalid, Refusal

OFFICER_ROWS = 3
FREE_ROWS = 3
WORDS = ("answer", "number", "note", "place", "level", "measure", "rectified_by", "accepted_by")
KEPT = "photos_kept"


@dataclass
class Line:
    """One item, or one finding beside the list, as it stands in the form. ``slot`` begins its names."""

    slot: str
    item: ChecklistItem | None
    values: dict[str, str]
    kept_ids: list[UUID] = field(default_factory=list)
    kept: list[files.StoredFile] = field(default_factory=list)
    error: str = ""

    @property
    def is_number(self) -> bool:
        return self.item is not None and self.item.answer_kind == AnswerKind.NUMBER

    @property
    def problem(self) -> str:
        """What is wrong, as typed or as the list proposes it."""
        return self.values["note"] or (self.item.danger_text if self.item else "")

    def payload(self) -> dict[str, Any]:
        given: dict[str, Any] = {name: value for name, value in self.values.items() if value}
        if self.item is None:
            given["description"] = given.pop("note", "")
            given.pop("answer", None)
            given.pop("number", None)
        else:
            given["item"] = self.item.number
            if self.is_number and given.get("answer"):
                given.pop("number", None)
        if given.get("answer") not in (None, Answer.FAIL):
            for name in ("measure", "rectified_by", "accepted_by", "level", "place"):
                given.pop(name, None)
        return given | {"photos": self.kept_ids if given.get("answer", Answer.FAIL) == Answer.FAIL else []}


class HeadForm(forms.Form):
    """What belongs to the visit as a whole."""

    inspection_kind = forms.ChoiceField(
        label="行政检查类别", required=False, choices=InspectionKind.choices, widget=forms.RadioSelect
    )
    arrival = forms.ChoiceField(label="告知方式", required=False, choices=Arrival.choices, widget=forms.RadioSelect)
    plan_reference = forms.CharField(label="检查计划、方案（个案检查可不填）", required=False, max_length=120)
    scan_no = forms.CharField(label="扫码入企编号", required=False, max_length=60)
    no_scan_reason = forms.CharField(label="未扫码的，写原因", required=False, max_length=200)
    told_to = forms.CharField(label="结果告知了谁", required=False, max_length=60)
    led_by = forms.CharField(label="带队人", required=False, max_length=60)
    led_by_principal = forms.BooleanField(label="带队人是企业主要负责人（每月至少带队一次）", required=False)
    note = forms.CharField(label="检查情况", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    use_required_attribute = False
    ENFORCEMENT = ("inspection_kind", "arrival", "plan_reference", "scan_no", "no_scan_reason")

    def __init__(self, data: Any, *, check: CheckRecord) -> None:
        super().__init__(data, label_suffix="")
        if not check.is_inspection:
            for name in self.ENFORCEMENT:
                del self.fields[name]
        if not check.is_self_check:
            del self.fields["led_by_principal"]


class FillForm:
    """The whole check: head, officers, items, findings beside the list. ``data`` is a draft or what was posted."""

    def __init__(self, check: CheckRecord, actor: Actor, data: QueryDict) -> None:
        self.check, self.actor, self.data = check, actor, data
        self.head = HeadForm(data, check=check)
        self.errors: list[str] = []
        self.officers = [
            {"position": n, "name": data.get(f"officer-{n}-name", ""), "certificate": data.get(f"officer-{n}-cert", "")}
            for n in range(OFFICER_ROWS)
        ]
        if not data and not check.is_self_check:
            self.officers[0]["name"] = actor.label
        items = selectors.items_of(check.checklist_version_id) if check.checklist_version_id else ()
        self.items = [self._line(f"item-{item.number}", item) for item in items]
        self.free = [self._line(f"finding-{n}", None) for n in range(FREE_ROWS)]
        self._find_kept()

    @property
    def lines(self) -> Iterator[Line]:
        yield from self.items
        yield from self.free

    @property
    def wrong(self) -> list[Line]:
        """The lines that lack something, for the summary at the top."""
        return [line for line in self.lines if line.error]

    @property
    def is_refused(self) -> bool:
        return bool(self.errors or self.wrong or (self.head.is_bound and self.head.errors))

    def line(self, slot: str) -> Line | None:
        return next((line for line in self.lines if line.slot == slot), None)

    def _line(self, slot: str, item: ChecklistItem | None) -> Line:
        values = {name: self.data.get(f"{slot}-{name}", "").strip() for name in WORDS}
        kept = [found for text in self.data.getlist(f"{slot}-{KEPT}") if (found := as_id(text))]
        return Line(slot, item, values, kept)

    def _find_kept(self) -> None:
        """The photos uploaded before, in one query; what is not the actor's own is left out."""
        wanted = [photo for line in self.lines for photo in line.kept_ids]
        if not wanted:
            return
        own = {file.id: file for file in files.own_uploads(self.actor, wanted)}
        for line in self.lines:
            line.kept = [own[photo] for photo in dict.fromkeys(line.kept_ids) if photo in own]
            line.kept_ids = [file.id for file in line.kept]

    def store(self, uploads: MultiValueDict[str, Any]) -> None:
        """Keep what was uploaded, also when something else is wrong."""
        for line in self.lines:
            for upload in uploads.getlist(f"{line.slot}-photos"):
                try:
                    stored = files.store(actor=self.actor, upload=upload, kind=files.Kind.BEFORE)
                except Invalid as refusal:
                    line.error = f"{upload.name}：{refusal.reason}"
                    continue
                line.kept.append(stored)
                line.kept_ids.append(stored.id)

    def as_draft(self) -> dict[str, list[str]]:
        """Everything typed, with the ids of what was uploaded."""
        known = {name: self.data.getlist(name) for name in self.data if name != "csrfmiddlewaretoken"}
        return known | {f"{line.slot}-{KEPT}": [str(photo) for photo in line.kept_ids] for line in self.lines}

    def payload(self) -> dict[str, Any]:
        head = {name: value for name, value in self.head.cleaned_data.items() if value}
        named = [one for one in self.officers if one["name"] or one["certificate"]]
        answered = [line for line in self.items if line.values["answer"] or line.values["number"]]
        found = [line for line in self.free if line.values["note"] or line.kept_ids]
        return {
            **head,
            "officers": [{"name": one["name"], "certificate_no": one["certificate"]} for one in named],
            "answers": [line.payload() for line in answered],
            "findings": [line.payload() for line in found],
        }

    def run(self) -> CheckRecord | None:
        """File the draft. None when it was refused: every line says what it lacks."""
        if not self.head.is_valid():
            return None
        payload = self.payload()
        try:
            facts = FactsIn.model_validate(payload).as_facts()
            return actions.file_draft(actor=self.actor, check_id=self.check.id, facts=facts)
        except ValidationError as wrong:
            for error in wrong.errors():
                self._point_by_place(payload, error["loc"])
        except Invalid as refusal:
            for each in refusal.errors:
                self._point(each)
        except Refusal as refusal:
            cited = f"（依据{refusal.citation}）" if refusal.citation else ""
            self.errors.append(f"{refusal.reason}{cited}")
        return None

    def _point(self, error: FieldError) -> None:
        parts = error.pointer.strip("/").split("/")
        line = self._line_at(parts)
        if line is not None:
            line.error = error.message
        elif parts[0] in self.head.fields:
            self.head.add_error(parts[0], error.message)
        else:
            self.errors.append(error.message)

    def _line_at(self, parts: list[str]) -> Line | None:
        if len(parts) < 2 or not parts[1].isdecimal():
            return None
        if parts[0] == "answers":
            return self.line(f"item-{parts[1]}")
        found = [line for line in self.free if line.values["note"] or line.kept_ids]
        return found[int(parts[1])] if parts[0] == "findings" and int(parts[1]) < len(found) else None

    def _point_by_place(self, payload: Mapping[str, Any], place: tuple[int | str, ...]) -> None:
        text = "这一项填得不对，请检查。"
        if len(place) > 1 and place[0] == "answers":
            number = payload["answers"][int(place[1])]["item"]
            self._point(FieldError(f"/answers/{number}", text))
        elif place[0] == "officers":
            self.errors.append("检查人员请填写姓名。")
        else:
            self._point(FieldError("/".join(str(part) for part in place), text))


def from_draft(check: CheckRecord) -> QueryDict:
    """The draft as if it had just been posted."""
    data = QueryDict(mutable=True)
    for name, values in check.draft.items():
        data.setlist(name, values)
    return data
