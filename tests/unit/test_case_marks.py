"""What is written beside a due date, in every status."""

from datetime import date, datetime

import pytest

from anlan.hidden_dangers.choices import OPEN_STATUSES, Status
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.presenters import due_mark_of
from anlan.lib import clock

TODAY = datetime(2026, 11, 29, 9, tzinfo=clock.SHANGHAI)
DUE = date(2026, 11, 15)
IN_TIME, LATE = (datetime(2026, 11, day, 9, tzinfo=clock.SHANGHAI) for day in (11, 18))


@pytest.mark.parametrize(
    ("status", "submitted_at", "word", "tone"),
    [
        (Status.RECTIFYING, None, "逾期14天", "red"),
        (Status.RECTIFYING, IN_TIME, "逾期14天", "red"),  # submitted in time, and returned
        (Status.SUBMITTED, IN_TIME, "按期报验", "grey"),
        (Status.SUBMITTED, LATE, "逾期3天报验", "grey"),
        (Status.ACCEPTED, IN_TIME, "按期报验", "grey"),
        (Status.SUSPENDED, None, "暂缓中", "grey"),
        (Status.CLOSED, IN_TIME, "按期办结", "grey"),
        (Status.CLOSED, LATE, "逾期3天办结", "grey"),
        (Status.TERMINATED, None, "不再计期限", "grey"),
        (Status.MERGED, None, "不再计期限", "grey"),
    ],
)
def test_who_waits_for_others_is_not_called_late(status: Status, submitted_at: datetime | None, word: str, tone: str):
    ended_at = None if status in OPEN_STATUSES else TODAY
    matter = HiddenDanger(status=status, due_on=DUE, submitted_at=submitted_at, ended_at=ended_at)
    with clock.at(TODAY):
        mark = due_mark_of(matter)
    assert mark is not None
    assert (mark.word, mark.tone) == (word, tone)


def test_without_a_date_nothing_is_said() -> None:
    assert due_mark_of(HiddenDanger(status=Status.REGISTERED)) is None
