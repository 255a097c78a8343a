"""What is looked at on a told visit: a checklist that fits who looks, every item answered, what failed found."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from anlan.authz.models import Organisation
from anlan.demo.checks import LISTS
from anlan.demo.scenery import Phrase
from anlan.inspections.api import Answer, ChecklistItem, ChecklistVersion, Filled

FOR_ALL = (LISTS["INDUSTRY"], LISTS["FIRE"])
PASS, FAIL, NOT_APPLICABLE = Answer.PASS.value, Answer.FAIL.value, Answer.NOT_APPLICABLE.value
ASIDE = 0.07
"""The share of items that are 不涉及."""


class Checklist:
    """One version; ``phrases`` are what its failing items are called, those that are no 重大 ones."""

    def __init__(self, version: ChecklistVersion) -> None:
        self.version_id = version.id
        self.items = list(version.items.all())
        self.phrases = {item.id: _phrase(item) for item in self.items if item.danger_text and not item.level}
        self._may_fail = list(self.phrases)

    def fail(self, random: Random, count: int) -> Sequence[ChecklistItem]:
        """So many different items, or as many as there are."""
        chosen = {*random.sample(self._may_fail, min(count, len(self._may_fail)))} if count else ()
        return [item for item in self.items if item.id in chosen]

    def fill(self, random: Random, failed: Sequence[ChecklistItem]) -> Filled:
        return Filled(self.version_id, [self._answer(random, item, is_failed=item in failed) for item in self.items])

    def _answer(self, random: Random, item: ChecklistItem, *, is_failed: bool) -> tuple:
        if item.answer_kind == "NUMBER":
            return item.id, "", Decimal(1 + int(random.random() * 11))
        if is_failed:
            return item.id, FAIL, None
        return item.id, NOT_APPLICABLE if random.random() < ASIDE else PASS, None


class Checklists:
    def __init__(self, versions: Sequence[ChecklistVersion]) -> None:
        self._by_code = {version.checklist.code: Checklist(version) for version in versions}

    def of(self, unit: Organisation, random: Random) -> Checklist:
        """That of the unit's own sectors, or a general one."""
        own = [LISTS[sector] for sector in unit.sectors if sector in LISTS] or FOR_ALL
        return self._by_code[own[int(random.random() * len(own))]]


def _phrase(item: ChecklistItem) -> Phrase:
    return Phrase(item.sector, item.danger_text, item.basis, "STATE", f"已整改，{item.text}")
