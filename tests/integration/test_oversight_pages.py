"""统计: the page, the rows behind its numbers, the Excel file."""

import re
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from anlan.jobs import api as jobs
from anlan.jobs.models import Job
from anlan.oversight.catalogue import INDICATORS
from anlan.oversight.overview import TILES
from tests.factories.matters import Matters
from tests.integration.test_checks import checklist, inspect, self_check  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

OVERVIEW = "/oversight/"


@pytest.fixture
def county(cast, checklist):  # noqa: F811
    """Two closed, one open, one general self-check, two checks."""
    by = Matters(cast)
    by.closed()
    by.closed()
    by.rectifying()
    by.registered()
    inspect(cast.dept, cast.sites["firm"], checklist)
    self_check(cast, checklist, (1,))
    return cast


def tiles_of(page: str) -> int:
    return len(re.findall(r'class="tile[ "]', page))


def links_of(page: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'href="(/oversight/indicators/[^"]+)"', page)]


def test_every_number_of_the_page_opens_its_rows(county, client_of):
    client = client_of("county")
    page = client.get(OVERVIEW).content.decode()
    assert tiles_of(page) == len(TILES)
    assert "66.67" in page
    links = links_of(page)
    assert len(links) > len(TILES)
    assert {client.get(link).status_code for link in set(links)} == {200}
    rows = client.get("/oversight/indicators/rectification_rate/numerator").content.decode()
    assert "共 <b>2</b> 件" in rows
    assert "66.67%" in rows


@pytest.mark.parametrize("who", ["leader", "dept", "special", "town", "village", "firm", "expert", "city"])
def test_everybody_has_the_page(county, client_of, who):
    page = client_of(who).get(OVERVIEW).content.decode()
    assert tiles_of(page) == len(TILES)
    assert ("排查渠道" in page) == (who != "firm")


def test_each_table_is_gone_through_once(county, client_of):
    """For all tiles, splits and the trend; what happened to a matter is looked up once for each kind of event."""
    with CaptureQueriesContext(connection) as captured:
        client_of("county").get(OVERVIEW)
    counting = [query["sql"] for query in captured.captured_queries if "GROUPING SETS" in query["sql"]]
    assert len(counting) == len({id(m.population) for one in INDICATORS.values() for m in one.measures})
    of_matters = [sql for sql in counting if "GROUPING(" in sql]
    assert [sql.count('FROM "hidden_dangers_hiddendanger"') for sql in of_matters] == [1]
    assert of_matters[0].count('FROM "processes_event"') == 2


def test_filters_narrow_and_say_what_they_cannot(county, client_of):
    page = client_of("county").get(f"{OVERVIEW}?source=GRID_PATROL&region=331082001").content.decode()
    assert "检查次数、检查企业数、次均发现隐患、企业自查发现不能按所选条件缩小" in page
    assert "这段时间没有隐患" in page or "0" in page
    wrong = client_of("county").get(f"{OVERVIEW}?from=2026-02-02&to=2026-02-01")
    assert wrong.status_code == 200
    assert "起始日期不能晚于截止日期" in wrong.content.decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("?region=331081", 404),
        ("indicators/found/denominator", 404),
        ("indicators/fame/numerator", 404),
        ("indicators/found/numerator?region=331081", 404),
        ("indicators/found/numerator?split=weather", 422),
        ("indicators/checks/numerator?level=MAJOR", 422),
        ("indicators/found/numerator?split=organisation&key=nobody", 200),
    ],
)
def test_what_is_refused(cast, client_of, path, status):
    assert client_of("county").get(f"{OVERVIEW}{path}").status_code == status


def test_the_file_says_what_the_page_says(county, client_of):
    client = client_of("county")
    with jobs.inline():
        answer = client.post(reverse("oversight:export") + "?region=331082")
        jobs.run_pending()
    job = Job.objects.get()
    assert answer["Location"] == reverse("jobs:page", args=[job.id])
    content = b"".join(client.get(f"/jobs/{job.id}/result/").streaming_content)
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    assert book.sheet_names[:2] == ["指标", "按月份"]
    figures = {row[0]: row for row in book.get_sheet_by_name("指标").to_python()[4:]}
    assert figures["隐患整改率"][1:5] == [66.67, "%", 2, 3]
    assert figures["隐患整改率"][5].startswith("已销号 ÷ 发现隐患")
    by_region = book.get_sheet_by_name("按属地").to_python()
    assert by_region[4][:2] == ["古城街道", 3]
