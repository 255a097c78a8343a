"""隐患排查治理台账 as an Excel file: the columns under the names offices give them."""

from datetime import date

from anlan.authz.permissions import Permission
from anlan.hidden_dangers import ledger_words as words
from anlan.hidden_dangers.actions.importing import LedgerBatch
from anlan.register import api as register
from anlan.sheets.api import Column, Kind, Look, register_kind, values

COLUMNS = (
    Column(
        name="found_on",
        label="检查时间",
        read=words.when,
        required=True,
        look=Look.DATE,
        synonyms=("检查日期", "发现时间", "发现日期", "排查时间", "排查日期", "登记时间", "登记日期", "上报时间", "上报日期", "日期", "时间", "隐患发现时间"),
        note="哪天发现的，写到日。",
        example=date(2026, 3, 5),
    ),
    Column(
        name="enterprise",
        label="受检单位",
        read=values.text,
        longest=120,
        synonyms=("受检单位名称", "被检查单位", "被检单位", "检查对象", "企业名称", "单位名称", "企业", "生产经营单位", "责任企业", "隐患单位", "存在隐患单位", "单位", "场所名称", "被检查企业"),
        note="企业写底册里的名称或简称；也可以是机关、村（社区）；个人、商铺写“张三（沿街商铺）”。",
        example="临海市望江五金厂",
        width=28,
    ),
    Column(
        name="credit_code",
        label="统一社会信用代码",
        read=lambda cell: values.identifier(cell).replace("-", ""),
        longest=18,
        synonyms=("信用代码", "社会信用代码", "统一信用代码"),
        note="有同名企业的要填。",
        width=22,
    ),
    Column(name="site", label="场所", read=values.text, longest=120, synonyms=("厂区", "车间厂区", "分厂"),
           note="企业有几个场所的，写是哪一个。"),
    *register.PLACE_COLUMNS[:2],
    Column(
        name="place",
        label="隐患地点",
        read=values.text,
        longest=200,
        synonyms=("地点", "隐患部位", "部位", "具体部位", "具体位置", "位置", "地址", "隐患所在地", "隐患位置", "检查地点", "单位地址"),
        note="不填的按场所地址。",
        example="二车间东侧",
        width=22,
    ),
    Column(
        name="description",
        label="隐患内容",
        read=values.paragraph,
        required=True,
        longest=2000,
        synonyms=("隐患描述", "存在问题", "存在的问题", "存在隐患", "存在的隐患", "隐患情况", "问题隐患", "主要问题", "检查发现问题", "发现问题", "发现的问题", "安全隐患", "事故隐患", "隐患具体内容", "问题描述", "隐患名称", "问题及隐患", "存在的主要问题", "检查情况"),
        note="一行一条。",
        example="疏散通道堆放纸箱",
        width=40,
    ),
    Column(name="level", label="隐患等级", read=words.READERS["level"],
           synonyms=("等级", "隐患级别", "级别", "隐患类别", "隐患分级", "一般重大"), note="一般、重大。", example="一般"),
    Column(name="source", label="排查渠道", read=words.READERS["source"],
           synonyms=("渠道", "隐患来源", "来源", "检查类型", "检查方式", "检查形式", "排查方式", "检查类别"),
           note="企业自查、网格助查、中介协查、基层检查、部门暗查、市级督查。不填按基层检查。", example="基层检查"),
    Column(name="sector", label="行业领域", read=words.READERS["sector"],
           synonyms=("行业", "领域", "所属行业", "行业类别", "隐患行业", "所属领域", "行业领域类别"), note="重大的要写明。", example="消防"),
    Column(name="clause", label="依据条款", read=values.text, longest=200,
           synonyms=("依据", "判定依据", "检查依据", "违反条款", "法律依据", "违反法规", "条款"), width=24),
    Column(name="cause", label="成因", read=words.READERS["cause"], synonyms=("隐患成因", "原因", "隐患原因", "成因分类"),
           note="人、物、管理。"),
    Column(name="found_by", label="检查人员", read=values.text, longest=120,
           synonyms=("检查人", "检查组", "排查人", "排查人员", "发现人", "上报人", "登记人", "检查单位及人员", "执法人员", "检查组成员")),
    Column(name="person", label="整改责任人", read=values.text, longest=60,
           synonyms=("责任人", "整改人", "整改负责人", "企业责任人", "负责人", "责任人员"), example="张三"),
    Column(name="lead", label="主办单位", read=values.text, longest=120,
           synonyms=("牵头单位", "督办单位", "督促单位", "监管单位", "责任部门", "监管部门", "主管部门", "督促整改单位", "落实单位", "交办单位", "承办单位"),
           note="督促整改的部门、乡镇（街道）；不填的就是导入单位。"),
    Column(name="due_on", label="整改期限", read=words.due, look=Look.DATE,
           synonyms=("整改时限", "期限", "整改期限要求", "限期", "限改日期", "计划完成时间", "整改截止时间", "应整改完成时间", "计划整改时间", "完成时限", "整改截止日期"),
           note="日期，或者“15 天内”“立即”“1月底前”。", example=date(2026, 3, 20)),
    Column(name="state", label="整改情况", read=words.state,
           synonyms=("整改状态", "状态", "是否整改", "整改进度", "整改结果", "完成情况", "销号情况", "整改落实情况", "是否完成整改", "当前状态", "是否整改到位", "是否闭环", "隐患状态"),
           note="未整改、整改中、当场整改、已整改、已销号、已注销。", example="已整改"),
    Column(name="measures", label="整改措施", read=values.paragraph, longest=2000,
           synonyms=("整改要求", "治理措施", "措施", "整改意见", "处理意见", "整改建议", "处置措施", "整改内容", "处理措施"), width=30),
    Column(name="rectified_on", label="整改完成日期", read=words.done, look=Look.DATE,
           synonyms=("整改完成时间", "完成时间", "完成日期", "整改日期", "整改时间", "实际完成时间", "实际整改时间", "整改到位时间", "实际完成日期"),
           example=date(2026, 3, 18)),
    Column(name="accepted_on", label="复查日期", read=words.when, look=Look.DATE,
           synonyms=("验收日期", "复查时间", "验收时间", "销号时间", "销号日期", "复核时间", "复核日期", "闭环时间", "回访时间")),
    Column(name="accepted_by", label="复查人", read=values.text, longest=120,
           synonyms=("验收人", "复查人员", "验收人员", "复核人", "销号人", "复查责任人"), note="不能是整改责任人；重大的写两名以上。"),
    Column(name="recheck", label="复查情况", read=values.paragraph, longest=1000,
           synonyms=("复查结果", "验收情况", "验收意见", "复查意见", "验收结果", "复核情况", "复核结果"), note="合格、不合格等。"),
    Column(name="decided_by", label="重大判定部门", read=values.text, longest=120,
           synonyms=("判定单位", "判定部门", "认定部门", "认定单位", "重大隐患判定单位"), note="重大的，由哪个部门判定。"),
    Column(name="decided_on", label="重大判定日期", read=words.when, look=Look.DATE,
           synonyms=("判定日期", "判定时间", "认定日期", "认定时间")),
    Column(name="plan", label="治理方案", read=values.paragraph, longest=2000, synonyms=("方案", "整改方案"), note="重大的五到位之一。"),
    Column(name="funds", label="治理资金（元）", read=words.money, synonyms=("整改资金", "资金", "治理资金", "投入资金", "整改经费", "资金投入"),
           note="元；“3 万”也可以。"),
    Column(name="external_system", label="来源系统", read=values.text, longest=40,
           synonyms=("数据来源", "来源平台", "系统名称", "平台名称", "所属系统")),
    Column(name="external_no", label="隐患编号", read=values.identifier, longest=80,
           synonyms=("编号", "隐患编码", "原编号", "系统编号", "任务编号", "事件编号", "工单号", "工单编号", "问题编号"),
           note="原来的编号；再次导入时按它更新。序号不算。"),
    Column(name="remark", label="备注", read=values.paragraph, longest=1000, synonyms=("说明", "其他", "备注说明")),
)  # fmt: skip

HIDDEN_DANGERS = Kind(
    code="hidden_dangers",
    label="隐患台账",
    noun="件",
    permissions=(
        Permission.HIDDEN_DANGER_REGISTER,
        Permission.HIDDEN_DANGER_CONFIRM,
        Permission.HIDDEN_DANGER_DISPATCH,
    ),
    key="来源系统和隐患编号（没有编号的按单位、地点、内容和检查时间）",
    open=LedgerBatch,
    list_url="hidden_dangers:list",
    order=50,
    columns=COLUMNS,
)


def register_kinds() -> None:
    """Called when Django is ready."""
    register_kind(HIDDEN_DANGERS)
