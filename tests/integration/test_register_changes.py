"""Statuses on evidence, moves the receiver confirms, landlord and tenants."""

from datetime import date, timedelta
from typing import Any

import pytest

from anlan.authz.actors import Actor
from anlan.authz.scope import acting
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refused
from anlan.register import api as register
from anlan.register.choices import ChangeState, OperatingStatus, TransferState
from anlan.register.models import Site, SitePerson, SiteRegulator, SiteTransfer, StatusChange
from anlan.register.selectors import changes
from tests.factories.cast import Cast
from tests.factories.matters import upload


def on(actor: Actor, **more: Any) -> register.Evidenced:
    given = {"reason": "检修停产", "since_on": clock.today(), "file_ids": [upload(actor, "REPORT")], **more}
    return register.Evidenced(**given)


def stop(cast: Cast, actor: Actor, to_status: str = OperatingStatus.STOPPED) -> StatusChange:
    return register.set_site_status(actor=actor, site_id=cast.sites["firm"].id, to_status=to_status, on=on(actor))


class TestStatus:
    def test_is_set_on_evidence_and_leaves_its_trace(self, cast: Cast) -> None:
        with acting(cast.town):
            change = stop(cast, cast.town)
            site = register.site(cast.town, cast.sites["firm"].id)
            events = list(LedgerEntry.objects.filter(subject_id=site.id).values_list("event", flat=True))
            own = list(LedgerEntry.objects.filter(subject_id=change.id).order_by("seq"))
        assert (site.status, site.version) == ("STOPPED", 1)
        assert events[-1] == "site.status_set"
        assert [entry.event for entry in own] == ["status_change.set", "file.attached"]
        assert "检修停产" not in str([entry.payload for entry in own])

    @pytest.mark.parametrize(
        ("more", "pointer"),
        [({"reason": " "}, "/reason"), ({"file_ids": []}, "/files"), ({"since_on": date(2099, 1, 1)}, "/since_on")],
    )
    def test_asks_for_reason_evidence_and_day(self, cast: Cast, more: dict[str, Any], pointer: str) -> None:
        with acting(cast.town), pytest.raises(Invalid) as caught:
            register.set_site_status(
                actor=cast.town, site_id=cast.sites["firm"].id, to_status="CLOSED", on=on(cast.town, **more)
            )
        assert [error.pointer for error in caught.value.errors] == [pointer]

    def test_is_not_edited(self, cast: Cast) -> None:
        with acting(cast.town):
            for edit, key, row in (
                (register.edit_site, "site_id", cast.sites["firm"]),
                (register.edit_enterprise, "enterprise_id", cast.enterprises["firm"]),
            ):
                with pytest.raises(Invalid):
                    edit(actor=cast.town, changes={"status": "CLOSED"}, **{key: row.id})

    def test_of_the_legal_person_leaves_its_sites(self, cast: Cast) -> None:
        with acting(cast.county):
            firm = cast.enterprises["firm"]
            register.set_enterprise_status(
                actor=cast.county, enterprise_id=firm.id, to_status="REVOKED", on=on(cast.county)
            )
            assert register.enterprise(cast.county, firm.id).status == "REVOKED"
            assert register.site(cast.county, cast.sites["firm"].id).status == "OPERATING"
            with pytest.raises(Refused, match="已经是"):
                register.set_enterprise_status(
                    actor=cast.county, enterprise_id=firm.id, to_status="REVOKED", on=on(cast.county)
                )

    def test_outside_and_without_the_role(self, cast: Cast) -> None:
        with acting(cast.town2), pytest.raises(NotInScope):
            stop(cast, cast.town2)
        with acting(cast.firm), pytest.raises(Forbidden):
            stop(cast, cast.firm)


