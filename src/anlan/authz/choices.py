"""Dictionaries of who and where. Labels are what a person reads."""

from django.db.models import TextChoices


class RegionLevel(TextChoices):
    PROVINCE = "PROVINCE", "省"
    CITY = "CITY", "市"
    COUNTY = "COUNTY", "县（市、区）"
    TOWNSHIP = "TOWNSHIP", "乡镇（街道）"
    VILLAGE = "VILLAGE", "村（社区）"


class OrganisationKind(TextChoices):
    GOVERNMENT = "GOVERNMENT", "党委政府"
    COMMITTEE = "COMMITTEE", "安委会"
    COMMITTEE_OFFICE = "COMMITTEE_OFFICE", "安委办"
    SPECIAL_COMMITTEE = "SPECIAL_COMMITTEE", "专委会"
    SPECIAL_COMMITTEE_OFFICE = "SPECIAL_COMMITTEE_OFFICE", "专委办"
    DEPARTMENT = "DEPARTMENT", "部门"
    DIVISION = "DIVISION", "内设机构"
    FIRE_RESCUE = "FIRE_RESCUE", "消防救援"
    PARK = "PARK", "园区管委会"
    TOWNSHIP = "TOWNSHIP", "乡镇（街道）"
    TOWNSHIP_OFFICE = "TOWNSHIP_OFFICE", "乡镇应急办"
    VILLAGE = "VILLAGE", "村居"
    AGENCY = "AGENCY", "第三方机构"
    ENTERPRISE = "ENTERPRISE", "企业"


class Capacity(TextChoices):
    """Capacity to inspect and order in law (DOMAIN §1)."""

    NONE = "NONE", "无执法权"
    OWN = "OWN", "法定执法权"
    DELEGATED = "DELEGATED", "委托执法"
    AUTHORISED = "AUTHORISED", "赋权执法"


class ParticipationKind(TextChoices):
    REPORTER = "REPORTER", "上报单位"
    SCREENING = "SCREENING", "初审单位"
    LEAD = "LEAD", "主办单位"
    ASSISTING = "ASSISTING", "协办单位"
    PARTY = "PARTY", "责任单位"
    DISPATCHER = "DISPATCHER", "交办单位"
    MAJOR_DECIDER = "MAJOR_DECIDER", "重大隐患判定单位"
    ACCEPTOR = "ACCEPTOR", "验收单位"
    LISTER = "LISTER", "挂牌单位"
    COPIED = "COPIED", "抄送单位"


class Sector(TextChoices):
    """Sectors of supervision (三管三必须): of a matter, a grant, a regulator."""

    INDUSTRY = "INDUSTRY", "工矿商贸"
    HAZARDOUS_CHEMICALS = "HAZARDOUS_CHEMICALS", "危险化学品"
    MINING = "MINING", "矿山"
    FIREWORKS = "FIREWORKS", "烟花爆竹"
    FIRE = "FIRE", "消防"
    CONSTRUCTION = "CONSTRUCTION", "建筑施工"
    GAS = "GAS", "城镇燃气"
    ROAD_TRAFFIC = "ROAD_TRAFFIC", "道路交通"
    TRANSPORT = "TRANSPORT", "交通运输"
    SPECIAL_EQUIPMENT = "SPECIAL_EQUIPMENT", "特种设备"
    FISHERY = "FISHERY", "渔业船舶"
    AGRICULTURE = "AGRICULTURE", "农业机械"
    EDUCATION = "EDUCATION", "教育"
    HEALTH = "HEALTH", "卫生健康"
    CULTURE_TOURISM = "CULTURE_TOURISM", "文化旅游"
    COMMERCE = "COMMERCE", "商贸流通"
    CIVIL_AFFAIRS = "CIVIL_AFFAIRS", "民政"
    WATER = "WATER", "水利"
    OTHER = "OTHER", "其他"
