"""``anlan load_grids --county 331082``: one 综合网格 for the county, each township and each village."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from anlan.authz.actors import system_actor
from anlan.authz.choices import RegionLevel
from anlan.authz.scope import acting
from anlan.lib.refusals import NotInScope
from anlan.territory.grids.actions import load_grids
from anlan.territory.selectors import find_region


class Command(BaseCommand):
    help = "按区划建立默认的综合网格：县、每个乡镇（街道）、每个村（社区）各一个。可重复执行，已有的不改。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--county", nargs="+", required=True, metavar="CODE", help="县（市、区）的 6 位区划代码")

    def handle(self, *args: Any, **options: Any) -> None:
        for code in options["county"]:
            try:
                county = find_region(code)
            except NotInScope as unknown:
                raise CommandError(f"没有代码为 {code} 的区划，请先执行 anlan load_regions。") from unknown
            if county.level != RegionLevel.COUNTY:
                raise CommandError(f"{county.name}不是县（市、区）。")
            actor = system_actor(county)
            with acting(actor):
                load = load_grids(actor=actor, county=county)
            self.stdout.write(f"{county.name} 综合网格 {load.found}（新增 {load.added}）")
