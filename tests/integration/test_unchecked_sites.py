"""从未检查、一年没有检查: whose visits count, the page, the export, the API."""

from datetime import timedelta
from typing import Any

from anlan.authz.scope import acting
from anlan.inspections import api as checks
from anlan.inspections import selectors
from anlan.inspections.models import CheckRecord
from anlan.jobs import api as jobs
from anlan.lib import clock
from tests.factories.cast import Cast


def visited(cast: Cast, key: str = "firm", **columns: Any) -> None:
    """A filed visit of the township; ``columns`` make it another one."""
    with acting(cast.town) as actor:
        start = checks.Start(act_class=checks.ActClass.SERVICE_VISIT, site_id=cast.sites[key].id)
        check = checks.begin(actor=actor, start=start)
        CheckRecord.objects.filter(id=check.id).update(**{"status": "FILED", "filed_at": clock.now(), **columns})


def unchecked(cast: Cast, who: str = "county", **filters: Any) -> list[str]:
    with acting(cast.actors[who]) as actor:
        return [site.name for site in selectors.unchecked_sites(actor, selectors.UncheckedFilters(**filters))]


def test_a_visit_counts_for_everybody_and_a_secret_one_for_nobody(cast: Cast) -> None:
    assert unchecked(cast) == ["江南机械厂区", "东湖化工厂区"]
    visited(cast, concealed=True)
    assert len(unchecked(cast, "dept")) == 2
    visited(cast)
    assert unchecked(cast) == unchecked(cast, "dept") == ["东湖化工厂区"]
    with clock.at(clock.now() + timedelta(days=367)):
        assert unchecked(cast) == ["东湖化工厂区", "江南机械厂区"]
        assert unchecked(cast, unchecked="year") == ["江南机械厂区"]
        assert unchecked(cast, unchecked="never") == ["东湖化工厂区"]


def test_page_export_and_api(cast: Cast, client_of: Any) -> None:
    client = client_of("county")
    page = client.get("/checks/unchecked?tag=KEY_SITE").content.decode()
    assert page.count("从未检查</span>") == 2
    with jobs.inline():
        answer = client.post("/checks/unchecked/export?unchecked=never")
        jobs.run_pending()
    assert b"".join(client.get(f"{answer['Location']}result/").streaming_content).startswith(b"PK")
    found = client.get("/api/v1/unchecked-sites?unchecked=never&region=331082001").json()
    assert [one["name"] for one in found["items"]] == ["江南机械厂区"]
    assert client.get("/api/v1/unchecked-sites?region=999").status_code == 422
