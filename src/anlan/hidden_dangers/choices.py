"""The words of the loop. A label is what a person reads, everywhere the same."""

from django.db.models import TextChoices


class DirectionManner(TextChoices):
    """How a leader directs a major matter (requirements, S3-47)."""

    ON_SITE = "ON_SITE", "现场调度"
    MEETING = "MEETING", "会议调度"
    STUDY = "STUDY", "专题研究"
    REMOTE = "REMOTE", "电话、视频调度"


class Status(TextChoices):
    REGISTERED = "REGISTERED", "已登记"
    RETURNED_TO_REPORTER = "RETURNED_TO_REPORTER", "已退回"
    DISMISSED = "DISMISSED", "不成立"
    MERGED = "MERGED", "已合并"
    CONFIRMED = "CONFIRMED", "已核定"
    DISPATCHED = "DISPATCHED", "已交办"
    RECTIFYING = "RECTIFYING", "整改中"
    SUSPENDED = "SUSPENDED", "暂缓整改"
    SUBMITTED = "SUBMITTED", "待验收"
    ACCEPTED = "ACCEPTED", "已验收"
    CLOSED = "CLOSED", "已销号"
    TERMINATED = "TERMINATED", "已终结"


OPEN_STATUSES = frozenset(
    {
        Status.REGISTERED,
        Status.RETURNED_TO_REPORTER,
        Status.CONFIRMED,
        Status.DISPATCHED,
        Status.RECTIFYING,
        Status.SUSPENDED,
        Status.SUBMITTED,
        Status.ACCEPTED,
    }
)
"""Not yet at an end. A matter that was not established (DISMISSED, MERGED) is neither found nor open."""

ESTABLISHED_STATUSES = frozenset(
    {
        Status.CONFIRMED,
        Status.DISPATCHED,
        Status.RECTIFYING,
        Status.SUSPENDED,
        Status.SUBMITTED,
        Status.ACCEPTED,
        Status.CLOSED,
    }
)
"""Found = established by confirmation (requirements, D2)."""


class Level(TextChoices):
    GENERAL = "GENERAL", "一般隐患"
    MAJOR = "MAJOR", "重大隐患"


class MajorState(TextChoices):
    NONE = "NONE", "未提请"
    PROPOSED = "PROPOSED", "待判定"
    CONFIRMED = "CONFIRMED", "已判定为重大"
    REFUSED = "REFUSED", "已判定不属重大"


class Source(TextChoices):
    """The six channels of S1-17."""

    SELF_CHECK = "SELF_CHECK", "企业自查"
    GRID_PATROL = "GRID_PATROL", "网格助查"
    AGENCY_CHECK = "AGENCY_CHECK", "中介协查"
    GRASSROOTS_CHECK = "GRASSROOTS_CHECK", "基层检查"
    UNANNOUNCED_CHECK = "UNANNOUNCED_CHECK", "部门暗查"
    CITY_SUPERVISION = "CITY_SUPERVISION", "市级督查"


class Cause(TextChoices):
    """S1-64. NOT_STATED only comes in with a ledger that does not say; nobody may choose it."""

    ACT = "ACT", "人的不安全行为"
    STATE = "STATE", "物的不安全状态"
    MANAGEMENT = "MANAGEMENT", "管理缺陷"
    NOT_STATED = "NOT_STATED", "台账未写明"


CAUSES_TO_CHOOSE = [(cause.value, cause.label) for cause in Cause if cause != Cause.NOT_STATED]


class HandlingMode(TextChoices):
    """S0-21; a matter may carry several."""

    SUPERVISED = "SUPERVISED", "督办交办"
    EXPERT_GUIDED = "EXPERT_GUIDED", "专家指导"
    BY_ENTERPRISE = "BY_ENTERPRISE", "企业整改"


class PartyKind(TextChoices):
    ENTERPRISE = "ENTERPRISE", "生产经营单位"
    ORGANISATION = "ORGANISATION", "机关、组织"
    PERSON = "PERSON", "自然人"


class DeadlineName(TextChoices):
    SCREEN = "SCREEN", "核定"
    DECIDE_MAJOR = "DECIDE_MAJOR", "重大判定"
    DISPATCH = "DISPATCH", "交办"
    ACKNOWLEDGE = "ACKNOWLEDGE", "签收"
    RECTIFY = "RECTIFY", "整改"
    REVIEW_SUSPENSION = "REVIEW_SUSPENSION", "暂缓复核"
    ACCEPT = "ACCEPT", "验收"


class LookBackResult(TextChoices):
    HELD = "HELD", "保持"
    RECURRED = "RECURRED", "复发"


class Decision(TextChoices):
    PENDING = "PENDING", "待批"
    APPROVED = "APPROVED", "已批准"
    REFUSED = "REFUSED", "未批准"
