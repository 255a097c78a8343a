"""Hidden dangers and checks at supervised objects: as at a site, with whoever answers for the object."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from anlan.authz.scope import acting
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.choices import Source
from anlan.hidden_dangers.invariants import check_invariants
from anlan.hidden_dangers.models import HiddenDanger
from anlan.inspections import actions as checks
from anlan.inspections import selectors
from anlan.inspections.api import ActClass, CheckFacts, FreeFinding, Start
from anlan.inspections.invariants import check_invariants as check_invariants_of_checks
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import Invalid, NotInScope
from anlan.register import api as register
from anlan.rules.wire import loads
from tests.factories.cast import Cast
from tests.factories.matters import Matters, in_days, upload
from tests.integration.test_check_import import check as imported_check
from tests.integration.test_check_import import ledger as check_ledger
from tests.integration.test_check_import import row as check_row
from tests.integration.test_checks import INSPECTED
from tests.integration.test_ledger_import import ledger, matter, reasons, row
from tests.integration.test_register_objects import facts
from tests.integration.test_sheets import counts
from tests.meta.test_query_counts import AT_MOST, counted

pytestmark = pytest.mark.django_db

JSON = "application/json"
HOUSE = "人民路 18 号自建房"


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path


def put(cast: Cast, by: str = "town", **more: Any) -> register.SupervisedObject:
    actor = cast.actors[by]
    with acting(actor):
        return register.register_object(actor=actor, facts=facts(cast, **more))


@pytest.fixture
def house(cast: Cast) -> register.SupervisedObject:
    """A house in 古城街道 that 张房东 answers for."""
    return put(cast)


@pytest.fixture
def matters(cast: Cast) -> Matters:
    return Matters(cast)


def at(thing: register.SupervisedObject, **more: Any) -> dict[str, Any]:
    return {"site_id": None, "object_id": thing.id, **more}


class TestMatters:
    def test_the_place_is_the_objects_unless_it_is_said(self, cast: Cast, matters: Matters, house: Any) -> None:
        found = matters.registered(**at(house))
        assert (found.supervised_object_id, found.site_id, found.place) == (house.id, None, "人民路 18 号")
        assert found.region_path == house.region_path
        assert matters.registered(**at(house, place="二楼楼梯间")).place == "二楼楼梯间"
        with acting(cast.town):
            entry = LedgerEntry.objects.get(subject_id=found.id)
        assert entry.payload["object"] == str(house.id)

    @pytest.mark.parametrize(
        ("answers", "kind", "who"),
        [
            ({}, "PERSON", "张房东"),
            ({"party_kind": "ORGANISATION", "party_organisation": "文化社区"}, "ORGANISATION", "文化社区"),
            ({"party_kind": "ENTERPRISE", "party_enterprise": "firm"}, "ENTERPRISE", "江南机械"),
        ],
    )
    def test_whoever_answers_for_the_object_is_the_party(
        self, cast: Cast, matters: Matters, answers: dict[str, str], kind: str, who: str
    ) -> None:
        more: dict[str, Any] = {"party_kind": answers.get("party_kind", "PERSON")}
        if "party_organisation" in answers:
            more["party_organisation_id"] = cast.organisations[answers["party_organisation"]].id
        if "party_enterprise" in answers:
            more["party_enterprise_id"] = cast.enterprises[answers["party_enterprise"]].id
        found = matters.confirmed(**at(put(cast, **more)))
        assert found.party_kind == kind
        assert who in loop.party_name(found)

    def test_another_party_may_be_named_and_none_is_asked_for(self, cast: Cast, matters: Matters, house: Any) -> None:
        found = matters.registered(**at(house))
        person = {"kind": "PERSON", "name": "李租户"}
        named = matters.act(cast.town, found, "confirm", cause="ACT", responsible_party=person)
        assert named.party_person == "李租户"
        nobodys = put(cast, name="无主桥", kind="BRIDGE", party_kind="", party_name="", party_phone="")
        with pytest.raises(Invalid) as refused:
            matters.confirmed(**at(nobodys))
        assert refused.value.errors[0].pointer == "/responsible_party"

    def test_only_one_of_site_and_object(self, cast: Cast, matters: Matters, house: Any) -> None:
        with pytest.raises(Invalid) as refused:
            matters.registered(object_id=house.id)
        assert refused.value.errors[0].pointer == "/object"
        found = matters.registered()
        with acting(cast.town), pytest.raises(IntegrityError), transaction.atomic():
            HiddenDanger.objects.filter(id=found.id).update(supervised_object=house)

    @pytest.mark.parametrize("who", ["town2", "other", "firm"])
    def test_an_object_outside_the_scope_is_not_there(self, cast: Cast, matters: Matters, house: Any, who: str) -> None:
        source = Source.SELF_CHECK if who == "firm" else Source.GRASSROOTS_CHECK
        with pytest.raises(NotInScope):
            matters.registered(cast.actors[who], **at(house, source=source))

    def test_what_came_back_is_at_the_same_object(self, cast: Cast, matters: Matters, house: Any) -> None:
        closed = matters.dispatched(cast.village, **at(house))
        matters.act(cast.village, closed, "acknowledge")
        photo = upload(cast.village, "AFTER")
        matters.act(cast.village, closed, "submit_rectification", note="已清理", photos=[photo])
        matters.act(cast.town, closed, "accept_rectification", note="已到位")
        another = cast.add(
            "town_b", "TOWNSHIP_OFFICE", "郑古城", cast.organisations["古城街道"], cast.regions["331082001"]
        )
        matters.act(another, closed, "look_back", result="RECURRED", note="又堆上了")
        with acting(cast.county):
            again = HiddenDanger.objects.get(recurrence_of=closed)
            assert again.supervised_object_id == house.id
            assert check_invariants(cast.system()) == []

    def test_a_returned_one_stays_at_its_object(self, cast: Cast, matters: Matters, house: Any) -> None:
        found = matters.registered(cast.village, **at(house, source=Source.GRID_PATROL))
        matters.act(cast.town, found, "return_to_reporter", reason="看不清")
        again = matters.act(
            cast.village, found, "register", description="看清了", source=Source.GRID_PATROL, place=found.place
        )
        assert again.supervised_object_id == house.id

    def test_the_list_is_narrowed_to_an_object(self, cast: Cast, matters: Matters, house: Any) -> None:
        found = matters.registered(**at(house))
        matters.registered()
        with acting(cast.town):
            rows = loop.hidden_dangers(cast.town, loop.Filters(object_id=house.id), clock.today())
            assert [one.id for one in rows] == [found.id]
            named = loop.hidden_dangers(cast.town, loop.Filters(q="18 号自建房"), clock.today())
            assert [one.id for one in named] == [found.id]

    def test_a_twin_is_looked_for_at_the_object(self, cast: Cast, client_of: Any, matters: Matters, house: Any) -> None:
        found, twin = matters.registered(**at(house)), matters.registered(**at(house))
        elsewhere = matters.registered()
        page = client_of("town").get(f"/hidden-dangers/{found.id}/merge-duplicate").content.decode()
        assert str(twin.id) in page
        assert str(elsewhere.id) not in page


class TestOverHttp:
    def test_in_and_out(self, cast: Cast, client_of: Any, house: Any) -> None:
        client = client_of("town")
        body = {"description": "楼梯下停放电动车", "source": "GRASSROOTS_CHECK", "object": str(house.id)}
        made = client.post("/api/v1/hidden-dangers", body, content_type=JSON)
        assert made.status_code == 201, made.content
        told = made.json()
        assert (told["object"], told["site"]) == ({"id": str(house.id), "name": HOUSE}, None)
        assert client.get(made["Location"])["ETag"] == made["ETag"]
        for query, expected in ((f"object={house.id}", 1), (f"object={cast.sites['firm'].id}", 0)):
            listed = client.get(f"/api/v1/hidden-dangers?{query}").json()
            assert listed["count"] == expected, query
        assert client.get(f"/api/v1/hidden-dangers?object={house.id}").json()["items"][0]["object"]["name"] == HOUSE

    def test_refusals(self, cast: Cast, client_of: Any, house: Any) -> None:
        body = {"description": "楼梯下停放电动车", "source": "GRASSROOTS_CHECK", "object": str(house.id)}
        outside = client_of("town2").post("/api/v1/hidden-dangers", body, content_type=JSON)
        assert outside.status_code == 404
        both = body | {"site": str(cast.sites["firm"].id)}
        refused = client_of("town").post("/api/v1/hidden-dangers", both, content_type=JSON)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/object")

    def test_a_check_and_its_findings(self, cast: Cast, client_of: Any, house: Any) -> None:
        client = client_of("town")
        body = {
            "act_class": "SERVICE_VISIT",
            "object": str(house.id),
            "officers": [{"name": "周古城"}],
            "findings": [{"description": "楼梯下停放电动车", "sector": "FIRE"}],
        }
        made = client.post("/api/v1/checks", body, content_type=JSON)
        assert made.status_code == 201, made.content
        told = made.json()
        assert told["object"] == {"id": str(house.id), "name": HOUSE}
        assert (told["site"], told["enterprise"], told["place"]) == (None, None, "人民路 18 号")
        found = client.get(f"/api/v1/hidden-dangers/{told['hidden_dangers'][0]}").json()
        assert found["object"]["id"] == str(house.id)
        assert client.get(f"/api/v1/checks?object={house.id}").json()["count"] == 1
        assert client_of("town2").post("/api/v1/checks", body, content_type=JSON).status_code == 404
        both = client.post("/api/v1/checks", body | {"site": str(cast.sites["firm"].id)}, content_type=JSON)
        assert (both.status_code, both.json()["errors"][0]["pointer"]) == (422, "/object")


class TestPages:
    def test_the_search_finds_it_and_the_address_chooses_it(self, client_of: Any, house: Any) -> None:
        client = client_of("town")
        found = client.get(reverse("hidden_dangers:places"), {"q": "自建房"}).content.decode()
        assert f'value="object:{house.id}"' in found
        assert HOUSE not in client_of("town2").get(reverse("hidden_dangers:places"), {"q": "自建房"}).content.decode()
        for name in ("hidden_dangers:register", "inspections:begin"):
            page = client.get(f"{reverse(name)}?object={house.id}").content.decode()
            assert f'value="object:{house.id}" checked' in page

    def test_an_enterprise_chooses_among_its_own(self, cast: Cast, client_of: Any, house: Any) -> None:
        own = put(cast, name="江南宿舍楼", party_kind="ENTERPRISE", party_enterprise_id=cast.enterprises["firm"].id)
        page = client_of("firm").get(reverse("hidden_dangers:register")).content.decode()
        assert f"object:{own.id}" in page
        assert f"object:{house.id}" not in page
        assert f"object:{own.id}" not in client_of("firm").get(reverse("inspections:begin-self-check")).content.decode()

    def test_registered_with_the_form(self, cast: Cast, client_of: Any, house: Any) -> None:
        client = client_of("town")
        form = {"site": f"object:{house.id}", "description": "楼梯下停放电动车", "source": "GRASSROOTS_CHECK"}
        made = client.post(reverse("hidden_dangers:register"), form)
        assert made.status_code == 303, made.content.decode()
        page = client.get(made["Location"]).content.decode()
        assert f'<a href="{reverse("objects:object", args=[house.id])}">{HOUSE}</a>' in page
        wrong = client.post(reverse("hidden_dangers:register"), {**form, "site": "object:nonsense"})
        assert "请重新选择地点" in wrong.content.decode()

    def test_grading_proposes_whoever_answers_for_it(
        self, cast: Cast, client_of: Any, matters: Matters, house: Any
    ) -> None:
        found = matters.registered(**at(house))
        page = client_of("town").get(f"/hidden-dangers/{found.id}/confirm").content.decode()
        assert 'value="张房东"' in page
        at_firms = put(
            cast, name="江南宿舍楼", party_kind="ENTERPRISE", party_enterprise_id=cast.enterprises["firm"].id
        )
        other = matters.registered(**at(at_firms))
        page = client_of("town").get(f"/hidden-dangers/{other.id}/confirm").content.decode()
        assert f'value="{cast.enterprises["firm"].id}" checked' in page

    def test_the_list_says_the_object_and_that_nobody_is_known(
        self, client_of: Any, matters: Matters, house: Any
    ) -> None:
        matters.registered(**at(house))
        rows = client_of("town").get(reverse("hidden_dangers:list")).content.decode()
        cell = rows.split('data-label="责任"')[1].split("</td>")[0]
        assert "未定" in cell
        assert HOUSE in cell

    def test_the_page_of_the_object(self, cast: Cast, client_of: Any, matters: Matters, house: Any) -> None:
        ended = matters.registered(**at(house, description="已经不成立"))
        matters.act(cast.town, ended, "dismiss", reason="误报")
        matters.registered(**at(house, description="楼梯下停放电动车"))
        visit(cast, house)
        client = client_of("town")
        path = reverse("objects:object", args=[house.id])
        assert len(counted(client, path)) <= AT_MOST
        page = client.get(path).content.decode().replace("&amp;", "&")
        assert page.index("楼梯下停放电动车") < page.index("已经不成立")
        assert f"/hidden-dangers/?object={house.id}&state=open" in page
        assert "走访" in page
        assert f"{reverse('hidden_dangers:register')}?object={house.id}" in page
        assert f"{reverse('inspections:begin')}?object={house.id}" in page
        opened = client.get(f"/hidden-dangers/?object={house.id}&state=open").content.decode()
        assert "楼梯下停放电动车" in opened
        assert "已经不成立" not in opened
        leader = client_of("leader").get(path).content.decode()
        assert "开始检查" not in leader

    def test_a_check_begun_at_it(self, cast: Cast, client_of: Any, house: Any) -> None:
        client = client_of("town")
        begun = client.post(
            reverse("inspections:begin"), {"act_class": "PATROL", "site": f"object:{house.id}", "checklist": "none"}
        )
        assert begun.status_code == 302, begun.content.decode()
        assert HOUSE in client.get(begun["Location"]).content.decode()
        filed = client.post(begun["Location"], {"officer-0-name": "周古城", "finding-0-note": "楼梯下停放电动车"})
        assert filed.status_code == 302, filed.content.decode()
        record = client.get(filed["Location"]).content.decode()
        assert f'<a href="{reverse("objects:object", args=[house.id])}">{HOUSE}</a>' in record
        assert "楼梯下停放电动车" in record


def visit(cast: Cast, thing: register.SupervisedObject, by: str = "town", **more: Any) -> Any:
    actor = cast.actors[by]
    with acting(actor):
        start = Start(ActClass.SERVICE_VISIT, object_id=thing.id)
        return checks.file(actor=actor, start=start, facts=CheckFacts(**more))


class TestChecks:
    def test_findings_become_hidden_dangers_at_the_object(self, cast: Cast, house: Any) -> None:
        with clock.at(clock.now()):
            check = visit(cast, house, findings=[FreeFinding("楼梯下停放电动车", sector="FIRE")])
        assert (check.supervised_object_id, check.site_id, check.region_path) == (house.id, None, house.region_path)
        with acting(cast.town):
            found = check.findings.get().hidden_danger
            assert (found.supervised_object_id, found.place) == (house.id, "人民路 18 号")
            assert selectors.checks(cast.town, selectors.Filters(object_id=house.id)).get().id == check.id
        with acting(cast.system()):
            assert list(check_invariants_of_checks(cast.system())) == []

    def test_outside_the_scope_both_and_a_self_check(self, cast: Cast, house: Any) -> None:
        with pytest.raises(NotInScope):
            visit(cast, house, "town2")
        with acting(cast.town), pytest.raises(Invalid):
            checks.begin(actor=cast.town, start=Start(ActClass.PATROL, cast.sites["firm"].id, object_id=house.id))
        own = put(cast, name="江南宿舍楼", party_kind="ENTERPRISE", party_enterprise_id=cast.enterprises["firm"].id)
        with acting(cast.firm), pytest.raises(Invalid):  # a month's self-check is of a site
            checks.begin(actor=cast.firm, start=Start(ActClass.SELF_CHECK, object_id=own.id))

    def test_the_enterprise_that_answers_has_the_record(self, cast: Cast) -> None:
        own = put(cast, name="江南宿舍楼", party_kind="ENTERPRISE", party_enterprise_id=cast.enterprises["firm"].id)
        start = Start(ActClass.ADMINISTRATIVE_INSPECTION, object_id=own.id)
        with acting(cast.dept):
            check = checks.file(actor=cast.dept, start=start, facts=CheckFacts(**INSPECTED))
        assert check.enterprise_id == cast.enterprises["firm"].id
        with acting(cast.firm):
            assert selectors.sees(cast.firm, check.id)

    def test_the_cap_counts_each_object_for_itself(self, cast: Cast, client_of: Any, house: Any) -> None:
        start = Start(ActClass.ADMINISTRATIVE_INSPECTION, object_id=house.id)
        with acting(cast.dept):
            checks.file(actor=cast.dept, start=start, facts=CheckFacts(**INSPECTED))
        another = put(cast, name="人民路 20 号自建房")
        for thing, used in ((house, 1), (another, 0)):
            said = loads(client_of("dept").get(f"/api/v1/objects/{thing.id}/inspection-cap").content)
            assert said["figures"]["used"] == used
        assert client_of("other").get(f"/api/v1/objects/{house.id}/inspection-cap").status_code == 404


class TestLedgers:
    def test_a_name_that_is_an_objects(self, cast: Cast, house: Any) -> None:
        entry = ledger(cast.town, row(who=HOUSE, what="私拉电线", place=None, due=in_days(9)))
        assert counts(entry) == (1, 0, 0, 0), reasons(entry)
        found = matter(cast.town, description="私拉电线")
        assert (found.supervised_object_id, found.site_id, found.place) == (house.id, None, "人民路 18 号")
        assert (found.party_kind, found.party_person) == ("PERSON", "张房东")
        with acting(cast.system()):
            assert check_invariants(cast.system()) == []

    def test_two_of_a_name_are_told_apart_by_the_township(self, cast: Cast, house: Any) -> None:
        other = put(cast, "town2", region_id=cast.regions["331082002001"].id)
        both = ledger(cast.county, row(who=HOUSE, what="不知哪一处", place=None))
        assert "请写明所属乡镇" in reasons(both)[0]
        told = ledger(cast.county, row(who=HOUSE, what="大洋那一处", place=None, town="大洋"))
        assert counts(told) == (1, 0, 0, 0), reasons(told)
        assert matter(cast.county, description="大洋那一处").supervised_object_id == other.id
        assert "都没有" in reasons(ledger(cast.town2, row(who="没有这一处", what="x")))[0]

    def test_a_ledger_of_checks(self, cast: Cast, house: Any) -> None:
        given = check_row(who=HOUSE, act="走访帮扶", no="J-1")
        assert counts(check_ledger(cast.town, given)) == (1, 0, 0, 0)
        one = imported_check(cast.town)
        assert (one.supervised_object_id, one.site_id, one.enterprise_id) == (house.id, None, None)
        again = check_ledger(cast.town, given | {"result": "已告知"})
        assert counts(again) == (0, 1, 0, 0), reasons(again)
        moved = check_ledger(cast.town, given | {"who": "文化社区", "result": "别处"})
        assert "受检单位" in reasons(moved)[0]
