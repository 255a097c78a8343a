"""What holds for every enterprise and site, however it came to be; see ``hidden_dangers.invariants``."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q, QuerySet

from anlan.authz.actors import Actor
from anlan.authz.participation import has_other_than_enterprises
from anlan.lib import clock
from anlan.processes.api import Breach
from anlan.processes.api import invariants as processes
from anlan.register.models import Enterprise, ObjectGrid, Site, SiteGrid, SupervisedObject


def check_enterprises(actor: Actor) -> Iterator[Breach]:
    yield from _breaches(Enterprise.objects.visible_to(actor))


def check_sites(actor: Actor) -> Iterator[Breach]:
    yield from _breaches(Site.objects.visible_to(actor))


def _breaches(rows: QuerySet[Any]) -> Iterator[Breach]:
    yield from processes.broken_rows(rows, {"属地的路径不符": ~Q(region_path=F("region__path"))}, "name")
    yield from processes.named(rows.filter(has_other_than_enterprises()), "有企业以外的单位参与", "name")


def check_grid_places(actor: Actor) -> Iterator[Breach]:
    rules = {
        "网格归属的类别与网格不符": ~Q(kind=F("grid__kind")) | ~Q(sector=F("grid__sector")),
        "还在已撤销的网格里": Q(left_at=None, grid__valid_to__lt=clock.today()),
        "划出时间早于划入时间": Q(left_at__lt=F("joined_at")),
    }
    yield from processes.broken_rows(SiteGrid.objects.visible_to(actor), rules, "site__name")
    rules["网格归属的位置与监管对象不符"] = ~Q(region_path=F("supervised_object__region_path"))
    yield from processes.broken_rows(ObjectGrid.objects.visible_to(actor), rules, "supervised_object__name")


def check_objects(actor: Actor) -> Iterator[Breach]:
    rules = {"属地的路径不符": ~Q(region_path=F("region__path"))}
    yield from processes.broken_rows(SupervisedObject.objects.visible_to(actor), rules, "name")


def count_grid_places(actor: Actor) -> int:
    return SiteGrid.objects.visible_to(actor).count() + ObjectGrid.objects.visible_to(actor).count()


def count_objects(actor: Actor) -> int:
    return SupervisedObject.objects.visible_to(actor).count()


def count_enterprises(actor: Actor) -> int:
    return Enterprise.objects.visible_to(actor).count()


def count_sites(actor: Actor) -> int:
    return Site.objects.visible_to(actor).count()


def register_invariants() -> None:
    """Called when Django is ready."""
    processes.register_invariants(processes.Kind("企业", "家", count_enterprises, check_enterprises))
    processes.register_invariants(processes.Kind("场所", "处", count_sites, check_sites))
    processes.register_invariants(processes.Kind("监管对象", "处", count_objects, check_objects))
    processes.register_invariants(processes.Kind("网格归属", "项", count_grid_places, check_grid_places))
