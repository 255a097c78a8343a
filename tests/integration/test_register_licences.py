"""Licences: acts, reminders exactly once, the list, pages, export, API."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from anlan.authz.scope import acting
from anlan.jobs import api as jobs
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refused, Stale
from anlan.notify.models import Message
from anlan.processes import api as processes
from anlan.register import actions
from anlan.register import api as register
from anlan.register.models import Licence
from tests.factories.cast import Cast
from tests.factories.matters import in_days, paper, upload

JSON = "application/json"


def facts(**more: Any) -> register.LicenceFacts:
    given = {
        "kind": "SAFETY_PRODUCTION",
        "number": "（浙）JZ安许证字〔2024〕10001",
        "valid_from": date(2024, 1, 1),
        "valid_to": in_days(100),
        "issued_by": "浙江省应急管理厅",
        **more,
    }
    return register.LicenceFacts(**given)


def licensed(cast: Cast, key: str = "firm", **more: Any) -> Licence:
    with acting(cast.county) as actor:
        return register.register_licence(actor=actor, enterprise_id=cast.enterprises[key].id, facts=facts(**more))


def sweep_on(cast: Cast, day: date) -> None:
    with clock.at(clock.start_of(day) + timedelta(hours=9)), jobs.inline():
        processes.sweep(cast.system())
        jobs.run_pending()


def told(cast: Cast) -> list[tuple[str, str]]:
    with acting(cast.system()):
        names = {one.id: one.short_name for one in cast.organisations.values()}
        rows = Message.objects.filter(subject_type="licence").order_by("at", "id")
        return sorted((names[row.to_organisation_id], row.title[:10]) for row in rows)


class TestActions:
    def test_registered_it_lies_where_its_site_lies(self, cast: Cast) -> None:
        whole = licensed(cast)
        site = cast.sites["firm"]
        one = licensed(cast, kind="SPECIAL_EQUIPMENT_USE", number="容15浙J0001", site_id=site.id)
        with acting(cast.county):
            entries = LedgerEntry.objects.filter(subject_id=one.id)
            assert [entry.event for entry in entries] == ["licence.registered"]
        assert whole.region_path == cast.enterprises["firm"].region_path
        assert one.region_path == site.region_path

    @pytest.mark.parametrize(
        ("more", "pointer"),
        [
            ({"kind": "NO_SUCH"}, "/kind"),
            ({"kind": "OTHER"}, "/title"),
            ({"number": " "}, "/number"),
            ({"valid_to": date(2023, 12, 31)}, "/valid_to"),
            ({"valid_to": date(9999, 12, 31)}, "/valid_to"),
            ({"valid_from": date(24, 1, 1)}, "/valid_from"),
        ],
    )
    def test_says_what_is_wrong(self, cast: Cast, more: dict[str, Any], pointer: str) -> None:
        with pytest.raises(Invalid) as caught:
            licensed(cast, **more)
        assert caught.value.errors[0].pointer == pointer

    def test_refusals(self, cast: Cast) -> None:
        licence = licensed(cast)
        with pytest.raises(Refused, match="同一个证号"):
            licensed(cast)
        with pytest.raises(Invalid, match="不是这家企业"):
            licensed(cast, number="2", site_id=cast.sites["firm2"].id)
        with acting(cast.town2) as actor, pytest.raises(NotInScope):
            actions.cancel_licence(actor=actor, licence_id=licence.id, reason="停办")
        with acting(cast.firm) as actor, pytest.raises(Forbidden):
            actions.cancel_licence(actor=actor, licence_id=licence.id, reason="停办")
        with acting(cast.county) as actor:
            with pytest.raises(Refused, match="晚于"):
                actions.renew_licence(actor=actor, licence_id=licence.id, changes={"valid_to": licence.valid_to})
            with pytest.raises(Stale):
                actions.cancel_licence(actor=actor, licence_id=licence.id, reason="停", if_versions=frozenset({9}))
            actions.cancel_licence(actor=actor, licence_id=licence.id, reason="不再生产")
            with pytest.raises(Refused, match="已注销"):
                actions.renew_licence(actor=actor, licence_id=licence.id, changes={"valid_to": in_days(900)})
        assert licensed(cast).status == "IN_FORCE"


class TestReminders:
    def test_each_rung_tells_each_once(self, cast: Cast) -> None:
        licence = licensed(cast)
        for _ in range(2):
            sweep_on(cast, licence.valid_to - timedelta(days=90))
        assert told(cast) == [("古城街道", "证照还有 90 天到"), ("江南机械", "证照还有 90 天到")]
        sweep_on(cast, licence.valid_to)
        sweep_on(cast, licence.valid_to + timedelta(days=1))
        assert len(told(cast)) == 8
        assert sum(title.startswith("证照已过期") for _, title in told(cast)) == 2

    def test_renewed_it_starts_again_and_lasting_it_never_ends(self, cast: Cast) -> None:
        licence = licensed(cast)
        with acting(cast.county) as actor:
            later = licence.valid_to + timedelta(days=1000)
            actions.renew_licence(actor=actor, licence_id=licence.id, changes={"valid_to": later, "number": "新证"})
        sweep_on(cast, later - timedelta(days=300))
        assert told(cast) == []
        with acting(cast.county) as actor:
            actions.correct_licence(actor=actor, licence_id=licence.id, changes={"valid_to": None})
            assert processes.running_of([licence.id])[licence.id] == []

    def test_registered_late_it_says_so_at_once_and_only_that(self, cast: Cast) -> None:
        licensed(cast, valid_to=in_days(-40))
        sweep_on(cast, clock.today())
        assert {title for _, title in told(cast)} == {"证照已过期，请停止相"}


class TestPages:
    def test_the_list_by_expiry_and_away(self, cast: Cast, client_of: Any) -> None:
        licensed(cast)
        licensed(cast, "firm2", kind="HAZARDOUS_CHEMICALS_TRADE", number="危经 1", valid_to=in_days(20))
        licensed(cast, "firm2", kind="POLLUTANT_DISCHARGE", number="排污 1", valid_to=in_days(-3))
        licensed(cast, "firm2", kind="OTHER", title="营业执照", number="长期 1", valid_to=None)
        client: Client = client_of("county")

        def shown(query: str) -> int:
            return client.get(f"/enterprises/licences/?{query}").content.decode().count('<a class="title"')

        counts = [shown(query) for query in ("", "expiry=expired", "expiry=30", "expiry=90", "kind=OTHER", "q=危经")]
        assert counts == [4, 1, 1, 1, 1, 1]
        assert client_of("firm").get("/enterprises/licences/").content.decode().count('<a class="title"') == 1
        with jobs.inline():
            answer = client.post("/enterprises/licences/export/?expiry=expired")
            jobs.run_pending()
        assert b"".join(client.get(f"{answer['Location']}result/").streaming_content).startswith(b"PK")

    def test_from_the_enterprise_to_the_paper_and_back(self, cast: Cast, client_of: Any) -> None:
        client: Client = client_of("town")
        home = f"/enterprises/{cast.enterprises['firm'].id}/"
        form = {
            "kind": "GAS_TRADE", "number": "燃 1", "valid_from": "2025-01-01", "valid_to": in_days(50).isoformat(),
            "site": str(cast.sites["firm"].id), "papers": paper(),
        }  # fmt: skip
        assert "请填写证号" in client.post(f"{home}licences/register/", {**form, "number": ""}).content.decode()
        assert client.post(f"{home}licences/register/", {**form, "papers": paper()}).status_code == 303
        assert "燃气经营许可证" in client.get(home).content.decode()
        with acting(cast.town):
            licence = Licence.objects.get()
        page = f"/enterprises/licences/{licence.id}/"
        assert "自验报告.pdf" in client.get(page).content.decode()
        renewed = {**form, "number": "燃 2", "valid_to": in_days(800).isoformat(), "version": licence.version}
        assert "燃 1" in client.get(f"{page}renew/").content.decode()
        assert client.post(f"{page}renew/", {**renewed, "papers": ""}).status_code == 303
        assert "证号 燃 1 → 燃 2" in client.get(page).content.decode()
        assert (
            client.post(f"{page}correct/", {**renewed, "papers": "", "issued_by": "住建局", "version": ""}).status_code
            == 303
        )
        assert client.post(f"{page}cancel/", {"reason": "停止经营"}).status_code == 303
        assert "停止经营" in client_of("firm").get(page).content.decode()
        assert client.get(f"{page}renew/").status_code == 409


def test_api(cast: Cast, client_of: Any) -> None:
    client = client_of("county")
    scan = upload(cast.county, file=paper())
    sent = {"kind": "SAFETY_PRODUCTION", "number": "安许 9", "valid_from": "2025-01-01",
            "valid_to": in_days(10).isoformat(), "files": [str(scan)]}  # fmt: skip
    made = client.post(f"/api/v1/enterprises/{cast.enterprises['firm'].id}/licences", sent, JSON)
    assert (made.status_code, made.json()["kind_label"]) == (201, "安全生产许可证")
    at = made["Location"]
    assert client.get("/api/v1/licences?expiry=30").json()["count"] == 1
    assert client.get("/api/v1/licences?expiry=expired").json()["count"] == 0
    patched = client.patch(at, {"scope": "金属矿石"}, JSON, HTTP_IF_MATCH=made["ETag"])
    assert (patched.status_code, patched.json()["scope"]) == (200, "金属矿石")
    assert client.patch(at, {"scope": "另"}, JSON, HTTP_IF_MATCH=made["ETag"]).status_code == 412
    renewed = client.post(f"{at}/renew", {"valid_to": in_days(1000).isoformat()}, JSON)
    assert renewed.json()["valid_to"] == in_days(1000).isoformat()
    assert client.post(f"{at}/cancel", {"reason": "停办"}, JSON).json()["status"] == "CANCELLED"
    assert client.get("/api/v1/licences").json()["count"] == 0
    assert client.get(at).json()["cancelled_reason"] == "停办"
