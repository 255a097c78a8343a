"""The frame of every page: who acts (from accounts), and the navigation by the work people do."""

from dataclasses import fields, replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from anlan.accounts import api as accounts
from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.http.api import actor_or_none
from anlan.live import api as live
from anlan.ui.shell import NavigationItem, Shell, with_active

PLACES = (
    # label, name of the address, icon, permission
    ("待办", "desk:home", "check2-square", Permission.DESK_VIEW),
    ("隐患", "hidden_dangers:list", "hidden-danger", Permission.HIDDEN_DANGER_VIEW),
    ("检查", "inspections:list", "clipboard-check", Permission.CHECK_VIEW),
    ("督办", "supervision:ledger", "megaphone", Permission.SUPERVISION_LISTING_VIEW),
    ("清单", "signed_lists:board", "pen", Permission.SIGNED_LIST_VIEW),
    ("活动", "safeguards:board", "flag", Permission.SAFEGUARD_VIEW),
    ("企业", "register:enterprise-list", "building", Permission.ENTERPRISE_VIEW),
    ("对象", "objects:list", "geo-alt", Permission.OBJECT_VIEW),
    ("网格", "grids:list", "grid-3x3-gap", Permission.GRID_VIEW),
    ("地图", "desk:map", "map", Permission.GRID_VIEW),
    ("统计", "oversight:overview", "bar-chart", Permission.INDICATOR_VIEW),
)
TOOLS = (
    ("消息", "notify:inbox", "bell", Permission.DESK_VIEW),
    ("规则", "desk:rules", "journal-text", Permission.RULE_VIEW),
    ("导入", "sheets:list", "upload", Permission.SHEET_IMPORT),
    ("账号", "users:list", "people", Permission.ACCOUNT_ADMINISTER),
    ("任务", "jobs:list", "folder2-open", Permission.JOB_VIEW),
)
UNGROUPED = 10
"""More places than these are parted into the work and its tools."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """What accounts says of the person, with the navigation of the acting grant and the search."""
    context = accounts.shell(request)
    actor = actor_or_none(request)
    if actor is None:
        return context
    base = context["shell"]
    return {**context, "shell": SimpleLazyObject(lambda: _furnished(base, actor, request))}


def _furnished(base: Shell, actor: Actor, request: HttpRequest) -> Shell:
    kept = {field.name: getattr(base, field.name) for field in fields(Shell)}
    added = {
        "navigation": _marked(navigation(actor), request.path),
        "home_url": reverse("desk:home"),
        "search_url": reverse("desk:search"),
        "live_url": live.stream_url(request),
    }
    return Shell(**{**kept, **added})


def navigation(actor: Actor) -> list[NavigationItem]:
    """The places this actor may go to, the work before its tools."""
    work, tools = ([place for place in places if actor.can(place[3])] for places in (PLACES, TOOLS))
    group = "工具" if len(work) + len(tools) > UNGROUPED else ""
    return [
        *(NavigationItem(label, reverse(name), icon) for label, name, icon, _ in work),
        *(NavigationItem(label, reverse(name), icon, group=group) for label, name, icon, _ in tools),
    ]


def _marked(items: list[NavigationItem], path: str) -> list[NavigationItem]:
    """The home is the beginning of every address: it is where one is only on its own page."""
    home, *others = items
    return [replace(home, active=path == home.url), *with_active(others, path)]
