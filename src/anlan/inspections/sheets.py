"""检查台账 as an Excel file: the columns under the names offices give them."""

from datetime import date

from anlan.authz.permissions import Permission
from anlan.inspections import ledger_words as words
from anlan.inspections.actions.importing import CheckLedgerBatch
from anlan.register import api as register
from anlan.sheets.api import Column, Kind, Look, register_kind, values

COLUMNS = (
    Column(name="checked_on", label="检查时间", read=values.day, required=True, look=Look.DATE,
           synonyms=("检查日期", "日期", "时间", "检查起止时间", "巡查时间", "巡查日期", "走访时间"), note="写到日。",
           example=date(2026, 3, 5)),
    Column(name="unit", label="检查单位", read=values.text, longest=120,
           synonyms=("检查部门", "执法单位", "检查机关", "组织单位", "牵头单位", "检查主体", "实施单位"), note="不填的就是导入单位。"),
    Column(name="officers", label="检查人员", read=words.people,
           synonyms=("检查人", "执法人员", "检查组", "检查组成员", "参加人员", "检查成员", "巡查人员", "检查员", "专家"),
           note="几个人用顿号隔开。", example="王强、李明"),
    Column(name="enterprise", label="受检单位", read=values.text, longest=120,
           synonyms=("受检单位名称", "被检查单位", "被检单位", "检查对象", "企业名称", "单位名称", "企业", "受检企业", "被检查企业", "被检查单位名称", "生产经营单位", "单位", "走访企业"),
           note="写底册里的名称或简称。", example="临海市望江五金厂", width=28),
    Column(name="credit_code", label="统一社会信用代码", read=lambda cell: values.identifier(cell).replace("-", ""), longest=18,
           synonyms=("信用代码", "社会信用代码", "统一信用代码"), note="有同名企业的要填。", width=22),
    Column(name="site", label="场所", read=values.text, longest=120, synonyms=("厂区", "分厂")),
    *register.PLACE_COLUMNS[:2],
    Column(name="place", label="检查地点", read=values.text, longest=200, synonyms=("地点", "地址", "单位地址", "检查地址", "企业地址"), width=22),
    Column(name="act", label="检查类别", read=words.act,
           synonyms=("检查性质", "检查类型", "检查方式", "检查形式", "类别", "检查种类", "执法类型"),
           note="日常检查、专项检查、个案检查、走访帮扶、巡查、督查。", example="日常检查"),
    Column(name="checklist", label="检查表", read=values.text, longest=60, synonyms=("检查表名称", "检查清单", "检查标准"), note="写平台里检查表的名称。"),
    Column(name="subject", label="检查内容", read=values.paragraph, longest=2000, synonyms=("检查事项", "检查项目", "检查主要内容", "检查重点"), width=30),
    Column(name="finding_count", label="发现问题数", read=words.how_many, look=Look.NUMBER,
           synonyms=("问题数", "隐患数", "发现隐患数", "隐患数量", "问题数量", "发现隐患", "隐患条数", "发现问题（条）", "发现隐患（条）", "问题个数"),
           note="不填的按问题的条数。", example=1),
    Column(name="findings", label="发现的问题", read=values.paragraph, longest=4000,
           synonyms=("存在问题", "存在的问题", "问题描述", "存在隐患", "检查发现问题", "发现问题", "隐患内容", "隐患情况", "检查情况", "主要问题", "问题", "存在的主要问题"),
           note="没有就写“无”。", example="1.疏散通道堆放纸箱", width=40),
    Column(name="result", label="处理结果", read=values.paragraph, longest=2000,
           synonyms=("检查结果", "处理意见", "处置情况", "处理情况", "整改情况", "检查结论", "整改措施", "处置意见", "复查情况", "整改结果"), width=30),
    Column(name="danger_numbers", label="隐患编号", read=values.several(values.identifier),
           synonyms=("关联隐患", "关联隐患编号", "隐患编码", "隐患台账编号"), note="这次检查发现的隐患在平台或原系统里的编号，先导入隐患台账。"),
    Column(name="told_to", label="陪同人员", read=values.text, longest=60, synonyms=("企业陪同人员", "受检单位签字人", "结果告知", "被检查单位负责人", "企业负责人")),
    Column(name="led_by", label="带队人", read=values.text, longest=60, synonyms=("带队领导", "带队", "组长", "检查组组长")),
    Column(name="scan_no", label="扫码入企编号", read=values.identifier, longest=60, synonyms=("扫码编号", "入企码", "行政检查码")),
    Column(name="external_system", label="来源系统", read=values.text, longest=40, synonyms=("数据来源", "来源平台", "系统名称")),
    Column(name="external_no", label="检查编号", read=values.identifier, longest=80,
           synonyms=("编号", "记录编号", "检查记录编号", "任务编号", "文书编号", "检查任务编号"), note="原来的编号；再次导入时按它更新。序号不算。"),
    Column(name="remark", label="备注", read=values.paragraph, longest=1000, synonyms=("说明", "其他")),
)  # fmt: skip

CHECKS = Kind(
    code="checks",
    label="检查台账",
    noun="次",
    permissions=(Permission.CHECK_REGISTER,),
    key="来源系统和检查编号（没有编号的按检查单位、受检单位、时间、类别、地点和发现的问题）",
    open=CheckLedgerBatch,
    list_url="inspections:list",
    order=60,
    columns=COLUMNS,
)


def register_kinds() -> None:
    """Called when Django is ready."""
    register_kind(CHECKS)
