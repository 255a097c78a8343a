"""The same POST again gives the same answer, and the act happens once, also when both come at the same time."""

import time
from datetime import timedelta
from threading import Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from anlan.accounts import actions as accounts
from anlan.authz.scope import acting
from anlan.http.api import forget_idempotency_before
from anlan.http.models import IdempotencyRecord
from anlan.lib import clock
from tests.fakes import plumbing

pytestmark = pytest.mark.urls("tests.fakes.plumbing")
ACTS = "/api/v1/acts"


def bearer(cast, name: str) -> Client:
    system = cast.system(cast.grants[name].organisation.region.code)
    with acting(system):
        _, secret = accounts.issue_token(actor=system, grant=cast.grants[name], days=1)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def act(client: Client, title: str, key: str):
    headers = {"Idempotency-Key": key}
    return client.post(ACTS, data={"title": title}, content_type="application/json", headers=headers)


def acts(client: Client) -> int:
    return client.get(ACTS).json()["count"]


@pytest.mark.django_db
class TestOnce:
    def test_a_replay_is_the_same_answer(self, cast) -> None:
        client = bearer(cast, "county")
        first, again = act(client, "甲", "k"), act(client, "甲", "k")
        assert first.status_code == again.status_code == 201
        assert first.json() == again.json()
        assert again["Content-Type"] == first["Content-Type"]
        assert (first.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
        assert acts(client) == 1

    def test_another_key_is_another_act(self, cast) -> None:
        client = bearer(cast, "county")
        assert act(client, "甲", "k1").json() != act(client, "甲", "k2").json()
        assert acts(client) == 2

    def test_the_key_with_another_request_is_refused(self, cast) -> None:
        client = bearer(cast, "county")
        act(client, "甲", "k")
        response = act(client, "乙", "k")
        assert (response.status_code, response.json()["code"]) == (409, "idempotency_key_reused")
        assert acts(client) == 1

    def test_a_refusal_leaves_the_key_free(self, cast) -> None:
        client = bearer(cast, "county")
        assert act(client, "拒绝", "k").status_code == 409
        assert act(client, "", "k").status_code == 422
        with acting(cast.county):
            assert IdempotencyRecord.objects.count() == 0
        assert act(client, "甲", "k").status_code == 201

    def test_keys_belong_to_their_grant(self, cast) -> None:
        county, town, other = (bearer(cast, name) for name in ("county", "town", "other"))
        answers = [act(client, "甲", "k").json()["id"] for client in (county, town, other)]
        assert len(set(answers)) == 3

    def test_uploads_are_compared_by_content(self, cast) -> None:
        client = bearer(cast, "county")

        def upload(content: bytes):
            body = {"file": SimpleUploadedFile("a.txt", content)}
            return client.post("/api/v1/photos", data=body, headers={"Idempotency-Key": "k"})

        first = upload(b"x")
        assert first.status_code == 201
        assert upload(b"x").json() == first.json()
        assert upload(b"y").status_code == 409

    @pytest.mark.parametrize("key", ["", "x" * 201, "钥匙"])
    def test_an_unusable_key_is_malformed(self, cast, key: str) -> None:
        client = bearer(cast, "county")
        assert act(client, "甲", key).status_code == 400

    def test_old_answers_are_forgotten(self, cast) -> None:
        client = bearer(cast, "county")
        act(client, "甲", "k")
        with acting(cast.system()):
            assert forget_idempotency_before(clock.now() - timedelta(days=1)) == 0
            assert forget_idempotency_before(clock.now() + timedelta(days=1)) == 1
        assert "Idempotency-Replayed" not in act(client, "甲", "k")

    def test_answers_stand_behind_the_wall(self, cast) -> None:
        act(bearer(cast, "county"), "甲", "k")
        with acting(cast.other):
            assert IdempotencyRecord.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_at_once_wait_for_each_other(committed_cast) -> None:
    clients = [bearer(committed_cast, "county")] * 2
    plumbing.Gate.entered.clear()
    plumbing.Gate.may_go.clear()
    answers: list = []

    def send(client: Client) -> None:
        answers.append(act(client, "等待", "k"))
        connection.close()

    threads = [Thread(target=send, args=[client]) for client in clients]
    threads[0].start()
    assert plumbing.Gate.entered.wait(10)
    threads[1].start()
    wait_for_a_waiting_insert()
    assert answers == []
    plumbing.Gate.may_go.set()
    for thread in threads:
        thread.join(20)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert sorted(answer.get("Idempotency-Replayed", "") for answer in answers) == ["", "true"]
    assert acts(clients[0]) == 1


def wait_for_a_waiting_insert() -> None:
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    pytest.fail("the second request does not wait for the first")
