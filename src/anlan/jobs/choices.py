"""The states of a job."""

from django.db.models import TextChoices


class State(TextChoices):
    QUEUED = "QUEUED", "排队中"
    RUNNING = "RUNNING", "进行中"
    DONE = "DONE", "已完成"
    FAILED = "FAILED", "未完成"
    CANCELLED = "CANCELLED", "已取消"


OPEN_STATES = (State.QUEUED, State.RUNNING)
