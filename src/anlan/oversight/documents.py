"""`docs/reference/indicators.md`, made from the declarations."""

from anlan.oversight.catalogue import INDICATORS, KINDS, SPLITS, Indicator
from anlan.processes.api import DOCUMENT_HEAD, document_table, register_document

HEADING = ["指标", "代码", "公式", "单位", "期间", "可按什么细分", "可按什么缩小", "出处"]
FILTERS = {"sector": "行业领域", "source": "排查渠道", "level": "等级"}
NOTE = """带 * 的细分会把一条记录分到几处（一家企业在几个乡镇被查过），各部分之和可以大于总数。
期间首尾两天都算，按北京时间。分母为 0 时显示 —。百分数四舍五入到两位小数，只用于显示。
每个数只数查看人范围内的记录；`GET /api/v1/indicators/{code}/numerator`、`…/denominator` 列出的就是数到的那些。
"""


def indicators() -> str:
    """Every indicator with its formula, splits and source."""
    rows = [_row(one) for one in INDICATORS.values()]
    return f"{DOCUMENT_HEAD}\n# 指标\n\n{NOTE}\n{document_table(HEADING, rows)}\n"


def _row(one: Indicator) -> list[str]:
    splits = "、".join(SPLITS[split] + ("" if one.is_partition(split) else "*") for split in one.splits)
    narrows = "、".join(["属地", *(label for name, label in FILTERS.items() if name in one.narrows)])
    return [one.name, f"`{one.code}`", one.formula, one.unit, KINDS[one.kind], splits, narrows, one.source]


register_document("indicators.md", indicators)
