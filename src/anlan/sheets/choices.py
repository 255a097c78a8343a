"""The states of an import and what became of its rows."""

from django.db.models import TextChoices


class ImportState(TextChoices):
    """UPLOADED → CHECKED → IMPORTED → UNDONE; the mapping may be changed and checked again until it is imported.

    What is going on in between is told by the job.
    """

    UPLOADED = "UPLOADED", "待核对列"
    CHECKED = "CHECKED", "已试算"
    IMPORTED = "IMPORTED", "已导入"
    UNDONE = "UNDONE", "已撤销"


class RowOutcome(TextChoices):
    CREATED = "CREATED", "新增"
    UPDATED = "UPDATED", "更新"
