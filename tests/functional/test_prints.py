"""What is printed: one enterprise on exactly one A4, a signed list on A4 landscape with its head on every page."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from anlan.authz.scope import acting
from anlan.lib import clock
from anlan.register import api as register
from anlan.supervision import actions
from anlan.supervision.periods import Period
from tests.functional.conftest import World
from tests.functional.visitor import Visitor

pytestmark = pytest.mark.functional
People = Callable[..., Visitor]

LONG = "浙江省台州市临海市某某工业园区某某大道一千零一号第三栋标准厂房东侧二层"


@pytest.fixture(scope="module")
def busy(world: World) -> str:
    """firm2 with more of everything than a page holds, each text as long as it may be."""
    cast, matters = world.cast, world.matters
    firm, site = cast.enterprises["firm2"], cast.sites["firm2"]
    with acting(cast.county):
        people = tuple(
            register.PersonFacts(name=f"欧阳安全第{n}号负责人", post="SAFETY_MANAGER", phone=f"1390000{n:04}")
            for n in range(40)
        )
        register.edit_site(actor=cast.county, site_id=site.id, changes={"people": people, "address": LONG * 3})
        for name in (f"{LONG}有限责任公司", firm.name):
            changes = {"name": name, "registered_address": LONG * 4, "legal_representative": "欧阳" * 20}
            register.edit_enterprise(actor=cast.county, enterprise_id=firm.id, changes=changes)
        for n in range(9):
            facts = register.SiteFacts(name=f"第{n}分厂{LONG}", address=LONG, region_id=site.region_id)
            register.register_site(actor=cast.county, enterprise_id=firm.id, facts=facts)
        register.tag_sites(actor=cast.county, site_ids=[site.id], kind="CONFINED_SPACE", since_on=date(2026, 1, 5))
        for n in range(9):
            paper = register.LicenceFacts(kind="OTHER", number=f"{n}{LONG}", title=LONG, valid_from=date(2026, 1, 5))
            register.register_licence(actor=cast.county, enterprise_id=firm.id, facts=paper)
    with clock.at(datetime(2026, 9, 20, 2, tzinfo=UTC)):
        for n in range(14):
            matters.confirmed(cast.town2, site_id=site.id, description=f"第{n}件：{LONG * 4}")
    return str(firm.id)


def pages(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page, in points."""
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == len(re.findall(rb"/MediaBox", pdf))
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(float(width), float(height)) for width, height in boxes]


def test_one_enterprise_is_one_page(world: World, busy: str, visitor: People) -> None:
    county = visitor("county")
    for enterprise_id in (str(world.cast.enterprises["firm"].id), busy):
        county.goes(f"/enterprises/{enterprise_id}/dossier/")
        [(width, height)] = pages(county.page.pdf(prefer_css_page_size=True))
        assert (round(width), round(height)) in {(595, 842), (594, 842), (595, 841), (596, 842)}
    said = county.page.locator(".dossier h2").all_inner_texts()
    assert sum("共 " in text for text in said) >= 4, said
    assert county.page.get_by_role("row", name="标签 ").get_by_text("有限空间").is_visible()
    assert county.page.locator(".dossier tbody tr").count() > 22


def test_a_signed_list_is_landscape(world: World, busy: str, visitor: People) -> None:
    cast, period = world.cast, Period.read("2026-09")
    assert period is not None
    with acting(cast.town2):
        signed = actions.sign_list(actor=cast.town2, period=period, signatory="吴分管", post="副主任")
    county = visitor("county").goes(f"/signed-lists/{signed.id}/print")
    found = pages(county.page.pdf(prefer_css_page_size=True))
    assert len(found) > 1
    assert all(width > height for width, height in found)
    head = county.page.locator("thead")
    county.page.emulate_media(media="print")
    assert head.evaluate("head => getComputedStyle(head).display") == "table-header-group"
