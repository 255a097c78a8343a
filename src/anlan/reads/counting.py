"""How long a list is, as far as a person reads it."""

from typing import Any

from django.db.models import QuerySet

from anlan.reads.prepared import Listing

COUNT_LIMIT = 10_000


def bounded_count(rows: QuerySet[Any] | Listing[Any], limit: int = COUNT_LIMIT) -> tuple[int, bool]:
    """The count of ``rows`` and whether it is exact: it stops just above ``limit``."""
    most = limit + 1
    found = rows.count_up_to(most) if isinstance(rows, Listing) else rows.order_by()[:most].count()
    return min(found, limit), found <= limit
