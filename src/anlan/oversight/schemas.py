"""What the API says of indicators."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from anlan.authz.choices import Sector
from anlan.authz.models import Region
from anlan.hidden_dangers.api import Level, Source
from anlan.http.api import Answer
from anlan.oversight.questions import Question, question

Number = Annotated[float | None, Field(description="两位小数；分母为 0 时为 null。比较大小请用分子、分母")]


class IndicatorQuery(Schema):
    """首尾两天都算，按北京时间。"""

    region: Annotated[str, Field(max_length=12, description="区划代码，含下级；不填是您看得到的全部")] = ""
    from_: Annotated[date | None, Field(alias="from", description="不填是截止日当年 1 月 1 日")] = None
    to: Annotated[date | None, Field(description="不填是今天")] = None
    sector: Sector | None = None
    source: Source | None = None
    level: Level | None = None

    def as_question(self, actor: Any) -> Question:
        return question(
            actor,
            region=self.region,
            first=self.from_,
            last=self.to,
            sector=self.sector or "",
            source=self.source or "",
            level=self.level or "",
        )


class FigureQuery(IndicatorQuery):
    split: Annotated[str, Field(max_length=20, description="按什么细分，见指标的 splits")] = ""


class RowQuery(FigureQuery):
    key: Annotated[str, Field(max_length=60, description="只列细分中的这一部分，与 split 同用；不写是全部")] = ""


class Choice(Answer):
    code: str
    label: str


class SplitOut(Choice):
    is_partition: bool = Field(description="各部分之和是否等于总数")


class IndicatorOut(Answer):
    code: str
    name: str
    formula: str
    unit: str
    kind: str
    kind_label: str
    numerator_name: str
    denominator_name: str | None
    splits: list[SplitOut]
    filters: list[str]
    source: str = Field(description="出处")


class IndicatorList(Answer):
    items: list[IndicatorOut]
    count: int


class Period(Answer):
    from_: date = Field(serialization_alias="from", alias="from")
    to: date


class RegionName(Answer):
    code: str
    name: str

    @staticmethod
    def of(region: Region) -> dict[str, str]:
        return {"code": region.code, "name": region.name}


class PartOut(Answer):
    key: str
    label: str
    value: Number
    numerator: int
    denominator: int | None


class FigureOut(Answer):
    code: str
    name: str
    formula: str
    unit: str
    value: Number
    numerator: int
    denominator: int | None
    period: Period
    region: RegionName
    as_of: datetime = Field(description="数字是这一时刻的状态")
    split: str | None
    is_partition: bool | None
    parts: list[PartOut] | None


class RowOut(Answer):
    """One counted record, whatever its kind."""

    id: str
    kind: str = Field(description="hidden_danger、check、enterprise、self_check_finding")
    number: str
    title: str
    region: str
    status: str
    status_label: str
    at: datetime | None = Field(description="登记或者开始的时间")
