"""Looking after accounts: who may give what to whom, and what ends when (accounts)."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from anlan.accounts import actions, selectors
from anlan.accounts.facts import GrantFacts, PersonFacts
from anlan.accounts.passwords import LASTS
from anlan.authz.choices import Sector
from anlan.authz.models import Grant, User
from anlan.authz.scope import acting
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refusal, Refused
from tests.factories.cast import Cast, grant_to

pytestmark = pytest.mark.django_db
PASSWORD = "Shui-Luo-Shi-Chu"
OWN = "Qing-Shan-Lv-Shui"
HERE = {"role": "VILLAGE_GRID_MEMBER", "organisation": "井头社区"}


def events(cast: Cast, user: User) -> list[str]:
    with acting(cast.system()):
        return list(LedgerEntry.objects.filter(subject_id=user.id).order_by("seq").values_list("event", flat=True))


def facts(cast: Cast, role: str, organisation: str, **more: Any) -> GrantFacts:
    return GrantFacts(role=role, organisation_id=cast.organisations[organisation].id, **more)


def open_account(cast: Cast, who: str = "town", username: str = "new", **more: Any) -> tuple[User, str]:
    actor = cast.actors[who]
    with acting(actor):
        return actions.open_account(
            actor=actor,
            person=PersonFacts(username=username, display_name="何新人", phone="13900000001"),
            grant=facts(cast, **{**HERE, **more}),
        )


def give(cast: Cast, who: str, to: str, role: str, organisation: str, **more: Any) -> Grant:
    actor = cast.actors[who]
    with acting(actor):
        return actions.grant_by_facts(
            actor=actor, user_id=cast.users[to].id, grant=facts(cast, role, organisation, **more)
        )


def sign_in(name: str, password: str) -> tuple[Client, Any]:
    client = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120"})
    return client, client.post("/accounts/sign-in/", {"login": name, "password": password})


class TestOpening:
    def test_a_new_person_changes_the_temporary_password_first(self, cast: Cast) -> None:
        user, password = open_account(cast)
        client, response = sign_in("new", password)
        assert response["Location"] == "/accounts/me/password/"
        refused = client.get("/hidden-dangers/")
        assert refused.status_code == 403
        assert "请先修改密码" in refused.content.decode()
        assert client.get("/api/v1/hidden-dangers").json()["code"] == "password_change_required"
        same = client.post("/accounts/me/password/", dict.fromkeys(("oldpassword", "password1", "password2"), password))
        assert "不能与现在的密码相同" in same.content.decode()
        form = {"oldpassword": password, "password1": OWN, "password2": OWN}
        assert client.post("/accounts/me/password/", form)["Location"] == "/accounts/me/"
        assert client.get("/hidden-dangers/").status_code == 200
        assert sign_in("new", password)[1].status_code == 200  # the form again: the password is wrong now
        assert events(cast, user) == ["user.created", "user.signed_in", "user.password_changed"]

    def test_it_is_kept_nowhere(self, cast: Cast) -> None:
        _, password = open_account(cast)
        with acting(cast.system()):
            written = str(list(LedgerEntry.objects.values())) + str(list(User.objects.values()))
        assert password not in written
        assert "何新人" not in str(list(LedgerEntry.objects.values("payload")))

    def test_it_does_not_wait_for_ever(self, cast: Cast) -> None:
        _, password = open_account(cast)
        with clock.at(clock.now() + LASTS + timedelta(seconds=1)):
            client, response = sign_in("new", password)
        assert response.status_code == 403
        assert "临时密码已过期" in response.content.decode()
        assert client.get("/").status_code == 302

    def test_nobody_gives_what_is_not_theirs(self, cast: Cast) -> None:
        for who, more, refusal in (
            ("town", {"role": "COMMITTEE_OFFICE", "organisation": "临海安委办"}, NotInScope),
            ("town", {"role": "COMMITTEE_OFFICE", "organisation": "古城街道"}, Forbidden),
            ("town", {"organisation": "高桥社区"}, NotInScope),
            ("town", {"role": "ENTERPRISE_OFFICER"}, Invalid),
            ("town", {"username": "TOWN2"}, Invalid),
            ("town", {"username": "a b"}, Invalid),
            ("county", {"role": "COMMITTEE_OFFICE", "organisation": "温岭安委办"}, NotInScope),
            ("county", {"role": "COMMITTEE_OFFICE", "organisation": "台州市安委办"}, NotInScope),
            ("village", {}, Forbidden),
            ("dept", {}, Forbidden),
        ):
            with pytest.raises(refusal):
                open_account(cast, who, **more)
        assert not User.objects.filter(display_name="何新人").exists()

    def test_what_each_office_may_open(self, cast: Cast) -> None:
        open_account(cast, "town", "n1", role="ENTERPRISE_OFFICER", organisation="江南机械")
        open_account(cast, "county", "n2", role="LEADER", organisation="临海政府")
        open_account(cast, "county", "n3", role="DEPARTMENT_INSPECTOR", organisation="临海应急局")
        open_account(cast, "city", "n4", role="COMMITTEE_OFFICE", organisation="温岭安委办")
        assert User.objects.filter(display_name="何新人").count() == 4


class TestGranting:
    def test_within_the_region_and_the_sectors(self, cast: Cast) -> None:
        town, other = cast.regions["331082001"], cast.regions["331081001"]
        grant = give(cast, "county", "dept", "DEPARTMENT_INSPECTOR", "临海住建局", region_id=town.id, sectors=("FIRE",))
        assert (grant.region, grant.sectors) == (town, ["FIRE"])
        with pytest.raises(NotInScope):
            give(cast, "county", "dept", "DEPARTMENT_INSPECTOR", "临海住建局", region_id=other.id)
        with pytest.raises(Invalid):
            give(cast, "county", "village", "VILLAGE_GRID_MEMBER", "文化社区", region_id=town.id)
        narrow = cast.grants["county"]
        narrow.sectors = [Sector.FIRE]
        narrow.save()
        from anlan.authz.actors import actor_of

        cast.actors["county"] = actor_of(narrow)
        with pytest.raises(Invalid):
            give(cast, "county", "dept", "DEPARTMENT_INSPECTOR", "临海住建局")
        with pytest.raises(Invalid):
            give(cast, "county", "dept", "DEPARTMENT_INSPECTOR", "临海住建局", sectors=("FIRE", "MINING"))

    def test_never_to_oneself(self, cast: Cast) -> None:
        with pytest.raises(Forbidden):
            give(cast, "county", "county", "LEADER", "临海政府")
        with acting(cast.county), pytest.raises(Forbidden):
            actions.revoke_grant(actor=cast.county, grant_id=cast.grants["county"].id)

    def test_revoking_takes_effect_at_once(self, cast: Cast, client_of) -> None:
        village = client_of("village")
        assert village.get("/").status_code == 200
        client_of("town").post(f"/users/grants/{cast.grants['village'].id}/revoke/")
        assert village.get("/").status_code == 403
        assert client_of("town").post(f"/users/grants/{cast.grants['village'].id}/revoke/").status_code == 409

    def test_not_what_one_does_not_administer(self, cast: Cast) -> None:
        station = grant_to(
            cast.users["dept"], "DEPARTMENT_INSPECTOR", cast.organisations["古城街道"], cast.regions["331082001"]
        )
        for grant in (cast.grants["village"], station, cast.grants["county"]):
            with acting(cast.town2), pytest.raises(NotInScope):
                actions.revoke_grant(actor=cast.town2, grant_id=grant.id)
        with acting(cast.town), pytest.raises(NotInScope):
            actions.revoke_grant(actor=cast.town, grant_id=station.id)


class TestLookingAfter:
    def test_a_reset_ends_every_session(self, cast: Cast) -> None:
        with acting(cast.system()):
            actions.set_password(actor=cast.system(), user_id=cast.users["village"].id, password=PASSWORD)
        client, response = sign_in("village", PASSWORD)
        assert response["Location"] == "/"
        with acting(cast.town):
            password = actions.reset_password(actor=cast.town, user_id=cast.users["village"].id)
        assert Session.objects.count() == 0
        assert client.get("/").status_code == 302
        assert sign_in("village", PASSWORD)[1].status_code == 200
        assert sign_in("village", password)[1]["Location"] == "/accounts/me/password/"
        assert "user.password_reset" in events(cast, cast.users["village"])

    def test_nobody_reaches_above_through_an_account(self, cast: Cast) -> None:
        """A person of the county who also acts in a village stays out of the township's hands."""
        county, acts = cast.users["county"], (actions.reset_password, actions.deactivate_user, actions.end_all_sessions)

        def refused(who: str, user: User, refusal: type[Refusal]) -> None:
            for do in acts:
                with acting(cast.actors[who]), pytest.raises(refusal):
                    do(actor=cast.actors[who], user_id=user.id)

        for who in ("town", "other", "town2"):
            refused(who, county, NotInScope)
        grant_to(county, "VILLAGE_GRID_MEMBER", cast.organisations["文化社区"], cast.regions["331082001001"])
        refused("town", county, Refused)
        refused("county", county, Forbidden)
        refused("village", cast.users["firm"], Forbidden)

    def test_deactivating_and_reactivating(self, cast: Cast, client_of) -> None:
        village, user = client_of("village"), cast.users["village"]
        for verb, status in (("deactivate", 302), ("deactivate", 409), ("reactivate", 302), ("reactivate", 409)):
            assert client_of("town").post(f"/users/{user.id}/{verb}/").status_code == status
        client_of("town").post(f"/users/{user.id}/deactivate/")
        assert village.get("/").status_code == 302
        assert events(cast, user) == ["user.deactivated", "user.reactivated", "user.deactivated"]

    def test_who_has_moved_away_is_no_longer_here(self, cast: Cast) -> None:
        user = cast.users["village"]
        cast.grants["village"].valid_to = clock.today() - timedelta(days=1)
        cast.grants["village"].save()
        assert selectors.account_within(cast.town, user.id) == user
        grant_to(user, "VILLAGE_GRID_MEMBER", cast.organisations["高桥社区"], cast.regions["331082002001"])
        with pytest.raises(NotInScope):
            selectors.account_within(cast.town, user.id)
        assert selectors.account_within(cast.town2, user.id) == user
        assert selectors.account_within(cast.county, user.id) == user


