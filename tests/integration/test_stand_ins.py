"""请假代办: who may act for whom, when it ends, and that everybody can read it."""

from datetime import timedelta
from typing import Any

import pytest

from anlan.accounts import actions
from anlan.authz.actors import actor_by
from anlan.authz.models import StandIn
from anlan.authz.scope import acting
from anlan.jobs import api as jobs
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refusal, Refused
from anlan.processes.models import Event
from tests.factories.cast import Cast
from tests.factories.matters import Matters

pytestmark = pytest.mark.django_db


def days(count: int) -> Any:
    return clock.today() + timedelta(days=count)


@pytest.fixture
def office(cast: Cast) -> Cast:
    """``mate`` works beside ``town`` in 古城街道."""
    town = cast.organisations["古城街道"]
    cast.add("mate", "TOWNSHIP_OFFICE", "许同事", town, town.region)
    return cast


def lend(cast: Cast, who: str = "town", to: str = "mate", of: str = "town", first: int = 0, last: int = 5) -> StandIn:
    actor = cast.actors[who]
    with acting(actor):
        return actions.name_stand_in(
            actor=actor,
            grant_id=cast.grants[of].id,
            colleague_id=cast.users[to].id,
            valid_from=days(first),
            valid_to=days(last),
        )


def switch(cast: Cast, client: Any) -> int:
    return client.post("/accounts/act-as/", {"grant": cast.grants["town"].id}).status_code


def test_a_stand_in_acts_in_the_name_of_the_absent(office: Cast, client_of) -> None:
    matter = Matters(office).registered()
    mate = client_of("mate")
    assert switch(office, mate) == 404
    lend(office)
    assert "周古城" in mate.get("/").content.decode()
    assert switch(office, mate) == 302
    assert "（代 周古城）" in mate.get("/").content.decode()
    assert mate.post(f"/hidden-dangers/{matter.id}/comment", {"note": "收到"}).status_code == 303
    with acting(office.county):
        event = Event.objects.filter(subject_id=matter.id).latest("at")
        assert event.actor_label == "许同事（代 周古城）"
        assert event.user_id == office.users["mate"].id
        entry = LedgerEntry.objects.filter(subject_id=matter.id).latest("seq")
        assert entry.actor_id == office.users["mate"].id
        assert entry.payload["in_stead_of"] == str(office.users["town"].id)
    assert "许同事（代 周古城）" in mate.get(f"/hidden-dangers/{matter.id}/").content.decode()


def test_it_ends_by_itself_and_early(office: Cast, client_of) -> None:
    mate, user = client_of("mate"), office.users["mate"].id
    lent = lend(office, first=1, last=2)
    seen = []
    for day in range(4):
        with clock.at(clock.now() + timedelta(days=day)):
            seen.append(actor_by(user, office.grants["town"].id) is not None)
    assert seen == [False, True, True, False]
    with clock.at(clock.now() + timedelta(days=1)):
        assert switch(office, mate) == 302
        assert client_of("town").post(f"/accounts/me/stand-ins/{lent.id}/end/").status_code == 302
        assert switch(office, mate) == 404
        assert "（代 周古城）</span>" not in mate.get("/").content.decode()
        assert client_of("town").post(f"/accounts/me/stand-ins/{lent.id}/end/").status_code == 409


@pytest.mark.parametrize("end", ["grant", "absent", "own"])
def test_it_is_worth_what_both_are_worth(office: Cast, end: str) -> None:
    lend(office)
    if end == "absent":
        office.users["town"].is_active = False
        office.users["town"].save()
    else:
        grant = office.grants["town" if end == "grant" else "mate"]
        grant.valid_to = days(-1)
        grant.save()
    assert actor_by(office.users["mate"].id, office.grants["town"].id) is None


def test_who_and_when_cannot_be(office: Cast) -> None:
    def refused(refusal: type[Refusal], **how: Any) -> None:
        with pytest.raises(refusal):
            lend(office, **how)

    refused(Invalid, to="town")
    refused(Invalid, to="village")
    refused(Invalid, first=-1)
    refused(Invalid, first=3, last=2)
    refused(Invalid, last=200)
    refused(NotInScope, who="village")
    refused(NotInScope, who="town2")
    lend(office, first=2, last=4)
    refused(Refused, first=4, last=6)
    refused(Refused, who="mate", of="mate", to="town", first=3, last=3)
    lend(office, first=5, last=6)


def test_the_administrator_names_and_ends(office: Cast, client_of) -> None:
    user = office.users["town"]
    form = {"grant": office.grants["town"].id, "colleague": office.users["mate"].id}
    form |= {"valid_from": days(0).isoformat(), "valid_to": days(3).isoformat()}
    county = client_of("county")
    assert "许同事" in county.get(f"/users/{user.id}/stand-ins/name/").content.decode()
    assert county.post(f"/users/{user.id}/stand-ins/name/", {"grant": ""}).status_code == 422
    assert county.post(f"/users/{user.id}/stand-ins/name/", form).status_code == 302
    page = county.get(f"/users/{user.id}/").content.decode()
    assert "代办中" in page
    assert client_of("town2").post(f"/users/stand-ins/{StandIn.objects.get().id}/end/").status_code == 404
    assert county.post(f"/users/stand-ins/{StandIn.objects.get().id}/end/").status_code == 302
    with pytest.raises(Forbidden):  # a colleague who administers does not name themselves
        lend(office, who="mate", to="mate")
    town = client_of("town")
    assert "许同事" in town.get("/accounts/me/stand-ins/name/").content.decode()
    assert town.post("/accounts/me/stand-ins/name/", form).status_code == 302


def test_a_job_of_a_stand_in_runs_as_one(office: Cast, client_of) -> None:
    lend(office)
    mate = client_of("mate")
    switch(office, mate)
    with jobs.inline():
        assert mate.post("/hidden-dangers/export").status_code == 302
        jobs.run_pending()
    assert "已完成" in mate.get("/jobs/").content.decode()


def test_a_stand_in_is_not_the_second_pair_of_eyes(office: Cast) -> None:
    lend(office)
    actor = actor_by(office.users["mate"].id, office.grants["town"].id)
    assert actor.is_party(office.users["town"].id)
    assert actor.is_party(office.users["mate"].id)
    assert not office.town.is_party(office.users["mate"].id)
    with acting(actor), pytest.raises(Forbidden):
        actions.grant_role(
            actor=actor,
            user_id=office.users["town"].id,
            role="VILLAGE_GRID_MEMBER",
            organisation_id=office.organisations["文化社区"].id,
        )
