"""Dictionaries of the grids. Labels are what a person reads."""

from django.db.models import TextChoices


class GridKind(TextChoices):
    """DOMAIN §1. A site is in one grid of a kind at a time; sector grids: one for each sector (D25)."""

    COMPREHENSIVE = "COMPREHENSIVE", "综合网格"
    EXCLUSIVE = "EXCLUSIVE", "专属网格"
    SECTOR = "SECTOR", "行业网格"
    MICRO = "MICRO", "微网格"


class GridLevel(TextChoices):
    """市–镇–村–企 (requirements S1-05)."""

    CITY = "CITY", "市（县）级"
    TOWNSHIP = "TOWNSHIP", "镇（街）级"
    VILLAGE = "VILLAGE", "村（社区）级"
    ENTERPRISE = "ENTERPRISE", "企业级"


class GridPost(TextChoices):
    """Posts inside a grid (requirements S1-08, S1-10, S1-11, S0-17)."""

    GRID_LEADER = "GRID_LEADER", "网格长"
    GRID_MEMBER = "GRID_MEMBER", "网格员"
    INSTRUCTOR = "INSTRUCTOR", "网格指导员"
    SECTOR_INSTRUCTOR = "SECTOR_INSTRUCTOR", "业务指导员"
    SAFETY_SUPERVISOR = "SAFETY_SUPERVISOR", "监督员"
    INFORMATION_OFFICER = "INFORMATION_OFFICER", "信息员"
    PUBLICITY_OFFICER = "PUBLICITY_OFFICER", "宣传员"


HOLDING_POSTS = (GridPost.GRID_LEADER, GridPost.GRID_MEMBER)
"""Whoever is in one of these looks every day: a grid with nobody there has no holder (S0-60)."""