class TestSessions:
    @pytest.fixture
    def two(self, cast: Cast) -> tuple[Client, Client]:
        with acting(cast.system()):
            actions.set_password(actor=cast.system(), user_id=cast.users["village"].id, password=PASSWORD)
        return sign_in("village", PASSWORD)[0], sign_in("village", PASSWORD)[0]

    def test_one_sees_them_and_ends_one(self, cast: Cast, two) -> None:
        here, there = two
        text = here.get("/accounts/me/").content.decode()
        assert text.count("Windows 电脑，Edge 浏览器") == 2
        assert text.count("当前登录") == 1
        other = selectors.sessions_of(cast.users["village"].id, here.session.session_key)[1]
        assert here.post(f"/accounts/me/sessions/{other.id}/end/").status_code == 302
        assert there.get("/").status_code == 302
        assert here.get("/").status_code == 200
        assert here.post(f"/accounts/me/sessions/{other.id}/end/").status_code == 404

    def test_all_others_at_once_and_a_new_password(self, cast: Cast, two) -> None:
        here, there = two
        here.post("/accounts/me/sessions/end-others/")
        assert there.get("/").status_code == 302
        again = sign_in("village", PASSWORD)[0]
        form = {"oldpassword": PASSWORD, "password1": OWN, "password2": OWN}
        assert here.post("/accounts/me/password/", form).status_code == 302
        assert again.get("/").status_code == 302
        assert here.get("/").status_code == 200
        assert len(selectors.sessions_of(cast.users["village"].id)) == 1

    def test_the_administrator_ends_them(self, cast: Cast, client_of, two) -> None:
        user = cast.users["village"]
        one = selectors.sessions_of(user.id)[0]
        assert client_of("town2").post(f"/users/{user.id}/sessions/{one.id}/end/").status_code == 404
        assert client_of("town").post(f"/users/{user.id}/sessions/{one.id}/end/").status_code == 302
        assert [client.get("/").status_code for client in two].count(302) == 1
        assert client_of("town").post(f"/users/{user.id}/sessions/end-all/").status_code == 302
        assert [client.get("/").status_code for client in two] == [302, 302]

    def test_last_use_is_noted_once_a_minute(self, cast: Cast, two) -> None:
        here, user = two[0], cast.users["village"]
        start = selectors.sessions_of(user.id, here.session.session_key)[0].seen_at
        seen = []
        for seconds in (30, 61, 100):
            with clock.at(start + timedelta(seconds=seconds)):
                here.get("/")
            seen.append((selectors.sessions_of(user.id, here.session.session_key)[0].seen_at - start).total_seconds())
        assert seen == [0, 61, 61]