class TestResumption:
    def test_is_asked_by_the_firm_and_accepted_by_another(self, cast: Cast) -> None:
        site = cast.sites["firm"]
        with acting(cast.town):
            stop(cast, cast.town)
        with acting(cast.firm):
            change = register.request_resumption(actor=cast.firm, site_id=site.id, on=on(cast.firm))
            with pytest.raises(Forbidden):
                self.accept(cast.firm, change)
        with acting(cast.town):
            assert register.site(cast.town, site.id).status == "STOPPED"
            with pytest.raises(Invalid):
                register.accept_resumption(actor=cast.town, change_id=change.id, note=" ", file_ids=[])
            accepted = self.accept(cast.town, change)
            assert (accepted.status, register.site(cast.town, site.id).status) == (ChangeState.IN_FORCE, "OPERATING")
            assert accepted.accepted_by_id == cast.town.user_id

    def test_whoever_asked_does_not_accept(self, cast: Cast) -> None:
        with acting(cast.town):
            stop(cast, cast.town)
            change = register.request_resumption(actor=cast.town, site_id=cast.sites["firm"].id, on=on(cast.town))
            with pytest.raises(Forbidden, match="申请人以外"):
                self.accept(cast.town, change)
            with pytest.raises(Refused, match="等验收"):
                stop(cast, cast.town, OperatingStatus.CLOSED)

    def test_a_stop_cannot_be_walked_around(self, cast: Cast) -> None:
        with acting(cast.town):
            stop(cast, cast.town)
            with pytest.raises(Refused, match="复产验收"):
                stop(cast, cast.town, OperatingStatus.OPERATING)
            stop(cast, cast.town, OperatingStatus.SUSPENDED)
            with pytest.raises(Refused, match="复产验收"):
                stop(cast, cast.town, OperatingStatus.OPERATING)

    def test_what_was_only_closed_for_a_while_opens_again(self, cast: Cast) -> None:
        with acting(cast.town):
            stop(cast, cast.town, OperatingStatus.SUSPENDED)
            with pytest.raises(Refused, match="不需要复产验收"):
                register.request_resumption(actor=cast.town, site_id=cast.sites["firm"].id, on=on(cast.town))
            stop(cast, cast.town, OperatingStatus.OPERATING)
            assert register.site(cast.town, cast.sites["firm"].id).status == "OPERATING"

    def test_refused_it_stays_stopped_and_may_be_asked_again(self, cast: Cast) -> None:
        with acting(cast.county):
            stop(cast, cast.county)
            change = register.request_resumption(actor=cast.county, site_id=cast.sites["firm"].id, on=on(cast.county))
        with acting(cast.town):
            register.refuse_resumption(actor=cast.town, change_id=change.id, note="通风未修好")
            assert register.site(cast.town, cast.sites["firm"].id).status == "STOPPED"
            register.request_resumption(actor=cast.town, site_id=cast.sites["firm"].id, on=on(cast.town))

    @staticmethod
    def accept(actor: Actor, change: StatusChange) -> StatusChange:
        return register.accept_resumption(
            actor=actor, change_id=change.id, note="现场已验收", file_ids=[upload(actor, "REPORT")]
        )


class TestTransfer:
    @staticmethod
    def propose(cast: Cast, actor: Actor, region: str = "331082002001", **more: Any) -> SiteTransfer:
        return register.propose_site_transfer(
            actor=actor,
            site_id=cast.sites["firm"].id,
            to_region_id=cast.regions[region].id,
            reason="整体搬到大洋",
            **more,
        )

    def test_the_old_unit_answers_until_the_receiver_confirms(self, cast: Cast) -> None:
        site_id = cast.sites["firm"].id
        with acting(cast.town):
            transfer = self.propose(cast, cast.town, new_address="大洋街道新路 3 号")
            assert register.site(cast.town, site_id).local_unit == cast.organisations["古城街道"]
            with pytest.raises(Forbidden, match="接收单位"):
                register.confirm_transfer(actor=cast.town, transfer_id=transfer.id)
            with pytest.raises(Invalid, match="已经有一次移交"):
                self.propose(cast, cast.town)
        with acting(cast.town2):
            with pytest.raises(NotInScope):
                register.site(cast.town2, site_id)
            assert changes.transfer(cast.town2, transfer.id).site_id == site_id
            register.confirm_transfer(actor=cast.town2, transfer_id=transfer.id)
            site = register.site(cast.town2, site_id)
            paths = {SitePerson.objects.get(site=site).region_path} | set(
                SiteRegulator.objects.filter(site=site).values_list("region_path", flat=True)
            )
        assert (site.local_unit.short_name, site.address) == ("大洋街道", "大洋街道新路 3 号")
        assert {site.region_path} == paths
        with acting(cast.town), pytest.raises(NotInScope):
            register.site(cast.town, site_id)
        with acting(cast.firm):
            assert register.site(cast.firm, site_id)

    def test_refused_it_stays(self, cast: Cast) -> None:
        with acting(cast.county):
            transfer = self.propose(cast, cast.county)
        with acting(cast.town2):
            with pytest.raises(Invalid):
                register.refuse_transfer(actor=cast.town2, transfer_id=transfer.id, note="")
            refused = register.refuse_transfer(actor=cast.town2, transfer_id=transfer.id, note="厂房不在本街道")
        assert (refused.status, refused.answer) == (TransferState.REFUSED, "厂房不在本街道")
        with acting(cast.town):
            assert register.site(cast.town, cast.sites["firm"].id)
            again = self.propose(cast, cast.town)
            withdrawn = register.withdraw_transfer(actor=cast.town, transfer_id=again.id)
        assert withdrawn.status == TransferState.WITHDRAWN

    def test_not_to_where_it_is_nor_abroad(self, cast: Cast) -> None:
        with acting(cast.town):
            with pytest.raises(Refused, match="直接修改"):
                self.propose(cast, cast.town, "331082001002")
            with pytest.raises(Invalid, match="外县"):
                self.propose(cast, cast.town, "331081001")

    def test_an_edit_does_not_move_it(self, cast: Cast) -> None:
        with acting(cast.county), pytest.raises(Invalid, match="移交"):
            register.edit_site(
                actor=cast.county,
                site_id=cast.sites["firm"].id,
                changes={"region_id": cast.regions["331082002001"].id},
            )


