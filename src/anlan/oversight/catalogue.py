"""The indicators, each declared once: from here come tile, table, trend, API, Excel, drill-down and reference."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from anlan.authz.actors import Actor
from anlan.lib.refusals import NotInScope
from anlan.oversight import populations as of
from anlan.oversight.populations import CHECKS, FOUND_BY_CHECKS, MATTERS, SELF_FINDINGS, Population
from anlan.oversight.questions import Question

Condition = Callable[[Question], Q]


@dataclass(frozen=True)
class Measure:
    """Rows of a population for which the conditions hold. ``distinct`` names the relation counted once each, however
    often. A condition that several measures have in common is asked of each row once."""

    code: str
    name: str
    population: Population
    conditions: tuple[Condition, ...] = ()
    distinct: str = ""

    def condition(self, asked: Question) -> Q:
        """All of them."""
        found = Q()
        for condition in self.conditions:
            found &= condition(asked)
        return found


class Kind(StrEnum):
    COHORT = "COHORT"
    STOCK = "STOCK"
    EVENT = "EVENT"


KINDS = {
    Kind.COHORT: "期间内登记的那一批，状态取截止日终",
    Kind.STOCK: "截止日终的存量，与起始日期无关",
    Kind.EVENT: "期间内发生的",
}

SPLITS = {
    "region": "属地（下一级）",
    "sector": "行业领域",
    "organisation": "单位",
    "source": "排查渠道",
    "level": "等级",
    "month": "月份",
    "age": "已有多久",
    "act_class": "检查性质",
}


@dataclass(frozen=True)
class Indicator:
    """``numerator`` (or the count itself) and ``denominator`` are measures whose rows are counted together."""

    code: str
    name: str
    formula: str
    unit: str
    kind: Kind
    numerator: tuple[Measure, ...]
    denominator: tuple[Measure, ...] = ()
    splits: tuple[str, ...] = ()
    source: str = ""

    @property
    def measures(self) -> tuple[Measure, ...]:
        return self.numerator + self.denominator

    @property
    def is_percent(self) -> bool:
        return self.unit == "%"

    @property
    def narrows(self) -> frozenset[str]:
        """The filters beside region and period that narrow both sides."""
        return frozenset.intersection(*(measure.population.narrows for measure in self.measures))

    def is_partition(self, split: str) -> bool:
        """Whether the parts add up to the whole."""
        return not any(measure.distinct or split in measure.population.multiplied for measure in self.measures)


def _self_checked(asked: Question) -> Q:
    return ~of.official(asked)


def _filed(asked: Question) -> Q:
    return Q(check_record__filed_at__gte=asked.begins, check_record__filed_at__lt=asked.ends)


def _closed(asked: Question) -> Q:
    return Q(closed_at__lt=asked.ends)


def _matters(code: str, name: str, *conditions: Condition) -> Measure:
    """Of those that are established; none else is ever counted."""
    return Measure(code, name, MATTERS, (of.established, *conditions))


FOUND = _matters("found", "排查发现的隐患", of.registered, of.official)
CLOSED = _matters("closed", "已销号的隐患", of.registered, of.closed, of.official)
OPEN = _matters("open", "未销号的隐患", of.still_open, of.official)
OVERDUE = _matters("overdue", "整改逾期的隐患", of.late, of.official)
MAJOR_FOUND = _matters("major_found", "判定的重大隐患", of.registered, of.major)
MAJOR_CLOSED = _matters("major_closed", "已销号的重大隐患", of.registered, of.closed, of.major)
DUE = _matters("due", "原定期限在期间内的隐患", of.due, of.official)
IN_TIME = _matters("in_time", "在原定期限内报验并已销号的隐患", of.due, of.closed, of.submitted_in_time, of.official)
DISPATCHED = _matters("dispatched", "交办的隐患", of.dispatched)
LISTED = _matters("listed", "挂牌督办的隐患", of.listed)
RELEASED = _matters("released", "已全部摘牌的隐患", of.listed, of.released)
STILL_LISTED = _matters("still_listed", "没有摘牌的隐患", of.still_listed)
CONTROLLED = _matters("controlled", "其中管控措施落实的", of.still_listed, of.controlled)
BOUNCED = _matters("bounced", "被退件的隐患", of.dispatched, of.bounced)
SELF_IN_LOOP = _matters("self_in_loop", "企业自查上报的一般隐患", of.registered, _self_checked)
SELF_CLOSED_IN_LOOP = _matters("self_closed_in_loop", "其中已销号的", of.registered, of.closed, _self_checked)
SELF_OPEN = _matters("self_open", "企业自查上报、未销号的一般隐患", of.still_open, _self_checked)
SELF_OVERDUE = _matters("self_overdue", "企业自查上报、整改逾期的一般隐患", of.late, _self_checked)
SELF_FOUND = Measure("self_found_inside", "企业自查发现的问题", SELF_FINDINGS, (_filed,))
SELF_CLOSED = Measure("self_closed_inside", "企业已自改的问题", SELF_FINDINGS, (_filed, _closed))
DONE = Measure("checks", "检查记录", CHECKS)
CHECKED = Measure("enterprises", "检查过的企业", CHECKS, distinct="enterprise")
FINDINGS = Measure("findings", "这些检查发现的隐患", FOUND_BY_CHECKS, (of.established,))

OF_MATTERS = ("region", "sector", "organisation", "source", "level", "month")
OF_CHECKS = ("region", "sector", "organisation", "act_class", "month")
OF_SELF = ("region", "sector", "month")
D2 = "requirements 附录 D2"
APART = "企业自查的一般隐患另计"

INDICATORS = {
    one.code: one
    for one in (
        Indicator(
            "found",
            "发现隐患",
            f"期间内登记、截止日终已核定且未终结的隐患；{APART}。",
            "件",
            Kind.COHORT,
            (FOUND,),
            splits=OF_MATTERS,
            source=f"requirements S3-46；{D2}",
        ),
        Indicator(
            "closed",
            "已销号",
            f"发现隐患中截止日终已销号的；{APART}。",
            "件",
            Kind.COHORT,
            (CLOSED,),
            splits=OF_MATTERS,
            source=f"requirements S3-46；{D2}",
        ),
        Indicator(
            "rectification_rate",
            "隐患整改率",
            "已销号 ÷ 发现隐患。暂缓、待验收、退回的都算未整改。",
            "%",
            Kind.COHORT,
            (CLOSED,),
            (FOUND,),
            OF_MATTERS,
            "requirements S3-46、S1-44、S0-20；附录 B、D8",
        ),
        Indicator(
            "open",
            "未销号",
            f"截止日终已核定、未销号、未终结的隐患，不论何时登记；{APART}。",
            "件",
            Kind.STOCK,
            (OPEN,),
            splits=(*OF_MATTERS, "age"),
            source="requirements S3-46",
        ),
        Indicator(
            "overdue",
            "整改逾期",
            f"未销号的隐患中，截止日已过整改期限（含批准的延期）仍在交办、整改的；暂缓和待验收的不算；{APART}。",
            "件",
            Kind.STOCK,
            (OVERDUE,),
            splits=(*OF_MATTERS, "age"),
            source="requirements D23",
        ),
        Indicator(
            "major_found",
            "重大隐患",
            "期间内登记、截止日终已判定为重大且未终结的隐患，含企业主动报告的。",
            "件",
            Kind.COHORT,
            (MAJOR_FOUND,),
            splits=OF_MATTERS,
            source="requirements S3-47、S2-07",
        ),
        Indicator(
            "major_closed",
            "重大隐患已销号",
            "重大隐患中截止日终已销号的。",
            "件",
            Kind.COHORT,
            (MAJOR_CLOSED,),
            splits=OF_MATTERS,
            source="requirements S3-47、S2-07",
        ),
        Indicator(
            "major_rectification_rate",
            "重大隐患整改率",
            "重大隐患已销号 ÷ 重大隐患。",
            "%",
            Kind.COHORT,
            (MAJOR_CLOSED,),
            (MAJOR_FOUND,),
            OF_MATTERS,
            "requirements S3-47、S2-07；附录 B",
        ),
        Indicator(
            "on_time_rate",
            "按期整改率",
            "在原定期限内报验并已销号的 ÷ 原定期限在期间内的隐患。延期不改变原定期限。",
            "%",
            Kind.EVENT,
            (IN_TIME,),
            (DUE,),
            OF_MATTERS,
            "DOMAIN §4 延期",
        ),
        Indicator(
            "bounce_rate",
            "退件率",
            "期间内交办、又被退件的 ÷ 期间内交办的隐患（按首次交办，已终结的不算）。",
            "%",
            Kind.EVENT,
            (BOUNCED,),
            (DISPATCHED,),
            OF_MATTERS,
            "DOMAIN §4 退件",
        ),
        Indicator(
            "listed",
            "挂牌督办",
            "期间内挂牌督办的隐患；几家挂同一件算一件，已终结的不算。",
            "件",
            Kind.EVENT,
            (LISTED,),
            splits=OF_MATTERS,
            source="requirements S3-48、S0-68",
        ),
        Indicator(
            "release_rate",
            "摘牌率",
            "截止日终已全部摘牌的 ÷ 期间内挂牌督办的隐患。",
            "%",
            Kind.EVENT,
            (RELEASED,),
            (LISTED,),
            OF_MATTERS,
            "requirements S3-48；附录 B",
        ),
        Indicator(
            "controls_rate",
            "管控措施落实率",
            "每块牌都有管控措施、责任人，下次复查没有过期的 ÷ 截止日终没有摘牌的隐患，不论何时挂牌。",
            "%",
            Kind.STOCK,
            (CONTROLLED,),
            (STILL_LISTED,),
            OF_MATTERS,
            "requirements S3-49；附录 B",
        ),
        Indicator(
            "checks",
            "检查次数",
            "期间内开始、截止日终已提交的检查，一次算一次；企业自查不算，作废的不算。",
            "次",
            Kind.EVENT,
            (DONE,),
            splits=OF_CHECKS,
            source="requirements S3-45、D24",
        ),
        Indicator(
            "enterprises_checked",
            "检查企业数",
            "这些检查查到的企业，查几次都算一家。",
            "家",
            Kind.EVENT,
            (CHECKED,),
            splits=OF_CHECKS,
            source="requirements S3-45、D24",
        ),
        Indicator(
            "findings_per_check",
            "次均发现隐患",
            "这些检查发现、截止日终已核定的隐患 ÷ 检查次数。",
            "件/次",
            Kind.EVENT,
            (FINDINGS,),
            (DONE,),
            OF_CHECKS,
            "requirements 附录 B1 发现隐患率",
        ),
        Indicator(
            "self_found",
            "企业自查发现",
            "期间内企业自查报送的问题，加上企业自查上报、已核定的一般隐患；转交政府的只算一次。",
            "件",
            Kind.COHORT,
            (SELF_IN_LOOP, SELF_FOUND),
            splits=OF_SELF,
            source="DOMAIN §4 企业自查自改",
        ),
        Indicator(
            "self_closed",
            "企业自查已改",
            "企业自查发现中截止日终已自改、已销号的。",
            "件",
            Kind.COHORT,
            (SELF_CLOSED_IN_LOOP, SELF_CLOSED),
            splits=OF_SELF,
            source="DOMAIN §4 企业自查自改",
        ),
        Indicator(
            "self_open",
            "企业自查未销号",
            "企业自查上报的一般隐患中，截止日终已核定、未销号、未终结的，不论何时上报；“未销号”里没有它们。",
            "件",
            Kind.STOCK,
            (SELF_OPEN,),
            splits=(*OF_SELF, "organisation", "age"),
            source="DOMAIN §4 企业自查自改",
        ),
        Indicator(
            "self_overdue",
            "企业自查整改逾期",
            "企业自查未销号的一般隐患中，截止日已过整改期限（含批准的延期）仍在交办、整改的；“整改逾期”里没有它们。",
            "件",
            Kind.STOCK,
            (SELF_OVERDUE,),
            splits=(*OF_SELF, "organisation", "age"),
            source="DOMAIN §4 企业自查自改",
        ),
    )
}


def indicator(code: str) -> Indicator:
    """Raises NotInScope (404) when there is none."""
    if code not in INDICATORS:
        raise NotInScope("指标")
    return INDICATORS[code]


def splits_for(actor: Actor, one: Indicator) -> tuple[str, ...]:
    """Nothing may tell an enterprise by which channel others reported it, a split neither."""
    return tuple(split for split in one.splits if not (split == "source" and actor.is_enterprise))


def narrows_for(actor: Actor, one: Indicator) -> tuple[str, ...]:
    return tuple(
        name
        for name in ("sector", "source", "level")
        if name in one.narrows and not (name == "source" and actor.is_enterprise)
    )


def sides(one: Indicator) -> dict[str, tuple[Measure, ...]]:
    """The lists that open, by name."""
    return {"numerator": one.numerator} | ({"denominator": one.denominator} if one.denominator else {})
