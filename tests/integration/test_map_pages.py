"""The map: its numbers are those of the lists, and only of what the person sees."""

import re
from decimal import Decimal
from html import unescape

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.authz.scope import acting
from anlan.lib import clock
from anlan.register import api as register
from anlan.territory import api as territory
from tests.factories.cast import Cast
from tests.factories.matters import Matters

pytestmark = pytest.mark.django_db
MAX_QUERIES = 12


@pytest.fixture
def placed(cast: Cast) -> Cast:
    """Two more sites with positions, in two townships; the grids; a matter in each."""
    call_command("load_grids", county=["331082"], verbosity=0)
    for number, (code, x, y) in enumerate((("331082001001", "121.11", "28.85"), ("331082002001", "121.17", "28.87"))):
        with acting(cast.county) as actor:
            region = cast.regions[code]
            firm = register.register_enterprise(
                actor=actor, facts=register.EnterpriseFacts(name=f"临海市灵湖{number}号制罐厂", region_id=region.id)
            )
            facts = register.SiteFacts(
                name="<b>东厂</b>",
                address="灵湖路",
                region_id=region.id,
                longitude=Decimal(x),
                latitude=Decimal(y),
                source_crs=register.SourceCrs.WGS84,
            )
            register.register_site(actor=actor, enterprise_id=firm.id, facts=facts)
    Matters(cast).registered()
    return cast


def queries_of(client, path: str) -> int:
    with CaptureQueriesContext(connection) as context:
        assert client.get(path).status_code == 200, path
    return len([q for q in context.captured_queries if "SAVEPOINT" not in q["sql"] and "set_config" not in q["sql"]])


@pytest.mark.parametrize("name", ["county", "town", "dept", "village", "firm", "leader", "city"])
def test_costs_no_more_than_a_page_may(client_of, placed: Cast, name: str) -> None:
    client = client_of(name)
    for path in ("/map/", "/map/data/", "/map/print/"):
        client.get(path)
        assert queries_of(client, path) <= MAX_QUERIES, path


def test_every_number_opens_a_list_as_long_as_it_says(client_of, placed: Cast) -> None:
    client = client_of("county")
    page = client.get("/map/").content.decode()
    links = re.findall(r'href="(/hidden-dangers/\?[^"]*region=\d+)">(\d+)</a>', page)
    assert links, page
    for url, number in links:
        opened = client.get(url.replace("&amp;", "&")).content.decode()
        assert f"共 <b>{number}</b> 件" in opened, url


def test_townships_have_cells_inside_the_real_outline(client_of, placed: Cast) -> None:
    data = client_of("county").get("/map/data/").json()
    assert data["outline"]["type"] in ("Polygon", "MultiPolygon")
    assert {cell["name"] for cell in data["cells"]} == {"古城街道", "大洋街道"}
    assert {point["name"] for point in data["points"]} >= {"临海市灵湖0号制罐厂 <b>东厂</b>"}


def test_a_township_draws_only_its_own(client_of, placed: Cast) -> None:
    data = client_of("town").get("/map/data/").json()
    assert {cell["name"] for cell in data["cells"]} == {"文化社区"}
    assert {point["name"] for point in data["points"]} == {"临海市灵湖0号制罐厂 <b>东厂</b>"}


@pytest.mark.parametrize("path", ["/map/", "/map/data/", "/map/print/"])
def test_a_region_outside_is_not_found(client_of, placed: Cast, path: str) -> None:
    for who, code in (("town", "331082002"), ("county", "331081"), ("other", "331082"), ("county", "999999")):
        assert client_of(who).get(path, {"region": code}).status_code == 404, (who, code)


def test_the_sheet_names_who_holds_what_and_escapes_names(client_of, placed: Cast) -> None:
    page = client_of("county").get("/map/print/").content.decode()
    assert "网格监管示意图" in page
    assert "不作划界依据" in page
    assert page.count('class="cell') == 2
    assert "空岗" in page


def test_without_positions_it_says_what_to_do(client_of, cast: Cast) -> None:
    assert "还没有带位置的场所或对象" in client_of("other").get("/map/?region=331081001").content.decode()


def test_a_number_of_sites_objects_or_grids_opens_as_many_rows(client_of, placed: Cast) -> None:
    with acting(placed.county) as actor:
        facts = register.ObjectFacts(
            kind=register.ObjectKind.BRIDGE, name="平桥", address="平桥村", region_id=placed.regions["331082001001"].id
        )
        register.register_object(actor=actor, facts=facts)
    client, opened = client_of("county"), []
    for start in ("/map/", "/map/?region=331082001", "/map/?region=331082001001"):
        page = unescape(client.get(start).content.decode())
        for url, number in re.findall(r'<a href="([^"]*/(?:sites|objects|grids)/\?region=\d+)".*?>([\d,]+)<', page):
            listed = re.search(r'class="count">共 <b>([\d,]+)|<td>合计</td>\s*<td class="num">([\d,]+)',
                               client.get(url).content.decode())  # fmt: skip
            assert (start, url, (listed[1] or listed[2]) if listed else "0") == (start, url, number)
            opened.append(url)
    assert {url.split("/")[-2] for url in opened} == {"sites", "objects", "grids"}
    assert len(opened) > 10


def test_a_grid_of_the_county_itself_is_counted(client_of, placed: Cast) -> None:
    """There are no sites and no matters right in the county; its own grid is one all the same."""
    with acting(placed.county) as actor:
        number = territory.grids(actor).count()
    page = client_of("county").get("/map/print/").content.decode()
    assert f"网格 {number} 个" in page
    assert "临海市本级" in page


def test_the_sheet_names_telephones_and_officials(client_of, placed: Cast) -> None:
    with acting(placed.town) as actor:
        grid = territory.grids(actor).get(region__code="331082001")
        who = territory.PersonInPost(name="古网格", phone="13900000007")
        post = territory.Appointment(person=who, post="GRID_LEADER", valid_from=clock.today())
        territory.appoint_member(actor=actor, grid_id=grid.id, appointment=post)
        official = territory.PersonInPost(name="包联", phone="13900000008")
        facts = register.OfficialFacts(person=official, duty="副主任")
        register.name_official(actor=actor, grid_id=grid.id, facts=facts)
    page = client_of("county").get("/map/print/").content.decode()
    assert "古网格 13900000007" in page
    assert "包联副主任 13900000008" in page
    for state in ("overdue", "open", "clear", "object"):
        assert f'<b class="{state}">' in page
