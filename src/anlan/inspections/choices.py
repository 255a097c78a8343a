"""The words of checks. A label is what a person reads, everywhere the same."""

from django.db.models import TextChoices


class Status(TextChoices):
    DRAFT = "DRAFT", "草稿"
    FILED = "FILED", "已提交"
    VOIDED = "VOIDED", "已作废"


class ActClass(TextChoices):
    """What a visit is in law (DOMAIN §3). Only the first may order."""

    ADMINISTRATIVE_INSPECTION = "ADMINISTRATIVE_INSPECTION", "行政检查"
    SERVICE_VISIT = "SERVICE_VISIT", "走访帮扶"
    PATROL = "PATROL", "巡查"
    SELF_CHECK = "SELF_CHECK", "企业自查"
    GOVERNMENT_SUPERVISION = "GOVERNMENT_SUPERVISION", "督查"


class InspectionKind(TextChoices):
    """Kinds of 行政检查; 个案 are counted apart from the frequency caps."""

    ROUTINE = "ROUTINE", "日常检查"
    SPECIAL = "SPECIAL", "专项检查"
    INDIVIDUAL = "INDIVIDUAL", "个案检查"


class Arrival(TextChoices):
    NOTICE = "NOTICE", "事先送达检查通知书"
    HAND_OVER = "HAND_OVER", "到场当面交付"


class AnswerKind(TextChoices):
    PASS_FAIL = "PASS_FAIL", "是否合格"
    NUMBER = "NUMBER", "填写数值"


class Answer(TextChoices):
    PASS = "PASS", "合格"
    FAIL = "FAIL", "不合格"
    NOT_APPLICABLE = "NOT_APPLICABLE", "不涉及"


class SelfCheckFindingState(TextChoices):
    OPEN = "OPEN", "自改中"
    CLOSED = "CLOSED", "已自改"
    HANDED_OVER = "HANDED_OVER", "已转政府"


class Filing(TextChoices):
    """Whether an enterprise filed the month's self-check."""

    FILED = "FILED", "已报"
    LATE = "LATE", "迟报"
    MISSING = "MISSING", "未报"


class Verification(TextChoices):
    TRUE = "TRUE", "属实"
    FALSE = "FALSE", "不实"


class Unchecked(TextChoices):
    """How long nobody has been to a site."""

    NEVER = "never", "从未检查"
    A_YEAR = "year", "查过，但一年没有再查"
