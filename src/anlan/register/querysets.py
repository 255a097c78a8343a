"""Named annotations and filters of enterprises and sites."""

from typing import Self

from django.apps import apps
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.roles import Reach
from anlan.authz.scope import ScopeColumns, ScopedQuerySet, scope_for


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
        """Rows whose name, number, people, phone or address contains ``text``."""
        return self.filter(
            Q(name__contains=text)
            | Q(short_name__contains=text)
            | Q(unified_social_credit_code__contains=text.upper())
            | Q(own_no__contains=text.upper())
            | Q(legal_representative__contains=text)
            | Q(phone__contains=text)
            | Q(registered_address__contains=text)
            | Q(id__in=_sites().filter(address__contains=text).values("enterprise_id"))
        )

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
        """Rows whose own or whose enterprise's name, or whose address contains ``text``."""
        return self.filter(
            Q(name__contains=text)
            | Q(address__contains=text)
            | Q(enterprise__name__contains=text)
            | Q(enterprise__short_name__contains=text)
        )

    def without_regulator(self) -> Self:
        """What nobody regulates (三管三必须)."""
        return self.filter(regulators=None)

    def with_names(self) -> Self:
        """With everything a row of a list shows, in the same query."""
        return self.select_related("enterprise", "region__parent", "local_unit")


class ObjectQuerySet(ScopedQuerySet):
    def matching(self, text: str) -> Self:
        """Rows whose name, address or party contains ``text``."""
        return self.filter(
            Q(name__contains=text)
            | Q(address__contains=text)
            | Q(party_name__contains=text)
            | Q(party_enterprise__name__contains=text)
        )

    def with_names(self) -> Self:
        """With everything a row of a list shows, in the same query."""
        return self.select_related(
            "region__parent", "local_unit", "party_enterprise__organisation", "party_organisation"
        )


def _sites() -> SiteQuerySet:
    # The model is made after its querysets.
    sites: SiteQuerySet = apps.get_model("register", "Site").objects.order_by()
    return sites


def _count_of(sites: SiteQuerySet) -> QuerySet:
    return sites.filter(enterprise=OuterRef("pk")).values("enterprise").annotate(n=Count("*")).values("n")
