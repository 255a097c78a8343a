"""Duplicates and merging: suggestions, the act with all that hangs on it, the tombstone, pages, API; confirming."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlan.authz.models import Participation
from anlan.authz.scope import acting
from anlan.hidden_dangers.models import HiddenDanger
from anlan.inspections.models import CheckRecord
from anlan.jobs import api as jobs
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refused, Stale
from anlan.register import actions, selectors
from anlan.register import api as register
from anlan.register.merging import FOLLOWERS
from anlan.register.models import Enterprise, EnterpriseMerge, Licence, Site
from anlan.register.selectors import duplicates
from tests.factories.cast import Cast
from tests.factories.matters import Matters, in_days

JSON = "application/json"


def temporary(cast: Cast, name: str = "临海江南机械制造公司", **more: Any) -> Enterprise:
    """The firm once more, as the township met it before the code was known, with a site."""
    region = cast.regions["331082001002"]
    given = {"name": name, "region_id": region.id, "short_name": "江南二厂", **more}
    with acting(cast.town) as actor:
        made = register.register_enterprise(actor=actor, facts=register.EnterpriseFacts(**given))
        site = register.SiteFacts(name="老厂区", address="井头街 9 号", region_id=region.id, sectors=("FIRE",))
        register.register_site(actor=actor, enterprise_id=made.id, facts=site)
    return made


def pairs(cast: Cast) -> list[tuple[str, str, list[str]]]:
    with acting(cast.county) as actor:
        found = duplicates.suspected_pairs(actor)
    return [(pair.keep.name, pair.other.name, pair.reasons) for pair in found]


def merge(cast: Cast, merged: Enterprise, into: str = "firm", **more: Any) -> EnterpriseMerge:
    with acting(cast.county) as actor:
        return register.merge_enterprise(
            actor=actor, merged_id=merged.id, into_id=cast.enterprises[into].id, reason="同一家", **more
        )


class TestSuggestions:
    def test_the_same_by_name_person_and_address(self, cast: Cast) -> None:
        firm = cast.enterprises["firm"]
        temporary(cast)
        temporary(
            cast, "江南分厂", legal_representative="江南机械老板", phone="0576 85110000",
            registered_address=firm.registered_address.replace(" ", ""),
        )  # fmt: skip
        assert pairs(cast) == [
            (firm.name, "江南分厂", ["法定代表人和电话相同", "注册地址相同"]),
            (firm.name, "临海江南机械制造公司", ["名称相同"]),
        ]

    def test_two_codes_are_two_and_what_was_judged_stays_judged(self, cast: Cast) -> None:
        other = temporary(cast)
        temporary(cast, "毫不相干的店")
        assert len(pairs(cast)) == 1
        with acting(cast.county) as actor:
            before = LedgerEntry.objects.count()
            for _ in range(2):
                register.mark_distinct(actor=actor, enterprise_id=cast.enterprises["firm"].id, other_id=other.id)
            assert LedgerEntry.objects.count() == before + 1
        assert pairs(cast) == []
        with acting(cast.county) as actor:
            changes = {"unified_social_credit_code": "91331082MA28GXB52L"}
            made = temporary(cast, "临海市东湖化工")
            assert len(pairs(cast)) == 1
            register.edit_enterprise(actor=actor, enterprise_id=made.id, changes=changes)
        assert pairs(cast) == []

    def test_the_same_queries_for_three_or_for_thirty(self, cast: Cast) -> None:
        def cost() -> int:
            with acting(cast.county) as actor, CaptureQueriesContext(connection) as captured:
                duplicates.suspected_pairs(actor)
            return len(captured.captured_queries)

        for number in range(3):
            temporary(cast, "古城五金店" if number else "临海江南机械制造公司")
        few = cost()
        for _ in range(9):
            temporary(cast, "古城五金店")
        assert cost() == few <= 7


class TestMerging:
    def test_everything_goes_along_in_one_entry(self, cast: Cast) -> None:
        twin = temporary(cast, registered_address="井头街 9 号")
        firm = cast.enterprises["firm"]
        party = {"id": twin.id}
        by = Matters(cast)
        with acting(cast.town):
            site = Site.objects.get(enterprise=twin)
        matter = by.registered(site_id=site.id)
        by.act(cast.town, matter, "confirm", cause="STATE", responsible_party=party)
        with acting(cast.town) as actor:
            facts = register.LicenceFacts(kind="GAS_TRADE", number="燃 7", valid_from=in_days(-9), valid_to=in_days(9))
            register.register_licence(actor=actor, enterprise_id=twin.id, facts=facts)
            before = LedgerEntry.objects.count()
        done = merge(cast, twin)
        with acting(cast.county):
            entry = LedgerEntry.objects.order_by("-seq")[0]
            assert LedgerEntry.objects.count() == before + 1
            survivor = Enterprise.objects.get(id=firm.id)
            assert Site.objects.filter(enterprise=firm).count() == 2
            assert HiddenDanger.objects.get(id=matter.id).party_enterprise_id == firm.id
            assert Licence.objects.get(number="燃 7").region_path == firm.region_path
            assert Enterprise.objects.get(id=twin.id).merged_into_id == firm.id
        assert (entry.event, entry.payload["moved"]) == ("enterprise.merged", done.moved)
        assert done.moved == {"处场所": 1, "本证照": 1, "件隐患": 1}
        assert (survivor.version, survivor.short_name) == (firm.version + 1, "江南机械")
        assert survivor.former_names == [twin.name]
        with acting(cast.county) as actor:
            found = register.enterprises(actor, register.EnterpriseFilters(q=twin.name))
            assert [one.id for one in found] == [firm.id]
        with acting(cast.firm) as actor:
            assert {one.name for one in register.sites(actor, register.SiteFilters())} == {"江南机械厂区", "老厂区"}
            mine = Participation.objects.filter(organisation=survivor.organisation, matter_id=matter.id)
            assert mine.exists()

    def test_blanks_are_filled_and_the_account_goes_over(self, cast: Cast) -> None:
        twin = temporary(cast, "太平小店", phone="13800001111", industry_code="5211")
        with acting(cast.town) as actor:
            twin = register.open_enterprise_organisation(actor=actor, enterprise_id=twin.id)
            keep = temporary(cast, "太平小店（新）", registered_address="新街 1 号")
        with acting(cast.county) as actor:
            register.merge_enterprise(actor=actor, merged_id=twin.id, into_id=keep.id, reason="同一家")
            found = Enterprise.objects.get(id=keep.id)
            entry = LedgerEntry.objects.order_by("-seq")[0]
        assert (found.phone, found.industry_id, found.registered_address) == ("13800001111", "5211", "新街 1 号")
        assert found.organisation_id == twin.organisation_id
        assert "13800001111" not in str(entry.payload)

    def test_refusals_change_nothing(self, cast: Cast) -> None:
        twin = temporary(cast)
        firm = cast.enterprises["firm"]

        def refused(
            kind: type[Exception], match: str | None, merged: Any, into: Any, who: str = "county", **more: Any
        ) -> None:
            with acting(cast.actors[who]) as actor, pytest.raises(kind, match=match):
                register.merge_enterprise(
                    actor=actor, merged_id=merged.id, into_id=into.id, **{"reason": "同一家", **more}
                )

        refused(Refused, "请保留它", firm, twin)
        refused(Refused, "两个法人", firm, cast.enterprises["firm2"])
        refused(Refused, "各县", twin, cast.enterprises["other_firm"], who="city")
        refused(NotInScope, None, twin, cast.enterprises["other_firm"])
        refused(Forbidden, None, twin, firm, who="town")
        refused(Invalid, None, twin, twin)
        refused(Invalid, None, twin, firm, reason=" ")
        refused(Stale, None, twin, firm, if_versions=frozenset({9}))
        with acting(cast.county):
            assert not EnterpriseMerge.objects.exists()

    def test_what_stands_in_the_way_is_said(self, cast: Cast) -> None:
        twin = temporary(cast)
        with acting(cast.county) as actor:
            facts = register.LicenceFacts(kind="GAS_TRADE", number="燃 7", valid_from=in_days(-9))
            for one in (twin, cast.enterprises["firm"]):
                register.register_licence(actor=actor, enterprise_id=one.id, facts=facts)
            register.register_tenancy(
                actor=actor, tenant_site_id=cast.sites["firm"].id, landlord_id=twin.id, valid_from=in_days(-9)
            )
        with pytest.raises(Refused, match="燃 7") as caught:
            merge(cast, twin)
        assert "租赁" in caught.value.reason

    def test_nothing_is_done_to_a_tombstone(self, cast: Cast) -> None:
        twin = temporary(cast)
        merge(cast, twin)
        with acting(cast.county) as actor:
            with pytest.raises(NotInScope):
                register.edit_enterprise(actor=actor, enterprise_id=twin.id, changes={"short_name": "新"})
            listed = {one.id for one in register.enterprises(actor, register.EnterpriseFilters())}
            assert selectors.enterprise_called(actor, twin.name) is None
        assert twin.id not in listed
        again = temporary(cast, "江南第三处")
        merge(cast, again)
        assert pairs(cast) == []


def test_every_reference_to_an_enterprise_follows_it() -> None:
    """A table that names an enterprise and is not told to follow would be left with the tombstone."""
    followed = {(one.rows(Enterprise().id).model, one.column) for one in FOLLOWERS[Enterprise].values()}
    excused = {
        (Enterprise, "merged_into_id"),
        (EnterpriseMerge, "merged_id"),
        *((apps.get_model("register", "DistinctPair"), column) for column in ("first_id", "second_id")),
    }
    references = {
        (relation.related_model, relation.field.attname)
        for relation in Enterprise._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and relation.related_model.__module__.startswith("anlan.")
    }
    assert references - followed - excused == set()
    assert (CheckRecord, "enterprise_id") in references


class TestPages:
    def test_from_the_pair_to_one(self, cast: Cast, client_of: Any) -> None:
        twin, firm = temporary(cast), cast.enterprises["firm"]
        client: Client = client_of("county")
        assert "名称相同" in client.get("/enterprises/duplicates/").content.decode()
        page = f"/enterprises/{twin.id}/merge/"
        assert "并入哪一家" in client.get(page).content.decode()
        assert "没有找到" in client.get(f"{page}?into=没有这一家").content.decode()
        shown = client.get(f"{page}?into={firm.unified_social_credit_code}").content.decode()
        assert "处场所" in shown
        assert "请保留它" in client.get(f"/enterprises/{firm.id}/merge/?into={twin.id}").content.decode()
        sent = {"into": str(firm.id), "reason": "同一家", "version": twin.version}
        assert "请填写理由" in client.post(page, {**sent, "reason": ""}).content.decode()
        assert client.post(page, sent)["Location"] == f"/enterprises/{firm.id}/"
        gone = client.get(f"/enterprises/{twin.id}/")
        assert (gone.status_code, gone["Location"]) == (302, f"/enterprises/{firm.id}/")
        history = client.get(f"/enterprises/{firm.id}/history/").content.decode()
        assert twin.number in history
        assert "1 处场所" in history
        assert client_of("other").get(f"/enterprises/{twin.id}/").status_code == 404
        assert client_of("town").get("/enterprises/duplicates/").status_code == 403

    def test_not_a_duplicate(self, cast: Cast, client_of: Any) -> None:
        twin = temporary(cast)
        client = client_of("county")
        answer = client.post(f"/enterprises/{cast.enterprises['firm'].id}/mark-distinct/", {"other": str(twin.id)})
        assert answer.status_code == 302
        assert "没有疑似重复的企业和场所" in client.get("/enterprises/duplicates/").content.decode()
        assert client.post(f"/enterprises/{twin.id}/mark-distinct/", {"other": "x"}).status_code == 302

    def test_stale_ones_are_confirmed(self, cast: Cast, client_of: Any) -> None:
        client = client_of("county")
        firm = cast.enterprises["firm"]

        def shown() -> int:
            return client.get("/enterprises/?stale=1").content.decode().count('<a class="title"')

        assert shown() == 0
        with clock.at(clock.now() + timedelta(days=181)):
            assert shown() == 2
            assert "很久没有更新了" in client.get(f"/enterprises/{firm.id}/").content.decode()
            client.post("/enterprises/confirm-unchanged/", {"ids": [str(firm.id)]})
            assert shown() == 1
            assert "很久没有更新了" not in client.get(f"/enterprises/{firm.id}/").content.decode()
            client.post("/enterprises/confirm-unchanged/", {"ids": []})
            with jobs.inline():
                answer = client.post("/enterprises/export/?stale=1")
                jobs.run_pending()
            assert b"".join(client.get(f"{answer['Location']}result/").streaming_content).startswith(b"PK")
        with acting(cast.county):
            assert LedgerEntry.objects.filter(event="enterprises.confirmed_unchanged").count() == 1


def test_confirming_stays_in_the_scope(cast: Cast) -> None:
    ids = [cast.enterprises["firm2"].id]
    with acting(cast.town) as actor, pytest.raises(NotInScope):
        actions.confirm_unchanged(actor=actor, enterprise_ids=ids)
    with acting(cast.firm2) as actor, pytest.raises(Forbidden):
        actions.confirm_unchanged(actor=actor, enterprise_ids=ids)


def test_api(cast: Cast, client_of: Any) -> None:
    twin, firm = temporary(cast), cast.enterprises["firm"]
    client = client_of("county")
    found = client.get("/api/v1/enterprise-duplicates").json()
    assert [(one["keep"]["id"], one["other"]["id"]) for one in found["items"]] == [(str(firm.id), str(twin.id))]
    third = temporary(cast, "江南机械制造")
    assert (
        client.post(f"/api/v1/enterprises/{third.id}/mark-distinct", {"other": str(firm.id)}, JSON).status_code == 204
    )
    merged = client.post(f"/api/v1/enterprises/{twin.id}/merge", {"into": str(firm.id), "reason": "同一家"}, JSON)
    assert (merged.status_code, merged.json()["moved"]) == (200, {"处场所": 1})
    assert client.get(f"/api/v1/enterprises/{twin.id}").status_code == 404
    sent = {"enterprises": [str(firm.id)]}
    assert client.post("/api/v1/enterprise-confirmations", sent, JSON).json() == {"confirmed": 1}
    assert client.get("/api/v1/enterprises?stale=true").json()["count"] == 0
