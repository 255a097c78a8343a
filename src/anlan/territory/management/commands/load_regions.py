"""``anlan load_regions [--county 331082 …]``: provinces to townships of the whole country, villages where deployed."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from anlan.authz.actors import system_actor
from anlan.authz.choices import RegionLevel
from anlan.authz.models import Region
from anlan.authz.scope import acting
from anlan.territory.actions import RegionLoad, load_regions
from anlan.territory.reference import read_divisions

DIVISIONS = Path(settings.BASE_DIR).parents[1] / "data" / "reference" / "divisions"
# Not a row: the path above all provinces, so that the act of loading them has a place in the ledger.
COUNTRY = Region(name="全国", path="/", wall_path="/")


class Command(BaseCommand):
    help = "载入行政区划（省、市、县、乡镇）；--county 所列各县另载入村（社区）。可重复执行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--county", nargs="+", default=[], metavar="CODE", help="部署县的 6 位区划代码")
        parser.add_argument("--villages", type=Path, help="村级数据文件（code,name 两列），默认用自带数据")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = system_actor(COUNTRY)
        divisions = read_divisions(DIVISIONS, options["county"], options["villages"])
        try:
            with acting(actor):
                load = load_regions(actor=actor, divisions=divisions)
        except FileNotFoundError as missing:
            raise CommandError(
                f"没有找到数据文件 {missing.filename}；其他县请用 --villages 指定村级数据。"
            ) from missing
        self.stdout.write("\n".join(report(load)))


def report(load: RegionLoad) -> list[str]:
    """One line a level: ``县（市、区） 2978（新增 0，更名 0）``."""
    return [
        f"{level.label} {load.found[level]}（新增 {load.added[level]}，更名 {load.renamed[level]}）"
        for level in RegionLevel
    ]
