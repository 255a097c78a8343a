"""Named filters of the grids and their people."""

from datetime import date
from typing import Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from anlan.authz.scope import ScopedQuerySet
from anlan.territory.choices import HOLDING_POSTS


class DatedQuerySet(ScopedQuerySet):
    """Rows with ``valid_from`` and ``valid_to``, both days included."""

    def in_force(self, day: date) -> Self:
        """Those in force on the day."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)

    def from_day(self, day: date) -> Self:
        """Those in force on the day or later."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day))


class GridQuerySet(DatedQuerySet):
    def with_names(self) -> Self:
        """With everything a row of a list shows, in the same query."""
        return self.select_related("region__parent", "organisation", "parent")

    def with_holder(self, day: date) -> Self:
        """With ``has_holder``: whether somebody is 网格长 or 网格员 on the day."""
        holders = _members().in_force(day).filter(grid=OuterRef("pk"), post__in=HOLDING_POSTS)
        return self.annotate(has_holder=Exists(holders))

    def matching(self, text: str) -> Self:
        """Rows whose name or code contains ``text``, or with a member of that name or phone."""
        found = _members().filter(Q(name__contains=text) | Q(phone__contains=text), grid=OuterRef("pk"))
        return self.filter(Q(name__contains=text) | Q(code__contains=text) | Exists(found))


def _members() -> DatedQuerySet:
    # The model is made after its querysets.
    members: DatedQuerySet = apps.get_model("territory", "GridMember").objects.order_by()
    return members
