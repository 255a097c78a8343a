"""The words of listing for supervision (挂牌督办)."""

from django.db.models import TextChoices

from anlan.authz.choices import OrganisationKind


class ListingStatus(TextChoices):
    LISTED = "LISTED", "挂牌督办中"
    RELEASE_REQUESTED = "RELEASE_REQUESTED", "申请摘牌"
    RECHECKED = "RECHECKED", "复查合格"
    RELEASED = "RELEASED", "已摘牌"


class ListerLevel(TextChoices):
    """S0-68: who lists; several may list one matter, each releases its own."""

    UNIT = "UNIT", "单位内部"
    TOWNSHIP = "TOWNSHIP", "乡镇（街道）"
    DEPARTMENT = "DEPARTMENT", "部门"
    COUNTY_COMMITTEE = "COUNTY_COMMITTEE", "县（市、区）安委会"
    COUNTY_GOVERNMENT = "COUNTY_GOVERNMENT", "县（市、区）政府"
    HIGHER_COMMITTEE = "HIGHER_COMMITTEE", "市、省安委会"


LEVEL_OF_KIND: dict[str, ListerLevel] = {
    OrganisationKind.TOWNSHIP: ListerLevel.TOWNSHIP,
    OrganisationKind.PARK: ListerLevel.TOWNSHIP,
    OrganisationKind.DEPARTMENT: ListerLevel.DEPARTMENT,
    OrganisationKind.FIRE_RESCUE: ListerLevel.DEPARTMENT,
    OrganisationKind.SPECIAL_COMMITTEE_OFFICE: ListerLevel.COUNTY_COMMITTEE,
    OrganisationKind.COMMITTEE_OFFICE: ListerLevel.COUNTY_COMMITTEE,
    OrganisationKind.GOVERNMENT: ListerLevel.COUNTY_GOVERNMENT,
}


class ListLevel(TextChoices):
    """S1-18: one list for each level, one signature for each list."""

    CITY = "CITY", "市级"
    COUNTY = "COUNTY", "县级"
    TOWNSHIP = "TOWNSHIP", "乡级"
    VILLAGE = "VILLAGE", "村级"
    ENTERPRISE = "ENTERPRISE", "企业"


class PeriodKind(TextChoices):
    MONTH = "MONTH", "月"
    QUARTER = "QUARTER", "季度"


class ListingDeadline(TextChoices):
    RECTIFY = "RECTIFY", "督办期限"
    PROGRESS = "PROGRESS", "月进展"
    CONTROLS = "CONTROLS", "管控措施复查"


class ControlsState(TextChoices):
    """S3-49: whether what holds the danger down until it is put right is there, and still looked after."""

    IN_FORCE = "IN_FORCE", "已落实"
    MISSING = "MISSING", "未填"
    CHECK_PASSED = "CHECK_PASSED", "复查到期"
