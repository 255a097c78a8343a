"""Sites, other objects, people and grids as Excel files, under the names offices give their columns."""

from anlan.authz.choices import Sector
from anlan.authz.permissions import Permission
from anlan.register.actions.grid_sheets import GridBatch, GridMemberBatch, ObjectGridBatch, PersonBatch, SiteGridBatch
from anlan.register.actions.place_sheets import ObjectBatch, SiteBatch
from anlan.register.choices import ObjectKind, ObjectStatus, PersonPost
from anlan.register.sheet_columns import OWNER_COLUMNS, PLACE_COLUMNS, POSITION_COLUMNS, STATUS, one_phone
from anlan.sheets.api import Column, Kind, Look, values
from anlan.territory.api import GridKind, GridLevel, GridPost

SECTOR_WORDS = {"危化": "HAZARDOUS_CHEMICALS", "危化品": "HAZARDOUS_CHEMICALS", "工业": "INDUSTRY", "工贸": "INDUSTRY",
                "建筑": "CONSTRUCTION", "住建": "CONSTRUCTION", "燃气": "GAS", "交通": "TRANSPORT", "道路": "ROAD_TRAFFIC",
                "文旅": "CULTURE_TOURISM", "商务": "COMMERCE", "渔业": "FISHERY", "特设": "SPECIAL_EQUIPMENT"}  # fmt: skip
SECTOR = values.choice(Sector.choices, SECTOR_WORDS)
OBJECT_WORDS = {"小餐饮": "SMALL_VENUE", "小场所": "SMALL_VENUE", "九小": "SMALL_VENUE", "沿街店铺": "SMALL_VENUE",
                "沿街商铺": "SMALL_VENUE", "商铺": "SMALL_VENUE", "店铺": "SMALL_VENUE", "三小场所": "SMALL_VENUE", "三小": "SMALL_VENUE",
                "小旅馆": "SMALL_VENUE", "小作坊": "SMALL_VENUE", "民房": "SELF_BUILT_HOUSE", "民宅": "SELF_BUILT_HOUSE",
                "农房": "SELF_BUILT_HOUSE",
                "经营性自建房": "SELF_BUILT_HOUSE", "出租屋": "RENTAL_HOUSE", "群租房": "RENTAL_HOUSE", "道路": "ROAD_SECTION",
                "路段": "ROAD_SECTION", "建筑": "BUILDING", "楼道": "BUILDING", "建筑工地": "CONSTRUCTION_SITE",
                "公园": "PUBLIC_PLACE", "设施": "FACILITY", "设备": "FACILITY", "车辆": "VEHICLE_OR_VESSEL",
                "船舶": "VEHICLE_OR_VESSEL", "河道": "WATERS", "水库": "WATERS", "池塘": "WATERS"}  # fmt: skip
POST_WORDS = {"负责人": "PRINCIPAL", "法人": "PRINCIPAL", "法定代表人": "PRINCIPAL", "企业主": "PRINCIPAL",
              "总经理": "PRINCIPAL", "董事长": "PRINCIPAL", "安全科长": "SAFETY_MANAGER", "安全科科长": "SAFETY_MANAGER",
              "安全总监": "SAFETY_LEADER", "分管负责人": "SAFETY_LEADER", "安全员": "SAFETY_MANAGER",
              "安全管理员": "SAFETY_MANAGER", "专职安全员": "SAFETY_MANAGER", "厂长": "SITE_MANAGER", "店长": "SITE_MANAGER",
              "联系人": "CONTACT"}  # fmt: skip
GRID_POST_WORDS = {"长": "GRID_LEADER", "专职网格员": "GRID_MEMBER", "兼职网格员": "GRID_MEMBER", "指导员": "INSTRUCTOR",
                   "安全监督员": "SAFETY_SUPERVISOR"}  # fmt: skip
LEVEL_WORDS = {"县级": "CITY", "市级": "CITY", "镇级": "TOWNSHIP", "街道级": "TOWNSHIP", "乡镇级": "TOWNSHIP",
               "村级": "VILLAGE", "社区级": "VILLAGE", "企业": "ENTERPRISE"}  # fmt: skip


def _labels(choices: type) -> str:
    return "、".join(choices.labels)  # type: ignore[attr-defined]


