"""Named annotations and filters of enterprises, sites and other objects."""

from datetime import datetime
from typing import Self, TypeVar

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.roles import Reach
from anlan.authz.scope import ScopedQuerySet, scope_for
from anlan.lib import clock, searching
from anlan.register.choices import STANDING, Gap
from anlan.register.key_sites import SUPERVISED, key_sites
from anlan.register.tags import KEY_SITE
from anlan.territory.api import GridKind, GridQuerySet

Rows = TypeVar("Rows", bound=QuerySet)


class MergeableQuerySet(ScopedQuerySet):
    """Rows that can be merged into another: a tombstone is seen by nobody, nothing is done to it any more."""

    def visible_to(self, actor: Actor, permission: Permission | None = None) -> Self:
        return self._reached_by(actor, permission).filter(merged_into=None)

    def tombstones_for(self, actor: Actor) -> Self:
        """What was merged into another, as far as the actor saw it."""
        return self._reached_by(actor, None).filter(merged_into__isnull=False)

    def _reached_by(self, actor: Actor, permission: Permission | None) -> Self:
        return super().visible_to(actor, permission)


class EnterpriseQuerySet(MergeableQuerySet):
    def _reached_by(self, actor: Actor, permission: Permission | None) -> Self:
        """Those at home in the scope, and those with a site in it.

        Whoever sees the whole county sees every home, so only the others are asked for sites as well.
        """
        columns = self.model.scope_columns  # type: ignore[attr-defined]
        homes = scope_for(actor, permission or Permission.ENTERPRISE_VIEW).as_q(columns)
        if actor.reach == Reach.PARTICIPATION or actor.region_path == actor.wall[0]:
            return self.filter(homes)
        return self.filter(homes | Q(id__in=_sites().visible_to(actor, permission).values("enterprise_id")))

    def matching(self, text: str) -> Self:
        """Rows found by every word of ``text``, in the record or in one of its sites."""
        at_a_site = Q(id__in=_sites().filter(_holding(text)).values("enterprise_id"))
        return self.filter(_holding(text) | at_a_site) if searching.words_of(text) else self.none()

    def found_by(self, text: str) -> Self:
        """Rows found by every word of ``text`` themselves, those that begin with it first."""
        return _best_first(self.filter(_holding(text)), text) if searching.words_of(text) else self.none()

    def regulated_in(self, sector: str) -> Self:
        """With a site whose regulator for the sector is known."""
        return self.filter(id__in=_sites().filter(regulators__sector=sector).values("enterprise_id"))

    def with_names(self) -> Self:
        """With everything a row of a list shows, in the same query: the tags are those of its sites."""
        return self.select_related("region__parent", "industry", "organisation").annotate(
            tag_kinds=_kinds_of(site__enterprise=OuterRef("pk")), is_key=_is_key(enterprise=OuterRef("pk"))
        )

    def tagged(self, kind: str) -> Self:
        """With a site that carries the tag."""
        return self.filter(id__in=_sites().tagged(kind).values("enterprise_id"))

    def unconfirmed_since(self, instant: datetime) -> Self:
        """Neither changed nor confirmed since then (S2-47)."""
        return _unconfirmed_since(self, instant)

    def with_site_count(self) -> Self:
        """With ``site_count``, the number of sites."""
        return self.annotate(site_count=Coalesce(Subquery(_count_of(_sites())), 0))


class SiteQuerySet(MergeableQuerySet):
    def matching(self, text: str) -> Self:
        """Rows found by every word of ``text``, themselves or by their enterprise."""
        found = _holding(text) | _holding(text, "enterprise__")
        return self.filter(found) if searching.words_of(text) else self.none()

    def found_by(self, text: str) -> Self:
        """Rows found by every word of ``text`` where their enterprise is not: that one leads to all its sites."""
        found = self.filter(_holding(text)).exclude(_holding(text, "enterprise__"))
        return _best_first(found, text) if searching.words_of(text) else self.none()

    def without_regulator(self) -> Self:
        """What nobody regulates (三管三必须)."""
        return self.filter(regulators=None)

    def lacking(self, gap: str) -> Self:
        """Sites to be looked after with that gap; a unit that was dissolved is none."""
        gaps = _gaps()
        missing = ~Q(pk__in=[]) if gap not in Gap.values else gaps[gap]
        return self.filter(missing, status__in=SUPERVISED)

    def with_gaps(self) -> Self:
        """With ``no_regulator``, ``no_local_unit`` and ``no_grid``."""
        return _with_gaps(self, _gaps())

    def with_names(self) -> Self:
        """With everything a row of a list shows, in the same query."""
        return self.select_related("enterprise", "region__parent", "local_unit").annotate(
            tag_kinds=_kinds_of(site=OuterRef("pk")), is_key=_is_key(id=OuterRef("pk"))
        )

    def tagged(self, kind: str) -> Self:
        """That carry the tag; 重点场所 also by the rule."""
        if kind == KEY_SITE:
            return self.filter(id__in=_sites().filter(key_sites(clock.today()).as_q()).values("id"))
        return self.filter(Exists(_tags().filter(site=OuterRef("pk"), kind=kind)))


