"""The words of 活动保障."""

from django.db.models import TextChoices

from anlan.hidden_dangers.api import Status


class MatterState(TextChoices):
    """How the matters of an event are told apart; a matter found to be none, merged or terminated is not counted."""

    ALL = "all", "发现"
    CLOSED = "closed", "已销号"
    OPEN = "open", "剩余"
    IN_TIME = "in_time", "开幕前销号"
    LEFT_OUT = "left_out", "不计入"


class EventState(TextChoices):
    RUNNING = "", "保障中"
    CONCLUDED = "concluded", "已结束"


NOT_COUNTED = frozenset({Status.DISMISSED, Status.MERGED, Status.TERMINATED})
"""Requirements D2: what was not established, or could not be put right because its party is gone."""

URGENT_DAYS = 3
"""So many days before the opening what remains is shown in red."""
