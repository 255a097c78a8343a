"""Chinese words for what stands in findings as codes, beside those that a rule says itself."""

from anlan.rules.grades import GRADES, KINDS, LEVELS, MEASURES
from anlan.rules.major_hazard_source.units import KINDS as PLACES
from anlan.rules.periods import DAY_KINDS

HEADS = {
    "given": "给出的",
    "matched_name": "表里的名称",
    "row": "序号",
    "cas": "CAS 号",
    "class": "类别",
    "q_t": "q（吨）",
    "critical_t": "Q（吨）",
    "beta": "β",
    "ratio": "q/Q",
    "critical_from": "Q 的来源",
    "beta_from": "β 的来源",
    "unit": "单元",
    "places": "场所",
    "level": "级别",
    "clause": "条项",
    "state": "判断",
    "open": "还要问的",
    "code": "项",
    "side": "归类",
    "wan": "万元",
    "days": "日数",
    "by": "由谁",
    "due_on": "最后一日",
    "on": "日期",
    "organ": "机关",
    "counted": "计入",
}
CODES = {
    "TABLE_1": "表1",
    "TABLE_2": "表2",
    "TABLE_3": "表3",
    "TABLE_4": "表4",
    "STATED": "由调用者给出",
    "ESTABLISHED": "成立",
    "NOT": "不成立",
    "OPEN": "还不知道",
    "DIRECT": "直接",
    "INDIRECT": "间接",
    "EMERGENCY_MANAGEMENT": "应急管理部门",
    "MINE_SAFETY": "矿山安全监察机构",
    "deaths": "死亡",
    "serious_injuries": "重伤",
    "direct_loss_wan": "直接经济损失",
    "minor_injuries": "轻伤",
    "gas": "可燃气体",
    "oxygen": "氧含量",
    "toxics": "有毒物质",
    "sample": "取样时间",
    "interruption": "中断",
    **GRADES,
    **LEVELS,
    **KINDS,
    **PLACES,
    **DAY_KINDS,
}

assert set(MEASURES) <= set(CODES)
