"""Who acts behind a request: in how many queries, inside which range, and that nothing is remembered."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from anlan.accounts import actions as accounts
from anlan.accounts.models import ApiToken
from anlan.accounts.selectors import holder_of
from anlan.authz.actors import actor_of
from anlan.authz.scope import acting
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import Forbidden
from anlan.notify.models import Message
from tests.factories.cast import grant_to
from tests.fakes import plumbing

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.fakes.plumbing")]
PASSWORD = "Shui-Luo-Shi-Chu"


@pytest.fixture
def desk(cast) -> Client:
    client = Client()
    client.force_login(cast.users["county"])
    return client


def issue(cast, name: str, **options) -> tuple[ApiToken, str]:
    system = cast.system()
    with acting(system):
        return accounts.issue_token(actor=system, grant=cast.grants[name], **{"days": 1, **options})


def bearer(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def who(client: Client) -> str:
    return client.get("/").content.decode()


def events(cast, code: str = "331082") -> list[str]:
    with acting(cast.system(code)):
        return list(LedgerEntry.objects.order_by("seq").values_list("event", flat=True))


class TestSession:
    def test_two_reads_before_the_view(self, desk, django_assert_num_queries) -> None:
        # session, grants with the user; a savepoint (BEGIN outside of tests), the range; its end twice
        with django_assert_num_queries(6) as queries:
            assert who(desk) == "临海安委办"
        tables = [
            re.search(r'FROM "(\w+)"', re.sub(r"\(SELECT.*?\) AS", "", query["sql"]))[1]
            for query in queries.captured_queries
            if " FROM " in query["sql"]
        ]
        assert tables == ["django_session", "authz_grant"]

    def test_nobody_costs_nothing(self, client, django_assert_num_queries) -> None:
        with django_assert_num_queries(0):
            assert who(client) == "无人"

    def test_a_password_change_ends_the_session(self, cast, desk) -> None:
        with acting(cast.system()):
            accounts.set_password(actor=cast.system(), user_id=cast.users["county"].id, password=PASSWORD)
        assert who(desk) == "无人"
        assert Session.objects.count() == 0

    def test_a_deactivated_user_is_nobody(self, cast, desk) -> None:
        with acting(cast.system()):
            accounts.deactivate_user(actor=cast.system(), user_id=cast.users["county"].id)
        assert who(desk) == "无人"

    def test_a_page_leads_nobody_to_the_sign_in(self, client) -> None:
        response = client.get("/confirm/?a=1")
        assert response.status_code == 302
        assert response["Location"] == "/accounts/sign-in/?next=/confirm/%3Fa%3D1"

    def test_htmx_is_led_there_as_a_whole(self, client) -> None:
        headers = {"HX-Request": "true", "HX-Current-URL": "https://elsewhere.example/list/?q=1"}
        response = client.get("/confirm/", headers=headers)
        assert response.status_code == 401
        assert response["HX-Redirect"] == "/accounts/sign-in/?next=/list/%3Fq%3D1"

    def test_a_role_without_the_permission(self, cast) -> None:
        client = Client()
        client.force_login(cast.users["firm"])
        response = client.get("/confirm/")
        assert response.status_code == 403
        assert "没有这项权限" in response.content.decode()
        assert client.get("/confirm/", headers={"HX-Request": "true"}).content.startswith(b'<div class="error-summary"')


class TestGrants:
    def test_a_grant_revoked_now_ends_with_the_next_request(self, cast, desk) -> None:
        assert desk.get("/confirm/").status_code == 200
        with acting(cast.system()):
            accounts.revoke_grant(actor=cast.system(), grant_id=cast.grants["county"].id)
        response = desk.get("/confirm/")
        assert response.status_code == 403
        assert "没有有效的授权" in response.content.decode()
        assert "退出登录" in response.content.decode()
        assert desk.get("/api/v1/acts").json()["code"] == "no_grant"
        assert who(desk) == "无人"
        assert desk.post("/accounts/sign-out/").status_code == 302

    def test_a_grant_ends_by_itself(self, cast, desk) -> None:
        cast.grants["county"].valid_to = clock.today()
        cast.grants["county"].save()
        assert who(desk) == "临海安委办"
        with clock.at(clock.now() + timedelta(days=1)):
            assert who(desk) == "无人"

    def test_switching(self, cast, desk) -> None:
        user = cast.users["county"]
        second = grant_to(user, "LEADER", cast.organisations["温岭安委办"], cast.regions["331081"])
        assert desk.get("/confirm/").status_code == 200
        response = desk.post("/accounts/act-as/", {"grant": second.id, "next": "/lazy/"})
        assert (response.status_code, response["Location"]) == (302, "/lazy/")
        assert who(desk) == "温岭安委办"
        assert desk.get("/confirm/").status_code == 403
        assert "user.acted_as" in events(cast, "331081")
        desk.post(f"/accounts/act-as/{cast.grants['county'].id}/")
        assert who(desk) == "临海安委办"
        second.valid_to = clock.today() - timedelta(days=1)
        second.save()
        assert desk.post(f"/accounts/act-as/{second.id}/").status_code == 404

    def test_nobody_acts_under_the_grant_of_another(self, cast, desk, client) -> None:
        assert desk.post(f"/accounts/act-as/{cast.grants['other'].id}/").status_code == 404
        assert who(desk) == "临海安委办"
        assert desk.get("/accounts/act-as/").status_code == 405
        assert client.post("/accounts/act-as/").status_code == 302

    def test_switching_never_leads_away(self, cast, desk) -> None:
        body = {"grant": cast.grants["county"].id, "next": "https://elsewhere.example/"}
        assert desk.post("/accounts/act-as/", body)["Location"] == "/"


class TestTokens:
    def test_one_query_and_no_session(self, cast, django_assert_num_queries) -> None:
        _, secret = issue(cast, "county")
        client = bearer(secret)
        who(client)
        with django_assert_num_queries(5) as queries:  # the token; a savepoint, the range, its end twice
            assert who(client) == "临海安委办"
        assert "accounts_apitoken" in queries.captured_queries[0]["sql"]

    def test_the_actor_is_the_same_as_in_a_session(self, cast) -> None:
        for name, actor in cast.actors.items():
            if actor.wall == cast.county.wall:
                _, secret = issue(cast, name)
                assert holder_of(secret).actor == actor
        assert holder_of("anlan_guess") is None

    def test_a_token_can_open_a_page(self, cast) -> None:
        _, secret = issue(cast, "county")
        with override_settings(ROOT_URLCONF="anlan.config.urls"):
            assert "陈安委" in bearer(secret).get("/messages/").content.decode()

    def test_last_use_is_noted_once_a_minute(self, cast) -> None:
        token, secret = issue(cast, "county")
        seen = []
        start = clock.now()
        for seconds in (0, 30, 59, 61, 100):
            with clock.at(start + timedelta(seconds=seconds)):
                who(bearer(secret))
            token.refresh_from_db()
            seen.append((token.last_used_at - start).total_seconds())
        assert seen == [0, 0, 0, 61, 61]

    def test_a_token_is_worth_what_its_grant_is_worth(self, cast) -> None:
        token, secret = issue(cast, "county", days=2)
        assert who(bearer(secret)) == "临海安委办"
        with clock.at(clock.now() + timedelta(days=2, seconds=1)):
            assert bearer(secret).get("/").status_code == 302
        with acting(cast.system()):
            accounts.revoke_token(actor=cast.system(), token=token)
        assert bearer(secret).get("/api/v1/acts").status_code == 401
        _, secret = issue(cast, "county")
        with acting(cast.system()):
            accounts.revoke_grant(actor=cast.system(), grant_id=cast.grants["county"].id)
        assert bearer(secret).get("/api/v1/acts").status_code == 401

    def test_only_the_hash_is_kept(self, cast) -> None:
        token, secret = issue(cast, "county")
        row = str(ApiToken.objects.filter(id=token.id).values().get())
        assert secret not in row
        assert secret.removeprefix("anlan_") not in row

    def test_the_command(self, cast) -> None:
        out = StringIO()
        call_command("token", "county", "--days", "3", stdout=out)
        assert who(bearer(out.getvalue().strip())) == "临海安委办"
        assert "api_token.issued" in events(cast)
        for arguments in (["nobody"], ["county", "--grant", "x"], ["county", "--days", "0"]):
            with pytest.raises(CommandError):
                call_command("token", *arguments, stdout=out)


class TestActing:
    def test_rows_are_visible_while_a_template_is_rendered_and_not_afterwards(self, cast, desk) -> None:
        with acting(cast.county):
            plumbing._tell(_request_of(cast.county), "临海的消息")
        with acting(cast.other):
            plumbing._tell(_request_of(cast.other), "温岭的消息")
        assert desk.get("/lazy/").content.decode() == "临海的消息；"
        assert Message.objects.count() == 0

    @pytest.mark.parametrize("path", ["/write-and-refuse/", "/write-and-break/"])
    def test_what_a_view_wrote_before_it_refused_is_gone(self, cast, desk, path: str) -> None:
        desk.raise_request_exception = False
        assert desk.get(path).status_code in (409, 500)
        with acting(cast.county):
            assert Message.objects.count() == 0


class TestAdministration:
    def test_a_new_user_with_a_grant_can_sign_in(self, cast, client) -> None:
        system = cast.system()
        with acting(system):
            user = accounts.create_user(actor=system, username="新人", display_name="何新人", password=PASSWORD)
            organisation = cast.organisations["古城街道"]
            grant = accounts.grant_role(
                actor=system, user_id=user.id, role="TOWNSHIP_OFFICE", organisation_id=organisation.id
            )
        assert grant.region == organisation.region
        assert actor_of(grant).can("hidden_danger.dispatch")
        response = client.post("/accounts/sign-in/", {"login": "新人", "password": PASSWORD})
        assert response.status_code == 302
        assert who(client) == "古城街道"
        assert [e for e in events(cast) if e.startswith(("user", "grant"))] == [
            "user.created",
            "grant.given",
            "user.signed_in",
        ]

    def test_nobody_but_the_system(self, cast) -> None:
        with acting(cast.county), pytest.raises(Forbidden):
            accounts.create_user(actor=cast.county, username="甲", display_name="甲", password=PASSWORD)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"role": "SYSTEM"}, "没有这种角色"),
            ({"valid_from": clock.today(), "valid_to": clock.today() - timedelta(days=1)}, "失效日期不能早于"),
        ],
    )
    def test_a_grant_that_cannot_be(self, cast, change: dict, message: str) -> None:
        given = {
            "user_id": cast.users["county"].id,
            "role": "LEADER",
            "organisation_id": cast.organisations["古城街道"].id,
            **change,
        }
        with acting(cast.system()), pytest.raises(Exception, match=message):
            accounts.grant_role(actor=cast.system(), **given)

    def test_organisations_of_another_county_are_not_there(self, cast) -> None:
        organisation_id = cast.organisations["温岭安委办"].id
        user_id = cast.users["county"].id
        with acting(cast.system()), pytest.raises(Exception, match="没有找到"):
            accounts.grant_role(actor=cast.system(), user_id=user_id, role="LEADER", organisation_id=organisation_id)
        with acting(cast.system()), pytest.raises(Exception, match="没有找到"):
            accounts.revoke_grant(actor=cast.system(), grant_id=cast.grants["other"].id)

    def test_a_name_is_taken_whatever_its_case(self, cast) -> None:
        with acting(cast.system()), pytest.raises(Exception, match="已被使用"):
            accounts.create_user(actor=cast.system(), username="County", display_name="甲", password=PASSWORD)

    def test_a_grant_is_revoked_once(self, cast) -> None:
        grant = grant_to(cast.users["county"], "LEADER", cast.organisations["临海政府"], cast.regions["331082"])
        grant.valid_from = clock.today()
        grant.save()
        with acting(cast.system()):
            revoked = accounts.revoke_grant(actor=cast.system(), grant_id=grant.id)
            assert revoked.valid_to < clock.today()
            with pytest.raises(Exception, match="已经失效"):
                accounts.revoke_grant(actor=cast.system(), grant_id=grant.id)


def _request_of(actor):
    class Request:
        pass

    request = Request()
    request.actor = actor
    return request
