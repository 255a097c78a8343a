"""Addresses that carry a question: a page of numbers can be sent to a colleague."""

from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from anlan.oversight.catalogue import Indicator
from anlan.oversight.questions import Question


def query_of(asked: Question) -> dict[str, str]:
    """The question as the names of the address."""
    named = {
        "region": asked.region.code if asked.region else "",
        "from": asked.first.isoformat(),
        "to": asked.last.isoformat(),
        "sector": asked.sector,
        "source": asked.source,
        "level": asked.level,
    }
    kept = {name: value for name, value in named.items() if value}
    return kept | ({"split": asked.split, "key": asked.key} if asked.split else {})


def overview_url(asked: Question) -> str:
    return f"{reverse('oversight:overview')}?{said(asked)}"


def said(asked: Question) -> str:
    """The question as the query of an address."""
    return urlencode(query_of(asked))


def rows_url(one: Indicator, side: str, asked: Question) -> str:
    """The list of exactly the rows behind that side of the number."""
    return rows_at(one, side, said(asked))


def rows_at(one: Indicator, side: str, query: str) -> str:
    """The same for a question that is ``said`` already: a row of a table says it once for all its numbers."""
    return f"{_rows_path(one.code, side)}?{query}"


@cache
def _rows_path(code: str, side: str) -> str:
    return reverse("oversight:rows", args=[code, side])  # a page has some hundreds of them


def number_url(one: Indicator, asked: Question) -> str:
    """What a number opens: its rows, or for a rate the rows it is a part of."""
    return number_at(one, said(asked))


def number_at(one: Indicator, query: str) -> str:
    return rows_at(one, "denominator" if one.denominator else "numerator", query)


def absolute(base: str, url: Any) -> str:
    """For a file that leaves the browser."""
    return f"{base.rstrip('/')}{url}"
