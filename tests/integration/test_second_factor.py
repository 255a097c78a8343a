"""The second factor: switched on, asked for, used once, kept secret, demanded of some roles, taken off."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.test import Client, override_settings

from anlan.accounts import actions
from anlan.authz.scope import acting
from anlan.ledger.models import LedgerEntry
from tests.factories.cast import Cast

pytestmark = pytest.mark.django_db
PASSWORD = "Shui-Luo-Shi-Chu"
ACTIVATE, CONFIRM, ASK = "/accounts/me/totp/activate/", "/accounts/confirm/", "/accounts/sign-in/second-factor/"


def code_of(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def sign_in() -> tuple[Client, Any]:
    client = Client()
    return client, client.post("/accounts/sign-in/", {"login": "village", "password": PASSWORD})


def confirm(client: Client, then: str) -> None:
    response = client.get(then)
    assert response["Location"].startswith(CONFIRM)
    assert "密码不正确" in client.post(response["Location"], {"password": "falsch"}).content.decode()
    assert client.post(response["Location"], {"password": PASSWORD})["Location"] == then


def enrol() -> tuple[Client, str, list[str]]:
    """A client, the secret and the recovery codes."""
    client, _ = sign_in()
    confirm(client, ACTIVATE)
    page = client.get(ACTIVATE)
    secret = page.context["form"].secret
    assert "<svg" in page.content.decode()
    assert secret not in str(client.session.items())
    assert "验证码不正确" in client.post(ACTIVATE, {"code": "000000"}).content.decode()
    response = client.post(ACTIVATE, {"code": code_of(secret)})
    assert response["Location"] == "/accounts/me/recovery-codes/"
    codes = re.findall(r"<code>(\d{8})</code>", client.get(response["Location"]).content.decode())
    return client, secret, codes


@pytest.fixture
def known(cast: Cast) -> Cast:
    with acting(cast.system()):
        actions.set_password(actor=cast.system(), user_id=cast.users["village"].id, password=PASSWORD)
    cast.users["village"].refresh_from_db()
    return cast


def events(cast: Cast) -> list[str]:
    with acting(cast.system()):
        found = LedgerEntry.objects.filter(subject_id=cast.users["village"].id).order_by("seq")
        return list(found.values_list("event", flat=True))


def test_switched_on_and_asked_for(known: Cast) -> None:
    other, _ = sign_in()
    client, secret, codes = enrol()
    assert other.get("/").status_code == 302  # signed in without it
    assert len(set(codes)) == 10
    again = client.get("/accounts/me/recovery-codes/").content.decode()
    assert "只在生成时显示一次" in again
    assert not any(code in again for code in codes)
    assert "验证器应用" in client.get("/accounts/me/").content.decode()
    # asked for, and nothing before it
    client, response = sign_in()
    assert response["Location"] == ASK
    assert client.get("/").status_code == 302
    assert "验证码不正确" in client.post(ASK, {"code": "000000"}).content.decode()
    code = code_of(secret)
    assert client.post(ASK, {"code": code})["Location"] == "/"
    assert client.get("/").status_code == 200
    # a code is good once, a recovery code too
    client, _ = sign_in()
    assert client.post(ASK, {"code": code}).status_code == 200
    assert client.post(ASK, {"code": codes[0]}).status_code == 302
    client, _ = sign_in()
    assert client.post(ASK, {"code": codes[0]}).status_code == 200
    assert events(known).count("user.signed_in") == 4  # two with the password alone before, two with the factor


def test_the_secrets_are_kept_nowhere(known: Cast) -> None:
    _, secret, codes = enrol()
    with acting(known.system()):
        written = str(list(LedgerEntry.objects.values()))
    written += str(list(Authenticator.objects.values()))
    written += str([session.get_decoded() for session in Session.objects.all()])
    assert secret not in written
    assert not any(code in written for code in codes)
    assert "user.totp_enabled" in events(known)


def test_switched_off_after_confirming(known: Cast) -> None:
    client, _, _ = enrol()
    other = Client()
    other.force_login(known.users["village"])
    assert other.get("/accounts/me/totp/deactivate/")["Location"].startswith(CONFIRM)
    with override_settings(SECOND_FACTOR_ROLES=frozenset({"VILLAGE_GRID_MEMBER"})):
        assert "不能停用最后一种" in client.post("/accounts/me/totp/deactivate/").content.decode()
    assert client.post("/accounts/me/totp/deactivate/").status_code == 302
    assert Authenticator.objects.count() == 0
    assert sign_in()[1]["Location"] == "/"
    assert "user.totp_disabled" in events(known)


def test_a_role_may_demand_it(known: Cast, client_of) -> None:
    client, _ = sign_in()
    with override_settings(SECOND_FACTOR_ROLES=frozenset({"VILLAGE_GRID_MEMBER"})):
        refused = client.get("/hidden-dangers/")
        assert refused.status_code == 403
        assert ACTIVATE in refused.content.decode()
        assert client_of("town").get("/hidden-dangers/").status_code == 200
        assert client.get("/accounts/me/passkeys/add/").status_code == 302
        client, _, _ = enrol()
        assert client.get("/hidden-dangers/").status_code == 200


def test_new_recovery_codes(known: Cast) -> None:
    client, _, codes = enrol()
    assert client.post("/accounts/me/recovery-codes/generate/").status_code == 302
    fresh = re.findall(r"<code>(\d{8})</code>", client.get("/accounts/me/recovery-codes/").content.decode())
    assert len(set(fresh) - set(codes)) == 10
    client, _ = sign_in()
    assert client.post(ASK, {"code": codes[1]}).status_code == 200
    assert client.post(ASK, {"code": fresh[1]}).status_code == 302


def test_the_administrator_takes_it_off(known: Cast, client_of) -> None:
    client, _, _ = enrol()
    path = f"/users/{known.users['village'].id}/remove-second-factor/"
    assert client_of("town2").post(path).status_code == 404
    assert client_of("town").post(path).status_code == 302
    assert client.get("/").status_code == 302
    assert sign_in()[1]["Location"] == "/"
    assert client_of("town").post(path).status_code == 409
    assert "user.second_factor_removed" in events(known)


def test_a_passkey_that_is_none(known: Cast) -> None:
    client, _ = sign_in()
    confirm(client, "/accounts/me/passkeys/add/")
    assert "publicKey" in client.get("/accounts/me/passkeys/add/").content.decode()
    for nonsense in ("", "x", "{}", "[]", '{"id": 1}', "null"):
        assert client.post("/accounts/me/passkeys/add/", {"credential": nonsense}).status_code == 200
    for nonsense in ("", "x", "{}", "null"):
        assert Client().post("/accounts/sign-in/passkey/", {"credential": nonsense}).status_code == 302
