"""Signing in and out: Chinese words, limits that hold, entries in the ledger, sessions in the database."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import NoReverseMatch, reverse

from anlan.accounts import actions as accounts
from anlan.authz.scope import acting
from anlan.ledger.models import LedgerEntry

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.fakes.plumbing")]
SIGN_IN, SIGN_OUT = "/accounts/sign-in/", "/accounts/sign-out/"
PASSWORD = "Shui-Luo-Shi-Chu"


@pytest.fixture
def known(cast):
    with acting(cast.system()):
        accounts.set_password(actor=cast.system(), user_id=cast.users["county"].id, password=PASSWORD)
    return cast


def sign_in(client: Client, password: str = PASSWORD, name: str = "county", **options):
    return client.post(SIGN_IN, {"login": name, "password": password, **options})


def test_the_page(client) -> None:
    response = client.get(SIGN_IN)
    assert response.status_code == 200
    text = response.content.decode()
    assert "登录" in text
    assert "sign" + "up" not in text


def test_in_and_out(known, client) -> None:
    response = sign_in(client, next="/lazy/")
    assert (response.status_code, response["Location"]) == (302, "/lazy/")
    assert client.get("/").content.decode() == "临海安委办"
    assert Session.objects.count() == 1
    assert client.get(SIGN_OUT).status_code == 405
    assert client.post(SIGN_OUT)["Location"] == SIGN_IN
    assert client.get("/").content.decode() == "无人"
    assert Session.objects.count() == 0
    with acting(known.system()):
        entries = list(LedgerEntry.objects.filter(subject_id=known.users["county"].id).order_by("seq"))
        assert [entry.event for entry in entries][-2:] == ["user.signed_in", "user.signed_out"]
        assert {entry.actor_id for entry in entries[-2:]} == {known.users["county"].id}


def test_a_wrong_password_and_an_unknown_name_look_the_same(known, client) -> None:
    texts = [sign_in(client, "falsch").content.decode(), sign_in(client, name="niemand").content.decode()]
    assert all("账号或密码不正确" in text for text in texts)
    assert client.get("/").content.decode() == "无人"


def test_guessing_is_stopped_even_with_the_right_password(known, client) -> None:
    for _ in range(5):
        sign_in(client, "falsch")
    assert "密码错误次数过多" in sign_in(client).content.decode()
    assert "密码错误次数过多" in sign_in(Client()).content.decode()  # the limit is in the database, not in the client
    assert client.get("/").content.decode() == "无人"


def test_an_address_that_tries_too_often_gets_429(client, cast) -> None:
    statuses = [client.post(SIGN_IN, {"login": f"a{n}", "password": "x"}).status_code for n in range(31)]
    assert statuses[:30] == [200] * 30
    assert statuses[30] == 429
    assert "操作过于频繁" in client.post(SIGN_IN, {"login": "a", "password": "x"}).content.decode()


def test_a_deactivated_account(known, client) -> None:
    with acting(known.system()):
        accounts.deactivate_user(actor=known.system(), user_id=known.users["county"].id)
    response = sign_in(client)
    assert response.status_code in (200, 403)
    assert client.get("/").content.decode() == "无人"


def test_next_never_leads_away(known, client) -> None:
    assert sign_in(client, next="https://elsewhere.example/")["Location"] == "/"


def test_nothing_else_of_allauth_is_mounted() -> None:
    for name in ("account_signup", "account_reset_password", "account_email", "account_set_password"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_a_form_without_the_token_is_refused_in_chinese(known) -> None:
    client = Client(enforce_csrf_checks=True)
    response = sign_in(client)
    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()
