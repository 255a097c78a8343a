"""The answers to a checklist: every item has one, and each failed one says what is wrong."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from anlan.authz.choices import Sector
from anlan.hidden_dangers.api import Level
from anlan.inspections import selectors
from anlan.inspections.choices import Answer, AnswerKind
from anlan.inspections.facts import CheckFacts, FreeFinding, GivenAnswer
from anlan.inspections.models import CheckAnswer, ChecklistItem, CheckRecord
from anlan.lib.refusals import FieldError, Invalid
from anlan.reads.writing import insert_all


@dataclass(frozen=True)
class Found:
    """One finding, from a failed item or beside the list."""

    description: str
    place: str
    sector: str
    level: str
    photo_ids: list[UUID]
    pointer: str
    item: ChecklistItem | None = None
    measure: str = ""
    rectified_by: str = ""
    accepted_by: str = ""
    due_on: date | None = None


@dataclass
class Sheet:
    """What was answered and found."""

    answers: list[CheckAnswer] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)

    @property
    def fail_count(self) -> int:
        return sum(answer.answer == Answer.FAIL for answer in self.answers)

    def canonical(self) -> list[Any]:
        return [[answer.item_id, answer.answer, answer.number] for answer in self.answers]

    def save(self, check: CheckRecord) -> None:
        for answer in self.answers:
            answer.check_record = check
            answer.region_path = check.region_path
        insert_all(self.answers)


def read_answers(check: CheckRecord, facts: CheckFacts) -> Sheet:
    """Match the answers to the items. Invalid (422) with everything that is missing or belongs to no item."""
    items = selectors.items_of(check.checklist_version_id) if check.checklist_version_id else ()
    by_number = {answer.item: answer for answer in facts.answers}
    wrong: list[FieldError] = []
    known = {item.number for item in items}
    if len(by_number) != len(facts.answers) or set(by_number) - known:
        wrong.append(FieldError("/answers", "答案与检查表不一致，请刷新后重试。"))
    sheet = Sheet()
    for item in items:
        given = by_number.get(item.number, GivenAnswer(item.number))
        complaint = _complaint(item, given)
        if complaint:
            wrong.append(FieldError(f"/answers/{item.number}", complaint))
            continue
        sheet.answers.append(
            CheckAnswer(item=item, answer=given.answer or "", number=given.number, note=given.note.strip())
        )
        if given.answer == Answer.FAIL:
            sheet.found.append(_of_item(check, item, given))
    for position, finding in enumerate(facts.findings):
        if not finding.description.strip():
            wrong.append(FieldError(f"/findings/{position}", "请写明发现了什么问题。"))
        sheet.found.append(_beside(check, position, finding))
    wrong += [FieldError(one.pointer, text) for one in sheet.found for text in _unknown(one)]
    if wrong:
        raise Invalid(wrong)
    return sheet


def _complaint(item: ChecklistItem, given: GivenAnswer) -> str:
    if item.answer_kind == AnswerKind.NUMBER and given.answer != Answer.NOT_APPLICABLE:
        return "" if given.number is not None else f"第 {item.number} 项请填写数值，或者选“不涉及”。"
    if given.answer is None:
        return f"第 {item.number} 项还没有结果。"
    if given.answer == Answer.FAIL and not (given.note.strip() or item.danger_text):
        return f"第 {item.number} 项不合格，请写明问题。"
    return ""


def _unknown(found: Found) -> list[str]:
    wrong = [] if not found.sector or found.sector in Sector else ["没有这个行业领域。"]
    return wrong if not found.level or found.level in Level else [*wrong, "没有这个等级。"]


def _of_item(check: CheckRecord, item: ChecklistItem, given: GivenAnswer) -> Found:
    return Found(
        description=given.note.strip() or item.danger_text,
        place=given.place.strip() or check.place,
        sector=item.sector,
        level=given.level or item.level,
        photo_ids=given.photo_ids,
        pointer=f"/answers/{item.number}",
        item=item,
        measure=given.measure.strip(),
        rectified_by=given.rectified_by.strip(),
        accepted_by=given.accepted_by.strip(),
        due_on=given.due_on,
    )


def _beside(check: CheckRecord, position: int, given: FreeFinding) -> Found:
    return Found(
        description=given.description.strip(),
        place=given.place.strip() or check.place,
        sector=given.sector,
        level=given.level,
        photo_ids=given.photo_ids,
        pointer=f"/findings/{position}",
        measure=given.measure.strip(),
        rectified_by=given.rectified_by.strip(),
        accepted_by=given.accepted_by.strip(),
        due_on=given.due_on,
    )
