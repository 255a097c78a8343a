"""Addresses that carry a question: a page of numbers can be sent to a colleague."""

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
    return f"{reverse('oversight:overview')}?{urlencode(query_of(asked))}"


def rows_url(one: Indicator, side: str, asked: Question) -> str:
    """The list of exactly the rows behind that side of the number."""
    return f"{reverse('oversight:rows', args=[one.code, side])}?{urlencode(query_of(asked))}"


def number_url(one: Indicator, asked: Question) -> str:
    """What a number opens: its rows, or for a rate the rows it is a part of."""
    return rows_url(one, "denominator" if one.denominator else "numerator", asked)


def absolute(base: str, url: Any) -> str:
    """For a file that leaves the browser."""
    return f"{base.rstrip('/')}{url}"
