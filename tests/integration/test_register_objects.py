"""Supervised objects: actions, sight, pages, API."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.authz.scope import acting
from anlan.ledger.models import LedgerEntry
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Stale
from anlan.register import api as register
from tests.factories.cast import Cast

JSON = "application/json"


def facts(cast: Cast, **more: Any) -> register.ObjectFacts:
    given = {
        "kind": register.ObjectKind.SELF_BUILT_HOUSE,
        "name": "人民路 18 号自建房",
        "address": "人民路 18 号",
        "region_id": cast.regions["331082001001"].id,
        "party_kind": "PERSON",
        "party_name": "张房东",
        "party_phone": "13812345678",
        "sectors": ("CONSTRUCTION", "FIRE"),
        **more,
    }
    return register.ObjectFacts(**given)


def form_of(cast: Cast, **more: Any) -> dict[str, Any]:
    return {
        "kind": "BRIDGE",
        "name": "灵湖桥",
        "address": "灵湖路",
        "region": str(cast.regions["331082001001"].id),
        "status": "IN_USE",
        "party_kind": "ORGANISATION",
        "party_organisation": str(cast.organisations["文化社区"].id),
        **more,
    }


class TestActions:
    def test_registered_it_has_unit_regulators_and_a_clean_trace(self, cast: Cast) -> None:
        with acting(cast.town):
            house = register.register_object(actor=cast.town, facts=facts(cast))
            entry = LedgerEntry.objects.get(subject_id=house.id)
        assert house.local_unit.short_name == "古城街道"
        assert {one.organisation.short_name for one in house.regulators.all()} == {"临海住建局", "临海消防大队"}
        assert entry.event == "object.registered"
        assert "张房东" not in str(entry.payload)
        assert "13812345678" not in str(entry.payload)

    @pytest.mark.parametrize(
        ("more", "pointer"),
        [
            ({"name": " "}, "/name"),
            ({"kind": "CASTLE"}, "/kind"),
            ({"party_name": ""}, "/party_name"),
            ({"party_kind": "ENTERPRISE"}, "/party_enterprise"),
            ({"party_kind": "ORGANISATION"}, "/party_organisation"),
            ({"longitude": 1}, "/longitude"),
        ],
    )
    def test_says_what_is_wrong(self, cast: Cast, more: dict[str, Any], pointer: str) -> None:
        with acting(cast.town), pytest.raises(Invalid) as caught:
            register.register_object(actor=cast.town, facts=facts(cast, **more))
        assert caught.value.errors[0].pointer == pointer

    def test_an_edit_moves_it_with_its_unit(self, cast: Cast) -> None:
        with acting(cast.county):
            house = register.register_object(actor=cast.county, facts=facts(cast))
            changes = {"region_id": cast.regions["331082002001"].id, "status": "OUT_OF_USE"}
            moved = register.edit_object(actor=cast.county, object_id=house.id, changes=changes)
            same = register.edit_object(actor=cast.county, object_id=house.id, changes=changes)
            with pytest.raises(Stale):
                register.edit_object(actor=cast.county, object_id=house.id, changes=changes, if_versions=frozenset({0}))
        assert (moved.local_unit.short_name, moved.version, same.version) == ("大洋街道", 1, 1)
        assert {one.region_path for one in moved.regulators.all()} == {moved.region_path}

    def test_outside_and_without_the_role(self, cast: Cast) -> None:
        with acting(cast.town2), pytest.raises(NotInScope):
            register.register_object(actor=cast.town2, facts=facts(cast))
        with acting(cast.village), pytest.raises(Forbidden):
            register.register_object(actor=cast.village, facts=facts(cast))

    def test_a_firm_sees_what_it_answers_for(self, cast: Cast) -> None:
        with acting(cast.town):
            register.register_object(actor=cast.town, facts=facts(cast))
            party = {"party_kind": "ENTERPRISE", "party_enterprise_id": cast.enterprises["firm"].id, "party_name": ""}
            mine = register.register_object(actor=cast.town, facts=facts(cast, **party))
        seen = {}
        for name in ("firm", "town2", "village", "other", "leader"):
            actor = cast.actors[name]
            with acting(actor):
                seen[name] = register.supervised_objects(actor, register.ObjectFilters()).count()
        assert seen == {"firm": 1, "town2": 0, "village": 2, "other": 0, "leader": 2}
        with acting(cast.firm):
            assert register.supervised_object(cast.firm, mine.id).name == mine.name


class TestPages:
    def test_register_find_and_edit(self, cast: Cast, client_of: Any) -> None:
        client = client_of("town")
        assert "还没有登记" in client.get("/objects/").content.decode()
        empty = client.post("/objects/register/", {"name": ""})
        assert (empty.status_code, "请填写名称" in empty.content.decode()) == (422, True)
        made = client.post("/objects/register/", form_of(cast))
        assert made.status_code == 302, made.content.decode()
        page = client.get(made["Location"]).content.decode()
        for word in ("灵湖桥", "桥梁", "文化社区", "还没有主管部门"):
            assert word in page
        edit = client.post(f"{made['Location']}edit/", form_of(cast, name="灵湖大桥", version=0, sectors=["FIRE"]))
        assert edit.status_code == 302, edit.content.decode()
        for query, found in (
            ("kind=BRIDGE", True),
            ("kind=WATERS", False),
            ("q=大桥", True),
            ("gap=regulator", False),
        ):
            assert ("灵湖大桥" in client.get(f"/objects/?{query}").content.decode()) is found, query
        assert client_of("town2").get(made["Location"]).status_code == 404
        assert client_of("village").get("/objects/register/").status_code == 403

    def test_few_queries_whatever_the_rows(self, cast: Cast, client_of: Any) -> None:
        counts = []
        for wanted in (2, 8):
            with acting(cast.town):
                for number in range(wanted):
                    register.register_object(actor=cast.town, facts=facts(cast, name=f"{number} 号"))
            client = client_of("town")
            with CaptureQueriesContext(connection) as context:
                assert client.get("/objects/").status_code == 200
            counts.append(len([q for q in context.captured_queries if "SAVEPOINT" not in q["sql"]]))
        assert counts[0] == counts[1] <= 12


def test_the_api(cast: Cast, client_of: Any) -> None:
    client = client_of("town")
    body = {"kind": "WATERS", "name": "东湖", "address": "东湖路", "region": "331082001001", "sectors": ["WATER"]}
    made = client.post("/api/v1/objects", body, content_type=JSON)
    assert made.status_code == 201, made.content
    address = made["Location"]
    assert [one["sector"] for one in client.get(address).json()["regulators"]] == ["WATER"]
    edited = client.patch(address, {"status": "GONE"}, content_type=JSON, headers={"If-Match": '"0"'})
    assert (edited.status_code, edited.json()["status_label"], edited.json()["name"]) == (200, "已灭失", "东湖")
    assert client.patch(address, {"name": "x"}, content_type=JSON, headers={"If-Match": '"0"'}).status_code == 412
    assert client.get("/api/v1/objects?kind=WATERS").json()["count"] == 1
    assert client_of("town2").get(address).status_code == 404
    bad = client.post("/api/v1/objects", {**body, "party_kind": "PERSON"}, content_type=JSON)
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/party_name")
