"""Tags of sites, and the list of sites: actions, rule and tag as one, pages, export, API."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anlan.authz.scope import acting
from anlan.jobs import api as jobs
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, NotInScope
from anlan.register import actions, selectors
from anlan.register import api as register
from anlan.register.models import SiteTag
from tests.factories.cast import Cast

JSON = "application/json"


def tag(cast: Cast, kind: str = "CONFINED_SPACE", key: str = "firm", **more: Any) -> actions.Tagged:
    with acting(cast.county) as actor:
        return actions.tag_sites(actor=actor, site_ids=[cast.sites[key].id], kind=kind, **more)


def found(cast: Cast, **filters: Any) -> set[str]:
    with acting(cast.county) as actor:
        return {site.name for site in selectors.sites(actor, selectors.SiteFilters(**filters))}


def plain_site(cast: Cast, **more: Any) -> register.Site:
    """A site that no rule calls key."""
    region = cast.regions["331082001001"]
    with acting(cast.town) as actor:
        enterprise = register.register_enterprise(
            actor=actor, facts=register.EnterpriseFacts(name="古城小五金店", region_id=region.id)
        )
        facts = register.SiteFacts(name="五金店", address="巷口 3 号", region_id=region.id, **more)
        return register.register_site(actor=actor, enterprise_id=enterprise.id, facts=facts)


class TestActions:
    def test_a_list_is_one_entry_and_keeps_the_day_it_has(self, cast: Cast) -> None:
        yesterday = clock.today() - timedelta(days=1)
        tag(cast, since_on=yesterday, note="有污水池")
        both = [cast.sites["firm"].id, cast.sites["firm2"].id]
        with acting(cast.county) as actor:
            before = LedgerEntry.objects.count()
            done = actions.tag_sites(actor=actor, site_ids=both, kind="CONFINED_SPACE")
            entry = LedgerEntry.objects.order_by("-seq")[0]
            assert LedgerEntry.objects.count() == before + 1
            days = dict(SiteTag.objects.values_list("site", "since_on"))
        assert (done.changed, done.unchanged) == (1, 1)
        assert entry.event == "site_tags.set"
        assert entry.payload["count"] == 1
        assert entry.region_path == cast.sites["firm2"].region_path
        assert days == {both[0]: yesterday, both[1]: clock.today()}

    def test_taken_off_it_stays_in_the_history(self, cast: Cast) -> None:
        tag(cast)
        with acting(cast.county) as actor:
            ids = [cast.sites["firm"].id]
            done = actions.untag_sites(actor=actor, site_ids=ids, kind="CONFINED_SPACE", note="池子填了")
            again = actions.untag_sites(actor=actor, site_ids=ids, kind="CONFINED_SPACE", note="池子填了")
            kept = SiteTag.objects.get()
        assert (done.changed, again.changed, again.unchanged) == (1, 0, 1)
        assert (kept.removed_on, kept.removed_note) == (clock.today(), "池子填了")
        assert found(cast, tag="CONFINED_SPACE") == set()
        assert tag(cast).changed == 1

    @pytest.mark.parametrize(
        ("more", "pointer"),
        [
            ({"kind": "NO_SUCH"}, "/kind"),
            ({"since_on": clock.today() + timedelta(days=1)}, "/since_on"),
            ({"note": "长" * 201}, "/note"),
        ],
    )
    def test_says_what_is_wrong(self, cast: Cast, more: dict[str, Any], pointer: str) -> None:
        with pytest.raises(Invalid) as caught:
            tag(cast, **{"kind": "CONFINED_SPACE", **more})
        assert caught.value.errors[0].pointer == pointer

    def test_only_inside_the_scope_and_by_those_who_keep_the_register(self, cast: Cast) -> None:
        ids = [cast.sites["firm2"].id]
        with acting(cast.town) as actor, pytest.raises(NotInScope):
            actions.tag_sites(actor=actor, site_ids=ids, kind="CONFINED_SPACE")
        with acting(cast.firm2) as actor, pytest.raises(Forbidden):
            actions.tag_sites(actor=actor, site_ids=ids, kind="CONFINED_SPACE")
        with acting(cast.county) as actor, pytest.raises(Invalid):
            actions.untag_sites(actor=actor, site_ids=ids, kind="CONFINED_SPACE", note=" ")


def test_key_is_one_thing_by_rule_or_by_tag(cast: Cast) -> None:
    site = plain_site(cast)
    assert found(cast, tag="KEY_SITE") == {"江南机械厂区", "东湖化工厂区"}
    with acting(cast.county) as actor:
        actions.tag_sites(actor=actor, site_ids=[site.id], kind="KEY_SITE")
        missing = {one.name for one in register.key_sites_without_official(actor)}
        shown = {
            one.name: [t.kind for t in register.tags_of(one.tag_kinds, is_key=one.is_key)]
            for one in selectors.sites(actor, selectors.SiteFilters()).with_names()
        }
    assert found(cast, tag="KEY_SITE") == {"江南机械厂区", "东湖化工厂区", "五金店"}
    assert missing == {"江南机械厂区", "东湖化工厂区", "五金店"}
    assert shown["五金店"] == shown["江南机械厂区"] == ["KEY_SITE"]


def test_a_tag_goes_where_its_site_goes(cast: Cast) -> None:
    site = plain_site(cast)
    with acting(cast.county) as actor:
        actions.tag_sites(actor=actor, site_ids=[site.id], kind="ALCOHOL_STORAGE")
        changes = {"region_id": cast.regions["331082001002"].id}
        moved = register.edit_site(actor=actor, site_id=site.id, changes=changes)
        assert SiteTag.objects.get(site=site).region_path == moved.region_path


def test_what_nobody_looks_after(cast: Cast) -> None:
    plain_site(cast)
    assert found(cast, gap="regulator") == {"五金店"}
    assert found(cast, gap="grid") == found(cast, gap="any") == {"五金店", "江南机械厂区", "东湖化工厂区"}
    assert found(cast, gap="local_unit") == set()
    town2 = cast.organisations["大洋街道"]
    town2.valid_to = clock.today() - timedelta(days=1)
    town2.save()
    assert found(cast, gap="local_unit") == {"东湖化工厂区"}


class TestPages:
    def test_ticked_sites_are_counted_before_they_are_marked(self, cast: Cast, client_of: Any) -> None:
        client: Client = client_of("county")
        ids = [str(cast.sites["firm"].id), str(cast.sites["firm2"].id)]
        asked = client.post("/enterprises/sites/tag/", {"ids": ids})
        assert "共 2 处场所" in asked.content.decode()
        assert "江南机械" in asked.content.decode()
        sent = {"ids": ids, "kind": "COMBUSTIBLE_DUST", "since_on": clock.today().isoformat(), "note": "抛光"}
        assert client.post("/enterprises/sites/tag/", sent).status_code == 303
        page = client.get("/enterprises/sites/?tag=COMBUSTIBLE_DUST").content.decode()
        assert page.count('<span class="tag">粉尘涉爆</span>') == 2
        listed = client.get("/enterprises/?tag=COMBUSTIBLE_DUST").content.decode()
        assert listed.count('<span class="tag">粉尘涉爆</span>') == 2
        home = client.get(f"/enterprises/{cast.enterprises['firm'].id}/").content.decode()
        assert '<span class="tag">粉尘涉爆</span>' in home
        gone = {"ids": ids[:1], "kind": "COMBUSTIBLE_DUST", "removed_on": clock.today().isoformat(), "note": "已停"}
        assert client.post("/enterprises/sites/untag/", gone).status_code == 303
        history = client.get(f"/enterprises/{cast.enterprises['firm'].id}/history/").content.decode()
        assert "已停" in history
        assert "陈安委" in history
        assert (
            "陈安委"
            not in client_of("firm").get(f"/enterprises/{cast.enterprises['firm'].id}/history/").content.decode()
        )

    def test_nothing_ticked_is_said(self, cast: Cast, client_of: Any) -> None:
        client = client_of("county")
        assert "还没有勾选" in client.post("/enterprises/sites/tag/").content.decode()
        sent = {"kind": "CONFINED_SPACE", "since_on": clock.today().isoformat()}
        assert "请先勾选场所" in client.post("/enterprises/sites/tag/", sent).content.decode()

    def test_the_list_is_taken_away(self, cast: Cast, client_of: Any) -> None:
        tag(cast)
        client = client_of("county")
        with jobs.inline():
            answer = client.post("/enterprises/sites/export/?tag=CONFINED_SPACE")
            jobs.run_pending()
        result = client.get(f"{answer['Location']}result/")
        assert result.status_code == 200
        assert b"".join(result.streaming_content).startswith(b"PK")


class TestApi:
    def test_set_read_and_remove(self, cast: Cast, client_of: Any) -> None:
        client = client_of("county")
        sent = {"sites": [str(cast.sites["firm"].id)], "kind": "OUTSOURCED_WORK"}
        assert client.post("/api/v1/site-tags/set", sent, JSON).json() == {"changed": 1, "unchanged": 0}
        site = client.get(f"/api/v1/sites/{cast.sites['firm'].id}").json()
        firm = client.get("/api/v1/enterprises?tag=OUTSOURCED_WORK").json()["items"]
        assert [one["kind"] for one in site["tags"]] == ["KEY_SITE", "OUTSOURCED_WORK"]
        assert [(one["name"], one["tags"][1]["label"]) for one in firm] == [("临海市江南机械制造有限公司", "外包作业")]
        assert client.get("/api/v1/sites?tag=OUTSOURCED_WORK&gap=grid").json()["count"] == 1
        assert client.post("/api/v1/site-tags/remove", {**sent, "note": "撤场"}, JSON).json()["changed"] == 1
        assert client.get("/api/v1/sites?tag=OUTSOURCED_WORK").json()["count"] == 0
        assert {one["kind"] for one in client.get("/api/v1/site-tags").json()} >= {"KEY_SITE", "AMMONIA_REFRIGERATION"}