class ObjectQuerySet(ScopedQuerySet):
    def lacking(self, gap: str) -> Self:
        """Objects to be looked after with that gap."""
        gaps = _gaps_of_objects()
        missing = ~Q(pk__in=[]) if gap not in Gap.values else gaps[gap]
        return self.filter(missing, status__in=STANDING)

    def with_gaps(self) -> Self:
        """With ``no_regulator``, ``no_local_unit`` and ``no_grid``."""
        return _with_gaps(self, _gaps_of_objects())

    def in_unheld_grids(self) -> Self:
        """Objects to be looked after whose 综合网格 has nobody as 网格长 or 网格员 today."""
        grids: GridQuerySet = apps.get_model("territory", "Grid").objects.order_by()
        unheld = grids.with_holder(clock.today()).filter(has_holder=False)
        places = _object_places().filter(supervised_object=OuterRef("pk"), kind=GridKind.COMPREHENSIVE)
        return self.filter(Exists(places.filter(grid_id__in=unheld.values("id"))), status__in=STANDING)

    def unconfirmed_since(self, instant: datetime) -> Self:
        """Neither changed nor confirmed since then (S2-47)."""
        return _unconfirmed_since(self, instant)

    def matching(self, text: str) -> Self:
        """Rows found by every word of ``text``, or whose enterprise's name contains it."""
        found = _holding(text) | Q(party_enterprise__name__contains=text)
        return self.filter(found) if searching.words_of(text) else self.none()

    def found_by(self, text: str) -> Self:
        """Rows found by every word of ``text`` themselves, those that begin with it first."""
        return _best_first(self.filter(_holding(text)), text) if searching.words_of(text) else self.none()

    def with_names(self) -> Self:
        """With everything a row of a list shows, in the same query."""
        return self.select_related(
            "region__parent", "local_unit", "party_enterprise__organisation", "party_organisation"
        )


def _holding(text: str, above: str = "") -> Q:
    """Whose search text, or that of a row above, holds every word."""
    found = Q()
    for word in searching.words_of(text):
        found &= Q(**{f"{above}search_text__contains": word})
    return found


def _best_first(rows: Rows, text: str) -> Rows:
    begins = Case(When(search_text__startswith=searching.words_of(text)[0], then=0), default=1)
    return rows.order_by(begins, "-registered_at", "-id")


def _sites() -> SiteQuerySet:
    """Those that stand."""
    # The model is made after its querysets.
    sites: SiteQuerySet = apps.get_model("register", "Site").objects.order_by().filter(merged_into=None)
    return sites


def _tags() -> QuerySet:
    tags: QuerySet = apps.get_model("register", "SiteTag").objects.order_by().filter(removed_at=None)
    return tags


def _object_places() -> QuerySet:
    places: QuerySet = apps.get_model("register", "ObjectGrid").objects.order_by().filter(left_at=None)
    return places


def _gaps() -> dict[str, Q]:
    regulators = apps.get_model("register", "SiteRegulator").objects.order_by()
    places = apps.get_model("register", "SiteGrid").objects.order_by().filter(left_at=None)
    return _gaps_beside(regulators, places, site=OuterRef("pk"))


def _gaps_of_objects() -> dict[str, Q]:
    regulators = apps.get_model("register", "ObjectRegulator").objects.order_by()
    return _gaps_beside(regulators, _object_places(), supervised_object=OuterRef("pk"))


def _gaps_beside(regulators: QuerySet, places: QuerySet, **here: OuterRef) -> dict[str, Q]:
    gaps: dict[str, Q] = {
        Gap.REGULATOR: Q(~Exists(regulators.filter(_stands("organisation"), **here))),
        Gap.LOCAL_UNIT: ~_stands("local_unit"),
        Gap.GRID: Q(~Exists(places.filter(kind=GridKind.COMPREHENSIVE, **here))),
    }
    return {**gaps, Gap.ANY: gaps[Gap.REGULATOR] | gaps[Gap.LOCAL_UNIT] | gaps[Gap.GRID]}


def _with_gaps(rows: Rows, gaps: dict[str, Q]) -> Rows:
    return rows.annotate(
        no_regulator=ExpressionWrapper(gaps[Gap.REGULATOR], BooleanField()),
        no_local_unit=ExpressionWrapper(gaps[Gap.LOCAL_UNIT], BooleanField()),
        no_grid=ExpressionWrapper(gaps[Gap.GRID], BooleanField()),
    )


def _unconfirmed_since(rows: Rows, instant: datetime) -> Rows:
    return rows.filter(Q(confirmed_at=None) | Q(confirmed_at__lt=instant), changed_at__lt=instant)


def _stands(unit: str) -> Q:
    return Q(**{f"{unit}__valid_to": None}) | Q(**{f"{unit}__valid_to__gte": clock.today()})


def _kinds_of(**of: OuterRef) -> ArraySubquery:
    return ArraySubquery(_tags().filter(**of).values("kind").distinct())


def _is_key(**of: OuterRef) -> Exists:
    return Exists(_sites().filter(key_sites(clock.today()).as_q(), **of))


def _count_of(sites: SiteQuerySet) -> QuerySet:
    return sites.filter(enterprise=OuterRef("pk")).values("enterprise").annotate(n=Count("*")).values("n")
