"""Indicators over HTTP: what they are, their figures, the rows behind them (DESIGN §10)."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from anlan.authz.permissions import Permission
from anlan.http import api as http
from anlan.lib.refusals import Invalid, NotInScope
from anlan.oversight import answers, selectors
from anlan.oversight.catalogue import INDICATORS, indicator, sides
from anlan.oversight.questions import Question
from anlan.oversight.schemas import FigureOut, FigureQuery, IndicatorList, RegionName, RowOut, RowQuery

router = Router(tags=["统计"])


@router.get("/indicators", response=IndicatorList, summary="指标目录")
@http.requires(Permission.INDICATOR_VIEW)
def list_indicators(request: HttpRequest) -> Any:
    """Every indicator with its formula, splits and source."""
    actor = http.actor_of(request)
    items = [answers.declaration(actor, one) for one in INDICATORS.values()]
    return {"items": items, "count": len(items)}


@router.get("/indicators/{code}", response=FigureOut, summary="一个指标的数", by_alias=True)
@http.requires(Permission.INDICATOR_VIEW)
def read_indicator(request: HttpRequest, code: str, query: Query[FigureQuery]) -> Any:
    """The figure over what the actor sees, with its parts when ``split`` is given."""
    actor, one = http.actor_of(request), indicator(code)
    asked = query.as_question(actor)
    selectors.check_narrowing(actor, one, asked)
    split = query.split or None
    parts = [answers.part(part) for part in selectors.parts(actor, one, asked, split)] if split else None
    return {
        "code": one.code,
        "name": one.name,
        "formula": one.formula,
        "unit": one.unit,
        **answers.figure(selectors.figure(actor, one, asked)),
        "period": {"from": asked.first, "to": asked.last},
        "region": RegionName.of(asked.region or selectors.own_region(actor)),
        "as_of": asked.as_of,
        "split": split,
        "is_partition": one.is_partition(split) if split else None,
        "parts": parts,
    }


@router.get("/indicators/{code}/numerator", response=http.Page[RowOut], summary="分子的每一条")
@http.requires(Permission.INDICATOR_VIEW)
def list_numerator(request: HttpRequest, code: str, query: Query[RowQuery], page: Query[http.PageQuery]) -> Any:
    """Exactly the rows the numerator (or the count) counted."""
    return _rows(request, code, "numerator", query, page)


@router.get("/indicators/{code}/denominator", response=http.Page[RowOut], summary="分母的每一条")
@http.requires(Permission.INDICATOR_VIEW)
def list_denominator(request: HttpRequest, code: str, query: Query[RowQuery], page: Query[http.PageQuery]) -> Any:
    """Exactly the rows the denominator counted. 404 for an indicator without one."""
    return _rows(request, code, "denominator", query, page)


def _rows(request: HttpRequest, code: str, side: str, query: RowQuery, page: http.PageQuery) -> dict[str, Any]:
    actor, one = http.actor_of(request), indicator(code)
    if side not in sides(one):
        raise NotInScope("分母")
    if page.cursor is not None:
        raise Invalid.at("/cursor", "这个列表不用游标，请用 page 和 page_size。")
    asked = _narrowed(request, query, query.as_question(actor))
    selectors.check_narrowing(actor, one, asked)
    if query.split:
        selectors.check_split(actor, one, query.split)
    found = selectors.rows(actor, one, side, asked)
    items = found.page((page.page - 1) * page.page_size, page.page_size)
    return {
        "items": [answers.row(kind, record) for kind, record in items],
        "count": found.count(),
        "count_is_exact": True,
    }


def _narrowed(request: HttpRequest, query: RowQuery, asked: Question) -> Question:
    """To one part of the split, if one was named; there is one whose key is empty."""
    if "key" not in request.GET:
        return asked
    if not query.split:
        raise Invalid.at("/key", "只列一部分时，要写明按什么细分（split）。")
    return asked.part(query.split, query.key)
