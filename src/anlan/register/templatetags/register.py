"""What templates ask of a row of the register."""

from typing import Any

from django import template

from anlan.authz.choices import RegionLevel
from anlan.authz.permissions import Permission
from anlan.register import grid_pages, ledgers, tags

register = template.Library()


@register.filter
def with_township(region: Any) -> str:
    """古城街道 文化社区: a village is called with its township."""
    return f"{region.parent.name} {region.name}" if region.level == RegionLevel.VILLAGE else region.name


@register.simple_tag
def tags_of(found: Any) -> list[tags.Tag]:
    """The tags of an enterprise or a site that was read ``with_names``."""
    return tags.tags_of(found.tag_kinds, is_key=found.is_key)


@register.simple_tag
def gaps_of(site: Any) -> list[str]:
    """What a site lacks that was read ``with_gaps``."""
    return ledgers.gaps_of(site)


@register.simple_tag
def kept_of(site: Any) -> list[grid_pages.Kept]:
    """Who looks after a site that was read ``with_keepers``."""
    return grid_pages.kept_of(site)


@register.simple_tag(takes_context=True)
def may_merge(context: Any) -> bool:
    """Whether the acting person may bring enterprises together."""
    return bool(context["request"].actor.can(Permission.ENTERPRISE_MERGE))