ADDRESS = ("地址", "详细地址", "生产经营地址", "经营地址", "所在地址", "场所地址", "具体位置", "位置")
SECTORS = Column(
    name="sectors",
    label="主管行业",
    read=values.several(SECTOR),
    synonyms=("行业领域", "监管行业", "行业", "所属行业领域", "行业主管", "监管领域"),
    note=f"可写几个，用顿号隔开，系统据此确定主管部门：{_labels(Sector)}。",
    width=20,
)
GRID = Column(
    name="grid",
    label="网格",
    read=values.text,
    required=True,
    longest=60,
    synonyms=("网格名称", "所属网格", "所在网格", "网格编码", "网格编号"),
    note="写网格的名称或编码；有重名的请写编码，或写明所属乡镇（街道）。",
    example="文化社区网格",
    width=22,
)
SITE_NAME = Column(
    name="site_name",
    label="场所名称",
    read=values.text,
    longest=120,
    synonyms=("场所", "生产经营场所", "厂区", "车间", "门店"),
    note="企业只有一处场所的可以不填。",
    width=24,
)

SITES = Kind(
    code="sites",
    label="场所",
    noun="处",
    permissions=(Permission.SITE_REGISTER, Permission.SITE_EDIT),
    key="企业和场所名称",
    open=SiteBatch,
    order=20,
    columns=(
        *OWNER_COLUMNS,
        Column(name="name", label="场所名称", read=values.text, longest=120, width=24, example="望江五金厂厂区",
               synonyms=("场所", "生产经营场所", "厂区", "车间", "门店", "生产场所名称", "场所全称"),
               note="企业只有一处场所的可以不填。"),
        Column(name="address", label="场所地址", read=values.text, longest=200, synonyms=ADDRESS, width=30,
               note="新登记的场所必填。", example="工业路 18 号"),
        *PLACE_COLUMNS,
        Column(name="status", label="经营状态", read=STATUS, synonyms=("状态", "生产状态", "经营状况"),
               note="只用于新登记的场所；已登记的凭证明材料在场所页面变更。"),
        SECTORS,
        *POSITION_COLUMNS,
    ),
)  # fmt: skip

OBJECTS = Kind(
    code="objects",
    label="监管对象",
    noun="个",
    permissions=(Permission.OBJECT_EDIT,),
    key="乡镇（街道）、类别和名称",
    open=ObjectBatch,
    list_url="objects:list",
    order=30,
    columns=(
        Column(name="name", label="名称", read=values.text, required=True, longest=120, width=26, example="望江门水库",
               synonyms=("对象名称", "监管对象", "监管对象名称", "场所名称", "房屋名称", "店名", "店铺名称", "单位名称")),
        Column(name="kind", label="类别", read=values.choice(ObjectKind.choices, OBJECT_WORDS), required=True,
               synonyms=("对象类别", "对象类型", "类型", "场所类型", "场所类别", "监管对象类别"), example="水域",
               note=f"写：{_labels(ObjectKind)}。"),
        Column(name="address", label="地址", read=values.text, longest=200, synonyms=ADDRESS, width=30,
               note="新登记的对象必填。", example="望江路 2 号"),
        *PLACE_COLUMNS,
        Column(name="status", label="状态", read=values.choice(ObjectStatus.choices, {"正常": "IN_USE", "使用中": "IN_USE"}),
               synonyms=("使用状态", "对象状态"), note=f"写：{_labels(ObjectStatus)}。不填按在用。"),
        Column(name="party_name", label="责任人", read=values.text, longest=60, example="张三",
               synonyms=("负责人", "产权人", "使用人", "房东", "业主", "户主", "经营者", "责任人姓名", "店主", "管理人")),
        Column(name="party_phone", label="责任人电话", read=values.telephone, longest=30, example="13700000000",
               synonyms=("电话", "联系电话", "手机", "手机号", "手机号码", "联系方式", "负责人电话", "房东电话")),
        *OWNER_COLUMNS,
        SECTORS,
        *POSITION_COLUMNS,
    ),
)  # fmt: skip

PEOPLE = Kind(
    code="people",
    label="安全管理人员",
    noun="人",
    permissions=(Permission.SITE_EDIT,),
    key="场所、职务和姓名",
    open=PersonBatch,
    order=40,
    columns=(
        *OWNER_COLUMNS,
        SITE_NAME,
        Column(name="name", label="姓名", read=values.text, required=True, longest=60, example="李四",
               synonyms=("人员姓名", "安全员姓名", "负责人姓名", "联系人姓名")),
        Column(name="post", label="职务", read=values.choice(PersonPost.choices, POST_WORDS), required=True,
               synonyms=("岗位", "人员类别", "人员类型", "职务岗位", "身份"), example="安全管理人员",
               note=f"写：{_labels(PersonPost)}。"),
        Column(name="phone", label="联系电话", read=values.telephone, longest=30, example="13700000000",
               synonyms=("电话", "手机", "手机号", "手机号码", "联系方式", "电话号码")),
    ),
)  # fmt: skip

