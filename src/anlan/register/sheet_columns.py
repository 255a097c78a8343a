"""Columns and readers that several of the register's ledgers share."""

from decimal import Decimal

from anlan.lib import phones
from anlan.register.choices import OperatingStatus, SourceCrs
from anlan.sheets.api import Column, Look, values

STATUS_WORDS = {
    "正常": "OPERATING",
    "存续": "OPERATING",
    "开业": "OPERATING",
    "在营": "OPERATING",
    "生产": "OPERATING",
    "正常生产": "OPERATING",
    "停业": "STOPPED",
    "停工": "STOPPED",
    "关闭": "CLOSED",
    "失联": "UNTRACEABLE",
}
STATUS = values.choice(OperatingStatus.choices, STATUS_WORDS)
SIZE_NOTE = "写“规上”或“规下”，也可以写“是”“否”。"
COUNT_LIMIT = 10_000_000


def head_count(cell: values.Cell) -> int:
    """A number of people. Raises Unreadable."""
    number = values.integer(cell)
    if not 0 <= number <= COUNT_LIMIT:
        raise values.Unreadable("应为 0 至 1000 万之间的整数。")
    return number


def credit_code(cell: values.Cell) -> str:
    """A credit code without hyphens."""
    return values.identifier(cell).replace("-", "")


values.reads_like(credit_code, values.identifier)

PLACE_COLUMNS = (
    Column(
        name="township",
        label="所属乡镇（街道）",
        read=values.text,
        synonyms=("乡镇街道", "乡镇", "镇", "街道", "镇街", "镇街道", "所在乡镇", "所在街道", "所属镇街", "属地", "属地乡镇", "所属街道", "所在镇街"),
        note="写名称就行，如“古城街道”或“古城”；乡镇（街道）自己导入时可以不填。",
        example="古城街道",
    ),
    Column(
        name="village",
        label="所属村（社区）",
        read=values.text,
        synonyms=("村社区", "村居", "村", "社区", "所在村", "所在社区", "所属村居", "行政村", "村（居）", "所在村居"),
        note="不能确定的可以不填。",
        example="文化社区",
    ),
    Column(
        name="region_code",
        label="区划代码",
        read=values.identifier,
        synonyms=("行政区划代码", "行政区划", "区划编码", "行政区划编码", "地区代码"),
        note="填了名称就不用填代码。",
    ),
)  # fmt: skip


def one_phone(cell: values.Cell) -> str:
    """A telephone number where only one is kept. Raises Unreadable."""
    number = values.telephone(cell)
    if phones.BETWEEN in number:
        raise values.Unreadable(f"“{number[:30]}”是几个电话，这里只记一个，请留最常用的。")
    return number


def degrees(cell: values.Cell) -> Decimal:
    """Degrees of longitude or latitude; ``121.13°E`` too. Raises Unreadable."""
    return (
        values.decimal(values.identifier(cell).strip("°NE东经北纬")) if isinstance(cell, str) else values.decimal(cell)
    )


CRS_WORDS = {"高德": "GCJ02", "高德地图": "GCJ02", "腾讯": "GCJ02", "火星坐标": "GCJ02", "百度": "BD09", "百度地图": "BD09",
             "天地图": "CGCS2000", "国家2000": "CGCS2000", "手机": "WGS84", "手机定位": "WGS84", "GPS": "WGS84"}  # fmt: skip
POSITION_COLUMNS = (
    Column(name="longitude", label="经度", read=degrees, look=Look.NUMBER, synonyms=("东经", "经度E", "X坐标", "lng", "lon")),
    Column(name="latitude", label="纬度", read=degrees, look=Look.NUMBER, synonyms=("北纬", "纬度N", "Y坐标", "lat")),
    Column(
        name="source_crs",
        label="坐标来源",
        read=values.choice(SourceCrs.choices, CRS_WORDS),
        synonyms=("坐标系", "坐标系统", "地图来源"),
        note="填了经纬度就要写：手机定位、天地图、高德、百度。",
    ),
)  # fmt: skip
OWNER_COLUMNS = (
    Column(
        name="enterprise_name",
        label="企业名称",
        read=values.text,
        longest=120,
        synonyms=("单位名称", "企业", "公司名称", "所属企业", "所属单位", "生产经营单位", "生产经营单位名称", "企业全称", "责任企业", "责任单位"),
        note="名称和代码至少填一个；按已登记的企业认。",
        example="临海市望江五金厂",
        width=30,
    ),
    Column(
        name="enterprise_code",
        label="统一社会信用代码",
        read=credit_code,
        synonyms=("信用代码", "社会信用代码", "统一信用代码", "企业代码", "企业信用代码"),
        note="18 位，按文本填写。",
        example="91331082MA2K3XQ59U",
        width=24,
    ),
)  # fmt: skip
