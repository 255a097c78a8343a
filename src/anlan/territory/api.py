"""The territory's door for other slices."""

from anlan.territory.selectors import (
    ancestors,
    breadcrumb,
    children,
    find_region,
    inside,
    paths_above,
    region,
    regions,
    regions_of,
    search_regions,
)

__all__ = [
    "ancestors",
    "breadcrumb",
    "children",
    "find_region",
    "inside",
    "paths_above",
    "region",
    "regions",
    "regions_of",
    "search_regions",
]
