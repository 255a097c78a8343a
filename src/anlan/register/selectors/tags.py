"""Reads of tags."""

from collections.abc import Iterable, Sequence

from anlan.register.models import Site, SiteTag


def tags_ever(sites: Iterable[Site]) -> Sequence[SiteTag]:
    """What these sites, found in the scope, are and were marked with, the latest first."""
    rows = SiteTag.objects.filter(site__in=[site.id for site in sites])
    return list(rows.select_related("site", "set_by", "set_for", "removed_by").order_by("-set_at", "-id"))
