"""Every component with plausible contents: to look at, and to test that all of them render."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static

from anlan.ui import case, lists, marks, shell

CHINA = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 3, 18)

SHELL = shell.Shell(
    place="临河县",
    person="周立新",
    acting=shell.GrantChoice("1", "临河县安委办", "值班调度", "临河县"),
    grants=[
        shell.GrantChoice("1", "临河县安委办", "值班调度", "临河县"),
        shell.GrantChoice("2", "临河县应急管理局", "执法人员（危化、工贸）", "临河县"),
        shell.GrantChoice("3", "城关街道", "包保责任人", "城关街道"),
    ],
    navigation=[
        shell.NavigationItem("待办", "#", "check2-square", count=12, urgent=True),
        shell.NavigationItem("隐患", "#", "hidden-danger", count=186, active=True),
        shell.NavigationItem("检查", "#", "clipboard-check", count=4),
        shell.NavigationItem("对象", "#", "building"),
        shell.NavigationItem("网格", "#", "grid-3x3-gap"),
        shell.NavigationItem("督办", "#", "megaphone", count=3),
        shell.NavigationItem("执法", "#", "journal-text"),
        shell.NavigationItem("统计", "#", "bar-chart"),
        shell.NavigationItem("一张屏", "#", "speedometer2"),
        shell.NavigationItem("机构人员", "#", "diagram-3", group="管理"),
        shell.NavigationItem("导入导出", "#", "folder2-open", group="管理"),
    ],
    search_url="#",
    inbox_url="#",
    inbox_count=7,
    switch_url="#",
    account_url="#",
    sign_out_url="#",
    help_url="#",
)

COLUMNS = [
    lists.Column("隐患", width="wide"),
    lists.Column("级别", sort="level", width="narrow"),
    lists.Column("状态", width="narrow"),
    lists.Column("责任单位"),
    lists.Column("牵头单位"),
    lists.Column("整改期限", sort="due_on", width="narrow"),
    lists.Column("整改资金（元）", sort="funds", align="end", width="narrow"),
]

ROWS: list[tuple[Any, ...]] = [
    # number, what, place, level, proposed, status, party, lead, days left, finished in days, funds
    (
        "LH20260318-0042",
        "涂装车间可燃气体报警器失效，喷漆作业未停",
        "城关街道 · 宏泰家具有限公司",
        "MAJOR",
        False,
        "RECTIFYING",
        "宏泰家具有限公司",
        "县应急管理局",
        -5,
        None,
        86000,
    ),
    (
        "LH20260317-0039",
        "三层疏散楼梯间堆放杂物，安全出口上锁",
        "城关街道 · 万家福购物中心",
        "GENERAL",
        True,
        "REGISTERED",
        "万家福商贸有限公司",
        "县消防救援大队",
        None,
        None,
        None,
    ),
    (
        "LH20260316-0031",
        "液氨制冷机房事故风机控制按钮损坏",
        "河东镇 · 鲜美水产冷冻厂",
        "GENERAL",
        False,
        "DISPATCHED",
        "鲜美水产冷冻厂",
        "河东镇人民政府",
        0,
        None,
        4200,
    ),
    (
        "LH20260315-0027",
        "深基坑临边防护缺失约 30 米",
        "开发区 · 翠湖名苑二期工地",
        "GENERAL",
        False,
        "SUBMITTED",
        "中实建设集团",
        "县住建局",
        2,
        None,
        12500,
    ),
    (
        "LH20260312-0018",
        "村道临水急弯无警示标志和护栏",
        "石桥乡 · 上湾村 X204 线 3K+200",
        "GENERAL",
        False,
        "SUSPENDED",
        "上湾村村民委员会",
        "县交通运输局",
        24,
        None,
        68000,
    ),
    (
        "LH20260310-0011",
        "粉尘除尘器未设泄爆装置",
        "开发区 · 精锐铝业有限公司",
        "MAJOR",
        False,
        "CONFIRMED",
        "精锐铝业有限公司",
        "县应急管理局",
        12,
        None,
        240000,
    ),
    (
        "LH20260305-0006",
        "配电箱接线裸露，未装漏电保护器",
        "城关街道 · 老街 18 号出租房",
        "GENERAL",
        False,
        "CLOSED",
        "房东 刘某某",
        "城关街道办事处",
        -9,
        -10,
        350,
    ),
    (
        "LH20260303-0003",
        "加油站卸油口静电接地线断裂",
        "石桥乡 · 石桥加油站",
        "GENERAL",
        False,
        "CLOSED",
        "石桥加油站",
        "县商务局",
        -11,
        -8,
        900,
    ),
]


class FilterForm(forms.Form):
    keyword = forms.CharField(label="关键词", required=False)
    status = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("RECTIFYING", "整改中"), ("CLOSED", "已销号")]
    )
    level = forms.ChoiceField(
        label="级别", required=False, choices=[("", "全部"), ("GENERAL", "一般"), ("MAJOR", "重大")]
    )
    township = forms.ChoiceField(
        label="属地", required=False, choices=[("", "全部"), ("1", "城关街道"), ("2", "河东镇")]
    )
    registered_from = forms.DateField(label="登记起", required=False, widget=forms.DateInput(attrs={"type": "date"}))


class DispatchForm(forms.Form):
    lead = forms.ChoiceField(
        label="牵头单位",
        choices=[("", "请选择"), ("1", "县应急管理局"), ("2", "县住房和城乡建设局"), ("3", "县消防救援大队")],
        widget=forms.Select(attrs={"data-search": True}),
        help_text="只能有一个牵头单位，协办单位不限。",
    )
    due_on = forms.DateField(label="整改期限", widget=forms.DateInput(attrs={"type": "date"}))
    mode = forms.ChoiceField(
        label="交办方式", choices=[("1", "督办交办"), ("2", "专家指导"), ("3", "企业整改")], widget=forms.RadioSelect
    )
    funds_cny = forms.DecimalField(label="整改资金（元）", required=False)
    note = forms.CharField(label="交办意见", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    notify = forms.BooleanField(label="同时短信通知牵头单位负责人", required=False)


class SignInForm(forms.Form):
    login = forms.CharField(label="账号", widget=forms.TextInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(label="密码", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    remember = forms.BooleanField(label="记住", required=False)


def view(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/style_guide.html", context(request))


def context(request: HttpRequest) -> dict[str, Any]:
    filters = FilterForm({"status": "RECTIFYING", "township": "1"})
    wrong = DispatchForm({"mode": "1", "note": "请于期限内完成整改。", "funds_cny": "-"}, auto_id="wrong_%s")
    wrong.is_valid()
    return {
        "shell": SHELL,
        "today": TODAY,
        "statuses": list(marks.STATUSES),
        "risks": list(marks.RISKS),
        "columns": COLUMNS,
        "page": lists.Page(number=3, size=8, count=186),
        "sort": "due_on",
        "rows": [_row(*row) for row in ROWS],
        "filters": lists.filters_of(filters, request.GET),
        "form": DispatchForm(initial={"mode": "1"}),
        "wrong_form": wrong,
        "timeline": _timeline(),
        "reached": {
            "登记": date(2026, 3, 2),
            "核定": date(2026, 3, 3),
            "交办": date(2026, 3, 3),
            "签收": date(2026, 3, 4),
        },
        "bar": case.ActionBar(
            now="等待整改报验",
            who="责任单位：宏泰家具有限公司　牵头：县应急管理局",
            due_on=TODAY + timedelta(days=2),
            primary=case.Act("报验", "#panel", icon="send"),
            secondary=[case.Act("申请延期", "#"), case.Act("写批示", "#", icon="pen")],
            more=[
                case.Act("暂缓整改", "#", icon="loop-suspended"),
                case.Act("挂牌督办", "#", icon="megaphone"),
                case.Act("打印交办单", "#", icon="printer", panel=False),
                case.Act("终结", "#", icon="x-circle", danger=True),
                case.Act("验收", "#", icon="check2-square", refused="整改人不得验收自己的整改"),
            ],
        ),
        "photos": _photos(),
        "soon": [TODAY + timedelta(days=days) for days in (-5, 0, 2, 24)],
    }


def _row(*row: Any) -> dict[str, Any]:
    number, what, place, level, proposed, status, party, lead, days, finished, funds = row
    return {
        "number": number,
        "what": what,
        "place": place,
        "level": level,
        "proposed": proposed,
        "status": status,
        "party": party,
        "lead": lead,
        "due_on": None if days is None else TODAY + timedelta(days=days),
        "finished_on": None if finished is None else TODAY + timedelta(days=finished),
        "funds": funds,
    }


def _photos() -> list[case.Photo]:
    picture = static("build/favicon.svg")
    words = ("报警器指示灯不亮", "喷漆作业区", "更换后的报警器")
    return [case.Photo(picture, caption=word, taken_at=_at(2, 9, 12)) for word in words]


def _timeline() -> list[case.TimelineEntry]:
    photos = _photos()
    return [
        case.TimelineEntry(
            _at(16, 8, 30),
            "临期提醒",
            organisation="系统",
            kind="deadline",
            note="距整改期限还有 2 天，已短信提醒责任单位与牵头单位。",
        ),
        case.TimelineEntry(
            _at(11, 15, 4),
            "领导批示",
            "陈国栋",
            "临河县人民政府 副县长",
            kind="instruction",
            note="涉爆场所必须停产整改，应急局每日调度，整改不到位不得复工。",
        ),
        case.TimelineEntry(
            _at(6, 10, 21),
            "五落实已填报",
            "孙宏",
            "宏泰家具有限公司",
            kind="document",
            icon="clipboard-check",
            facts=[
                ("整改方案", "更换 6 只可燃气体报警器并与风机联锁"),
                ("整改期限", "2026-03-20"),
                ("责任人", "孙宏（生产副总）"),
                ("整改资金", "86,000 元"),
                ("临时措施", "喷漆线停用，断电上锁"),
            ],
            documents=[case.Document("重大事故隐患治理方案.pdf", "#", size=482_000)],
        ),
        case.TimelineEntry(
            _at(4, 9, 2),
            "签收",
            "李敏",
            "县应急管理局",
            from_status="DISPATCHED",
            to_status="RECTIFYING",
            receipt_url="#",
        ),
        case.TimelineEntry(
            _at(3, 16, 40),
            "交办",
            "周立新",
            "临河县安委办",
            from_status="CONFIRMED",
            to_status="DISPATCHED",
            note="请县应急管理局牵头，城关街道协办，3 月 20 日前完成整改。",
            documents=[case.Document("交办单", "#", number="临安办交〔2026〕17 号")],
        ),
        case.TimelineEntry(
            _at(3, 11, 15),
            "核定为重大事故隐患",
            "李敏",
            "县应急管理局",
            from_status="REGISTERED",
            to_status="CONFIRMED",
            citation="《工贸企业重大事故隐患判定标准》第三条",
            receipt_url="#",
        ),
        case.TimelineEntry(
            _at(2, 9, 14),
            "登记",
            "王小燕",
            "城关街道 第三网格",
            to_status="REGISTERED",
            note="涂装车间 6 只可燃气体报警器有 4 只指示灯不亮，现场仍在喷漆。",
            photos=photos[:2],
        ),
    ]


def _at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=CHINA)
