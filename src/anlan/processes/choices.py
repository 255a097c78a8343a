from django.db.models import TextChoices


class EventKind(TextChoices):
    TRANSITION = "TRANSITION", "办理"
    DEADLINE = "DEADLINE", "时限"
    COMMENT = "COMMENT", "留言"


class DeadlineState(TextChoices):
    OPEN = "OPEN", "计时中"
    PAUSED = "PAUSED", "暂停计时"
    MET = "MET", "已办结"
    CANCELLED = "CANCELLED", "已取消"