class TestTenancy:
    def test_shows_on_both_pages(self, cast: Cast, client_of: Any) -> None:
        with acting(cast.county):
            tenancy = register.register_tenancy(
                actor=cast.county,
                tenant_site_id=cast.sites["firm"].id,
                landlord_id=cast.enterprises["firm2"].id,
                valid_from=date(2026, 1, 1),
            )
            with pytest.raises(Refused):
                register.register_tenancy(
                    actor=cast.county,
                    tenant_site_id=cast.sites["firm"].id,
                    landlord_id=cast.enterprises["firm2"].id,
                    valid_from=date(2026, 1, 1),
                )
        client = client_of("county")
        tenant = client.get(f"/enterprises/{cast.enterprises['firm'].id}/history/").content.decode()
        landlord = client.get(f"/enterprises/{cast.enterprises['firm2'].id}/history/").content.decode()
        assert "承租自" in tenant
        assert "出租给" in landlord
        ended = client.post(f"/enterprises/tenancies/{tenancy.id}/end/", {"valid_to": "2026-06-30"})
        assert ended.status_code == 303
        assert "至 2026-06-30" in client.get(f"/enterprises/{cast.enterprises['firm'].id}/history/").content.decode()


class TestPages:
    def test_status_through_the_form(self, cast: Cast, client_of: Any) -> None:
        client, address = client_of("town"), f"/enterprises/sites/{cast.sites['firm'].id}/set-status/"
        assert "变更状态" in client.get(address).content.decode()
        empty = client.post(address, {"to_status": "", "reason": "", "since_on": ""}).content.decode()
        assert "请填写事由" in empty
        assert "请上传文件" in empty
        with acting(cast.town):
            paper = upload(cast.town, "REPORT")
        given = {"to_status": "CLOSED", "reason": "依法关闭", "since_on": str(clock.today()), "papers_kept": str(paper)}
        sent = client.post(address, given)
        assert sent.status_code == 303, sent.content.decode()
        with acting(cast.town):
            assert Site.objects.get(id=cast.sites["firm"].id).status == "CLOSED"
            change = StatusChange.objects.get()
        page = client.get(f"/enterprises/status-changes/{change.id}/").content.decode()
        assert "依法关闭" in page
        assert b"".join(client.get(f"/files/{paper}/thumb/").streaming_content)
        assert client_of("town2").get(f"/enterprises/status-changes/{change.id}/").status_code == 404

    def test_transfer_through_the_forms(self, cast: Cast, client_of: Any) -> None:
        given = {"region": str(cast.regions["331082002001"].id), "reason": "搬迁"}
        address = f"/enterprises/sites/{cast.sites['firm'].id}/transfer/"
        history = client_of("town").get(f"/enterprises/{cast.enterprises['firm'].id}/history/").content.decode()
        assert "还没有状态、移交、租赁、合并和标签的变动" in history
        assert cast.enterprises["firm"].name in client_of("town").get(address).content.decode()
        assert client_of("town").post(address, given).status_code == 303
        with acting(cast.county):
            transfer = SiteTransfer.objects.get()
        assert "等本单位接收" in client_of("town2").get("/enterprises/transfers/").content.decode()
        page = client_of("town").get(f"/enterprises/{cast.enterprises['firm'].id}/history/").content.decode()
        assert "正在移交给大洋街道" in page
        assert client_of("town2").get(f"/enterprises/transfers/{transfer.id}/").status_code == 200
        assert client_of("town").get(f"/enterprises/transfers/{transfer.id}/confirm/").status_code == 403
        confirmed = client_of("town2").post(f"/enterprises/transfers/{transfer.id}/confirm/", {"note": ""})
        assert confirmed.status_code == 303


class TestApi:
    def test_status_and_transfer(self, cast: Cast, client_of: Any) -> None:
        client, site = client_of("town"), cast.sites["firm"]
        with acting(cast.town):
            paper = str(upload(cast.town, "REPORT"))
        body = {"to_status": "STOPPED", "reason": "检修", "since_on": "2026-01-01", "files": [paper]}
        made = client.post(f"/api/v1/sites/{site.id}/set-status", body, content_type="application/json")
        assert (made.status_code, made.json()["state"]) == (201, "IN_FORCE")
        body = {"region": "331082002001", "reason": "搬迁"}
        made = client.post(f"/api/v1/sites/{site.id}/transfers", body, content_type="application/json")
        assert made.status_code == 201, made.content
        listed = client_of("town2").get("/api/v1/site-transfers?status=PROPOSED").json()["items"]
        assert [row["id"] for row in listed] == [made.json()["id"]]
        address = f"/api/v1/site-transfers/{made.json()['id']}/confirm"
        assert client.post(address, {}, content_type="application/json").status_code == 403
        done = client_of("town2").post(address, {}, content_type="application/json")
        assert (done.status_code, done.json()["status"]) == (200, "CONFIRMED")


def test_the_day_of_a_stop_may_lie_back(cast: Cast) -> None:
    with acting(cast.town):
        change = register.set_site_status(
            actor=cast.town,
            site_id=cast.sites["firm"].id,
            to_status="STOPPED",
            on=on(cast.town, since_on=clock.today() - timedelta(days=30)),
        )
    assert change.since_on < clock.today()
