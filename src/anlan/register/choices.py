"""Dictionaries of the register. Labels are what a person reads."""

from django.db.models import TextChoices


class OperatingStatus(TextChoices):
    """DOMAIN §2; set on evidence."""

    OPERATING = "OPERATING", "在产"
    STOPPED = "STOPPED", "停产"
    SUSPENDED = "SUSPENDED", "歇业"
    RELOCATED = "RELOCATED", "搬迁"
    DEREGISTERED = "DEREGISTERED", "注销"
    REVOKED = "REVOKED", "吊销"
    UNTRACEABLE = "UNTRACEABLE", "查无下落"
    CLOSED = "CLOSED", "已关闭"


class PersonPost(TextChoices):
    """Posts of people who answer for safety at a site."""

    PRINCIPAL = "PRINCIPAL", "主要负责人"
    SAFETY_LEADER = "SAFETY_LEADER", "分管安全负责人"
    SAFETY_MANAGER = "SAFETY_MANAGER", "安全管理人员"
    SITE_MANAGER = "SITE_MANAGER", "场所负责人"
    CONTACT = "CONTACT", "日常联系人"


class SourceCrs(TextChoices):
    """The coordinate system a position was given in; it is stored in WGS-84."""

    WGS84 = "WGS84", "WGS-84（手机定位）"
    CGCS2000 = "CGCS2000", "CGCS2000（天地图）"
    GCJ02 = "GCJ02", "GCJ-02（高德、腾讯）"
    BD09 = "BD09", "BD-09（百度）"


class ChangeState(TextChoices):
    """Where a change of status stands: most are in force at once, resuming waits for its acceptance."""

    REQUESTED = "REQUESTED", "待复产验收"
    IN_FORCE = "IN_FORCE", "已生效"
    REFUSED = "REFUSED", "未通过"


class TransferState(TextChoices):
    PROPOSED = "PROPOSED", "待接收"
    CONFIRMED = "CONFIRMED", "已接收"
    REFUSED = "REFUSED", "不接收"
    WITHDRAWN = "WITHDRAWN", "已撤回"


class ObjectKind(TextChoices):
    """What is supervised besides the sites of enterprises (DOMAIN §2)."""

    SMALL_VENUE = "SMALL_VENUE", "九小场所"
    SELF_BUILT_HOUSE = "SELF_BUILT_HOUSE", "自建房"
    RENTAL_HOUSE = "RENTAL_HOUSE", "出租房"
    ROAD_SECTION = "ROAD_SECTION", "道路路段"
    BRIDGE = "BRIDGE", "桥梁"
    BUILDING = "BUILDING", "建筑、楼道"
    CONSTRUCTION_SITE = "CONSTRUCTION_SITE", "工地"
    PUBLIC_PLACE = "PUBLIC_PLACE", "公共场所"
    FACILITY = "FACILITY", "设施设备"
    VEHICLE_OR_VESSEL = "VEHICLE_OR_VESSEL", "车船"
    WATERS = "WATERS", "水域"
    OTHER = "OTHER", "其他"


class ObjectStatus(TextChoices):
    IN_USE = "IN_USE", "在用"
    OUT_OF_USE = "OUT_OF_USE", "停用"
    GONE = "GONE", "已灭失"


STANDING = (ObjectStatus.IN_USE, ObjectStatus.OUT_OF_USE)
"""Objects somebody still has to look after; what is gone needs no grid."""


class PartyKind(TextChoices):
    """Who answers for an object."""

    ENTERPRISE = "ENTERPRISE", "企业"
    ORGANISATION = "ORGANISATION", "机关、村居、事业单位"
    PERSON = "PERSON", "个人（产权人、使用人、房东）"


class Gap(TextChoices):
    """What keeps a site or another object from being looked after (三管三必须, S0-60)."""

    ANY = "any", "缺任意一项"
    REGULATOR = "regulator", "没有主管部门"
    LOCAL_UNIT = "local_unit", "没有属地单位"
    GRID = "grid", "没有网格"


class LicenceState(TextChoices):
    """Whether the licence counts; whether it has run out is a matter of the day."""

    IN_FORCE = "IN_FORCE", "在册"
    CANCELLED = "CANCELLED", "已注销"


class LicenceExpiry(TextChoices):
    """How a list of licences is narrowed by the day they run out."""

    EXPIRED = "expired", "已过期"
    WITHIN_30 = "30", "30 天内到期"
    WITHIN_60 = "60", "60 天内到期"
    WITHIN_90 = "90", "90 天内到期"