GRIDS = Kind(
    code="grids",
    label="网格",
    noun="个",
    permissions=(Permission.GRID_EDIT,),
    key="网格编码（没有编码的按区划、类别和名称）",
    open=GridBatch,
    list_url="grids:list",
    order=50,
    columns=(
        Column(name="name", label="网格名称", read=values.text, required=True, longest=60, width=24,
               synonyms=("名称", "网格", "网格全称"), example="文化社区第二网格"),
        Column(name="code", label="网格编码", read=values.identifier, longest=40, width=20,
               synonyms=("编码", "网格编号", "编号", "网格代码"), note="没有的不填，系统给。"),
        Column(name="kind", label="网格类别", read=values.choice(GridKind.choices, {"综合": "COMPREHENSIVE", "基础网格": "COMPREHENSIVE", "基础": "COMPREHENSIVE", "专属": "EXCLUSIVE", "行业": "SECTOR", "微": "MICRO"}),
               synonyms=("类别", "类型", "网格类型"), note=f"写：{_labels(GridKind)}。不填按综合网格。", example="综合网格"),
        Column(name="level", label="网格层级", read=values.choice(GridLevel.choices, LEVEL_WORDS), synonyms=("层级", "级别", "网格级别"),
               note=f"写：{_labels(GridLevel)}。不填按所在区划。"),
        *PLACE_COLUMNS,
        Column(name="sector", label="行业领域", read=SECTOR, synonyms=("行业",), note="行业网格才填。"),
        Column(name="parent", label="上级网格", read=values.text, longest=60, synonyms=("所属网格", "上级网格名称", "父网格"),
               note="名称或编码；要先设立。", width=22),
        Column(name="valid_from", label="设立日期", read=values.day, look=Look.DATE, synonyms=("成立日期", "启用日期"),
               note="不填按今天。"),
    ),
)  # fmt: skip

GRID_MEMBERS = Kind(
    code="grid_members",
    label="网格人员",
    noun="人",
    permissions=(Permission.GRID_EDIT,),
    key="网格、岗位和姓名",
    open=GridMemberBatch,
    list_url="grids:list",
    order=60,
    columns=(
        GRID,
        *PLACE_COLUMNS,
        Column(name="name", label="姓名", read=values.text, required=True, longest=60, example="王五",
               synonyms=("人员姓名", "网格员姓名", "网格员", "网格长姓名")),
        Column(name="post", label="岗位", read=values.choice(GridPost.choices, GRID_POST_WORDS), required=True,
               synonyms=("职务", "身份", "人员类别", "担任岗位", "网格岗位"), example="网格员", note=f"写：{_labels(GridPost)}。"),
        Column(name="phone", label="联系电话", read=one_phone, longest=30, example="13700000000",
               synonyms=("电话", "手机", "手机号", "手机号码", "联系方式", "电话号码"), note="新任职的必填。"),
        Column(name="valid_from", label="任职日期", read=values.day, look=Look.DATE,
               synonyms=("任职时间", "起始日期", "上任日期"), note="不填按今天。"),
        Column(name="valid_to", label="离任日期", read=values.day, look=Look.DATE, synonyms=("离任时间", "终止日期", "到期日期")),
    ),
)  # fmt: skip

GRID_SITES = Kind(
    code="grid_sites",
    label="网格内场所",
    noun="处",
    permissions=(Permission.GRID_EDIT,),
    key="场所和网格类别",
    open=SiteGridBatch,
    list_url="grids:list",
    order=70,
    columns=(GRID, *OWNER_COLUMNS, SITE_NAME, *PLACE_COLUMNS),
)

GRID_OBJECTS = Kind(
    code="grid_objects",
    label="网格内监管对象",
    noun="处",
    permissions=(Permission.GRID_EDIT,),
    key="监管对象和网格类别",
    open=ObjectGridBatch,
    list_url="grids:list",
    order=75,
    columns=(
        GRID,
        Column(
            name="object_name",
            label="对象名称",
            read=values.text,
            required=True,
            longest=120,
            synonyms=("名称", "监管对象", "监管对象名称", "场所名称", "九小场所名称", "房屋名称"),
            note="按已登记的监管对象认；同一个乡镇（街道）有重名的，请写明类别和所属村（社区）。",
            example="文化社区出租房 6 幢",
            width=30,
        ),
        Column(
            name="kind",
            label="类别",
            read=values.choice(ObjectKind.choices, OBJECT_WORDS),
            synonyms=("对象类别", "监管对象类别", "场所类型"),
            note=f"有重名的才要写：{_labels(ObjectKind)}。",
        ),
        *PLACE_COLUMNS,
    ),
)

KINDS = (SITES, OBJECTS, PEOPLE, GRIDS, GRID_MEMBERS, GRID_SITES, GRID_OBJECTS)
