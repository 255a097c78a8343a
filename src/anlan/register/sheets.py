"""The register's ledgers as Excel files: what can be imported, under the names offices give its columns."""

from anlan.authz.permissions import Permission
from anlan.register import record_kinds
from anlan.register.actions.enterprise_sheets import EnterpriseBatch
from anlan.register.choices import OperatingStatus
from anlan.register.sheet_columns import PLACE_COLUMNS, SIZE_NOTE, STATUS, credit_code, head_count
from anlan.sheets.api import Column, Kind, Look, register_kind, values

ENTERPRISES = Kind(
    code="enterprises",
    label="企业",
    noun="家",
    permissions=(Permission.ENTERPRISE_REGISTER, Permission.ENTERPRISE_EDIT),
    key="统一社会信用代码（没有代码的按名称）",
    open=EnterpriseBatch,
    list_url="register:enterprise-list",
    order=10,
    columns=(
        Column(
            name="name",
            label="企业名称",
            read=values.text,
            required=True,
            longest=120,
            synonyms=("单位名称", "企业全称", "公司名称", "名称", "生产经营单位名称", "生产经营单位", "企业单位名称", "市场主体名称", "企业", "单位", "单位全称", "厂名", "企业（单位）名称"),
            note="与营业执照一致。",
            example="临海市望江五金厂",
            width=32,
        ),
        Column(
            name="unified_social_credit_code",
            label="统一社会信用代码",
            read=credit_code,
            synonyms=("信用代码", "社会信用代码", "统一信用代码", "统一代码", "信用代码证号", "营业执照号", "营业执照号码", "统一社会信用编码", "社会统一信用代码", "组织机构代码"),
            note="18 位，按文本填写；暂时不知道的可以不填，系统给一个临时编号。",
            example="91331082MA2K3XQ59U",
            width=24,
        ),
        Column(
            name="short_name",
            label="简称",
            read=values.text,
            longest=40,
            synonyms=("企业简称", "单位简称", "常用名"),
            note="大家平时怎么叫它。",
        ),
        *PLACE_COLUMNS,
        Column(
            name="registered_address",
            label="注册地址",
            read=values.text,
            longest=200,
            synonyms=("地址", "企业地址", "单位地址", "详细地址", "住所", "经营地址", "生产经营地址", "所在地址", "企业住所"),
            example="工业路 18 号",
            width=32,
        ),
        Column(
            name="industry",
            label="国民经济行业",
            read=values.text,
            synonyms=("行业", "行业代码", "行业类别", "所属行业", "国民经济行业代码", "行业名称", "国民经济行业分类", "行业分类"),
            note="GB/T 4754-2017 的代码或名称。",
            example="3311",
        ),
        Column(
            name="above_designated_size",
            label="规模以上",
            read=values.yes_or_no,
            synonyms=("规模", "是否规上", "是否规模以上", "规上企业", "规上规下", "规模情况", "是否规上企业"),
            note=SIZE_NOTE,
            example="规下",
        ),
        Column(
            name="employee_count",
            label="从业人数",
            read=head_count,
            look=Look.NUMBER,
            synonyms=("从业人员", "职工人数", "员工人数", "人数", "从业人员数", "员工数", "职工数", "用工人数", "员工总数", "从业人员人数"),
            example=12,
        ),
        Column(
            name="status",
            label="经营状态",
            read=STATUS,
            synonyms=("状态", "企业状态", "生产状态", "经营状况", "登记状态", "生产经营状态"),
            note=f"写：{'、'.join(OperatingStatus.labels)}。不填按在产。",
            example="在产",
        ),
        Column(
            name="legal_representative",
            label="法定代表人",
            read=values.text,
            longest=60,
            synonyms=("法人", "法人代表", "法人姓名", "法定代表人姓名", "法人代表姓名", "主要负责人姓名", "企业负责人姓名", "负责人姓名", "主要负责人", "负责人", "企业负责人", "法定代表人（负责人）"),
            example="张三",
        ),
        Column(
            name="phone",
            label="联系电话",
            read=values.telephone,
            longest=30,
            synonyms=("电话", "手机", "手机号", "手机号码", "联系方式", "电话号码", "联系手机", "法人电话", "负责人电话", "联系人电话", "法人联系电话", "法人手机", "法人代表电话", "法定代表人电话", "法定代表人联系电话", "法定代表人手机", "企业负责人电话", "主要负责人电话"),
            example="13700000000",
        ),
    ),
)  # fmt: skip


def register_kinds() -> None:
    """Called when Django is ready."""
    for kind in (ENTERPRISES, *record_kinds.KINDS):
        register_kind(kind)
