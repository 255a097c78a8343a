"""Named annotations and filters of enterprises and sites."""

from typing import Self, TypeVar

from django.apps import apps
from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.roles import Reach
from anlan.authz.scope import ScopeColumns, ScopedQuerySet, scope_for
from anlan.lib import searching

Rows = TypeVar("Rows", bound=QuerySet)


class EnterpriseQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor, permission: Permission | None = None) -> Self:
        """Those at home in the scope, and those with a site in it.

        Whoever sees the whole county sees every home, so only the others are asked for sites as well.
        """
        homes = scope_for(actor, permission or Permission.ENTERPRISE_VIEW).as_q(ScopeColumns())
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
        """With everything a row of a list shows, in the same query."""
        return self.select_related("region__parent", "industry", "organisation")

    def with_site_count(self) -> Self:
        """With ``site_count``, the number of sites."""
        return self.annotate(site_count=Coalesce(Subquery(_count_of(_sites())), 0))


class SiteQuerySet(ScopedQuerySet):
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

    def with_names(self) -> Self:
        """With everything a row of a list shows, in the same query."""
        return self.select_related("enterprise", "region__parent", "local_unit")


class ObjectQuerySet(ScopedQuerySet):
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
    # The model is made after its querysets.
    sites: SiteQuerySet = apps.get_model("register", "Site").objects.order_by()
    return sites


def _count_of(sites: SiteQuerySet) -> QuerySet:
    return sites.filter(enterprise=OuterRef("pk")).values("enterprise").annotate(n=Count("*")).values("n")