class TestPages:
    def test_opening_shows_the_password_once(self, cast: Cast, client_of) -> None:
        town, village = client_of("town"), cast.organisations["文化社区"]
        assert "文化社区" in town.get("/users/open/?q=文化").content.decode()
        path = f"/users/open/?organisation={village.id}"
        assert "网格员" in town.get(path).content.decode()
        form = {"username": "new", "display_name": "何新人", "role": "VILLAGE_GRID_MEMBER"}
        assert town.post(path, form).status_code == 422
        form |= {"region": str(village.region_id), "valid_from": clock.today().isoformat()}
        response = town.post(path, form)
        assert "只显示这一次" in response.content.decode()
        assert response["Cache-Control"] == "no-store"
        page = town.get(f"/users/{User.objects.get(username='new').id}/").content.decode()
        assert "何新人" in page
        assert "只显示这一次" not in page.split("<dialog", 1)[0]
        assert "用户名已被使用" in town.post(path, form).content.decode()

    def test_the_list_is_narrowed(self, cast: Cast, client_of) -> None:
        cast.users["village"].is_active = False
        cast.users["village"].save()
        town = client_of("town")

        def listed(query: str) -> set[str]:
            rows = town.get(f"/users/?{query}").context["rows"]
            return {row.username for row in rows}

        assert listed("") == {"town", "village", "firm"}
        assert listed("q=江南") == {"firm"}
        assert listed("organisation=文化社区") == {"village"}
        assert listed("role=TOWNSHIP_OFFICE") == {"town"}
        assert listed("state=INACTIVE") == {"village"}
        assert listed("state=IN_USE") == {"town", "firm"}
        assert listed("state=TEMPORARY") == listed("state=WITHOUT_GRANT") == set()
        assert client_of("firm").get("/users/").status_code == 403

    def test_another_grant_and_a_new_name(self, cast: Cast, client_of) -> None:
        county, user = client_of("county"), cast.users["dept"]
        organisation = cast.organisations["临海住建局"]
        path = f"/users/{user.id}/grant/?organisation={organisation.id}"
        given = {"role": "DEPARTMENT_INSPECTOR", "region": str(organisation.region_id), "sectors": ["FIRE"]}
        given |= {"valid_from": clock.today().isoformat(), "valid_to": "2020-01-01"}
        assert "失效日期不能早于" in county.post(path, given).content.decode()
        assert county.post(path, {**given, "valid_to": ""}).status_code == 302
        assert "消防" in county.get(f"/users/{user.id}/").content.decode()
        assert county.post(f"/users/{user.id}/edit/", {"display_name": "王新名", "phone": "x"}).status_code == 422
        assert county.post(f"/users/{user.id}/edit/", {"display_name": "王新名", "phone": ""}).status_code == 302
        assert "王新名" in county.get(f"/users/{user.id}/").content.decode()
