"""Enterprises, sites and other objects by the thousand: as Excel files, imported the way an office does it."""

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, RegionLevel, Sector
from anlan.authz.models import Region
from anlan.authz.scope import acting
from anlan.demo import scenery
from anlan.demo.grids import but_some
from anlan.demo.places import COUNTY, World
from anlan.register import api as register
from anlan.sheets import api as sheets
from anlan.territory import api as territory

ENTERPRISE_HEAD = ("企业名称", "统一社会信用代码", "简称", "区划代码", "注册地址", "国民经济行业", "规模以上", "从业人数",
                   "法定代表人", "联系电话")  # fmt: skip
SITE_HEAD = ("统一社会信用代码", "场所名称", "场所地址", "区划代码", "主管行业", "经度", "纬度", "坐标来源")
OBJECT_HEAD = ("名称", "类别", "地址", "区划代码", "责任人", "责任人电话", "主管行业", "经度", "纬度", "坐标来源")
OBJECTS = (
    # kind, what it is called, sector
    (register.ObjectKind.SMALL_VENUE, "演示小餐饮", Sector.FIRE),
    (register.ObjectKind.SMALL_VENUE, "演示小超市", Sector.FIRE),
    (register.ObjectKind.RENTAL_HOUSE, "演示出租房", Sector.FIRE),
    (register.ObjectKind.SELF_BUILT_HOUSE, "演示自建房", Sector.CONSTRUCTION),
    (register.ObjectKind.CONSTRUCTION_SITE, "演示工地", Sector.CONSTRUCTION),
    (register.ObjectKind.ROAD_SECTION, "演示村道路段", Sector.ROAD_TRAFFIC),
    (register.ObjectKind.WATERS, "演示池塘", Sector.WATER),
)


def enrol(world: World, random: Random, enterprises: int, objects: int) -> None:
    """Bring the register up to so many enterprises, with a site each, and so many other objects, in one transaction.
    What is there stays."""
    actor = world.actor(world.named("临海安委办"))
    with acting(actor):
        _enrol(world, actor, random, enterprises, objects)


def _enrol(world: World, actor: Actor, random: Random, enterprises: int, objects: int) -> None:
    villages = list(territory.inside(world.county.path, levels=[RegionLevel.VILLAGE]))
    with acting(actor):
        there = register.enterprises(actor, register.EnterpriseFilters()).count()
        objects_there = register.supervised_objects(actor, register.ObjectFilters()).count()
    rows = [_enterprise(random, number, random.choice(villages)) for number in range(there, enterprises)]
    _bring(actor, "enterprises", ENTERPRISE_HEAD, (row for row, _ in rows))
    _bring(actor, "sites", SITE_HEAD, (row for _, row in rows))
    _bring(actor, "objects", OBJECT_HEAD, _objects(world, random, villages, objects_there, objects))
    if rows:
        _let_join(actor)


def _enterprise(random: Random, number: int, village: Region) -> tuple[Sequence[Any], Sequence[Any]]:
    """The lines of an enterprise and of its site."""
    kind = random.choices(scenery.KINDS, [k.weight for k in scenery.KINDS])[0]
    name = f"{random.choice(scenery.PREFIXES)}{number + 1:03d}号{kind.suffix}"
    code = scenery.credit_code(COUNTY, number + 1)
    address = f"{village.name}演示路 {number + 1} 号"
    employees = random.choice([8, 15, 26, 40, 65, 120, 260, 480])
    size = "规上" if employees >= 120 else "规下"
    longitude, latitude = scenery.position(random, village.code[:9])
    sectors = "、".join(dict.fromkeys((str(Sector(kind.sector).label), str(Sector.FIRE.label))))
    enterprise = (name, code, name.removesuffix("有限公司"), village.code, address, kind.industry, size,
                  employees, scenery.person(random), f"199{number % 10**8:08d}")  # fmt: skip
    return enterprise, (code, "主厂区", address, village.code, sectors, str(longitude), str(latitude), "手机定位")


def _objects(
    world: World, random: Random, villages: Sequence[Region], there: int, wanted: int
) -> Iterator[Sequence[Any]]:
    regulated = {sector for o in world.of_kind(OrganisationKind.DEPARTMENT, OrganisationKind.FIRE_RESCUE)
                 for sector in o.sectors}  # fmt: skip
    for number in range(there, wanted):
        kind, name, sector = OBJECTS[number % len(OBJECTS)]
        village = random.choice(villages)
        longitude, latitude = scenery.position(random, village.code[:9])
        yield (
            f"{village.name}{name} {number + 1} 号", str(kind.label), f"{village.name}演示路 {random.randint(1, 200)} 号",
            village.code, scenery.person(random), f"199{random.randint(0, 10**8 - 1):08d}",
            str(sector.label) if sector in regulated else "", str(longitude), str(latitude), "手机定位",
        )  # fmt: skip


def _bring(actor: Actor, kind: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Import a file of these rows. ValueError when a row is refused: then the demo is wrong."""
    lines = list(rows)
    if not lines:
        return
    with acting(actor), TemporaryDirectory() as folder:
        upload = SimpleUploadedFile("演示底册.xlsx", _book(head, lines))
        entry = sheets.upload(actor=actor, kind_code=kind, file=upload)
        bad = Path(folder) / "bad.xlsx"
        entry = sheets.run_import(actor=actor, import_id=entry.id, bad_rows=bad, progress=lambda done, total: None)
        if entry.bad_count:
            raise ValueError(f"{entry.bad_count} rows of {kind}: {entry.first_bad[:2]}")


def _book(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([head, *rows]):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def _let_join(actor: Actor) -> None:
    """Sites and objects join the grids of their villages; some are left for the page of gaps."""
    with acting(actor):
        joining = but_some(actor)
    with acting(actor):  # at once: who is in no grid is asked before anybody is in one
        register.assign_by_place(actor=actor, ids=joining)
